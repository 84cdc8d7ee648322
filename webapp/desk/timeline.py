"""Everything about a patient in the order it happened: all of it by plain columns, one page of it in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.paginator import Page, Paginator

from webapp.audit import services as audit
from webapp.desk.moments import PARTS, Line, Moment, Part, Reader

A_PAGE = 50


@dataclass(frozen=True, slots=True)
class Row:
    moment: Moment
    part: Part
    line: Line


@dataclass(frozen=True, slots=True)
class Month:
    """A month in which something happened: how much of it, and on which page it begins."""

    first: date
    count: int
    page: int

    @property
    def name(self) -> str:
        return f"{self.first:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Timeline:
    page: Page
    rows: Sequence[Row]
    months: Sequence[Month]
    kinds: Sequence[tuple[Part, int]]
    kind: str
    total: int


def timeline_of(reader: Reader, kind: str, number: str) -> Timeline:
    """Return a page of the timeline, newest first; reading it is written into the audit."""
    audit.record(actor=reader.user, verb="timeline.viewed", patient_id=reader.patient.pk, path=reader.path)
    found = {part.name: [_of(part, one) for one in part.moments(reader)] for part in PARTS}
    kind = kind if kind in found else ""
    chosen = found[kind] if kind else [one for some in found.values() for one in some]
    chosen.sort(key=lambda moment: moment.at, reverse=True)
    page = Paginator(chosen, A_PAGE).get_page(number)
    return Timeline(
        page=page,
        rows=_rows(reader, list(page)),
        months=_months(chosen),
        kinds=[(part, len(found[part.name])) for part in PARTS if found[part.name]],
        kind=kind,
        total=sum(map(len, found.values())),
    )


def _of(part: Part, moment: Moment) -> Moment:
    return Moment(moment.at, moment.key, part.name)


def _rows(reader: Reader, moments: Sequence[Moment]) -> list[Row]:
    known = {part.name: part for part in PARTS}
    keys: dict[str, list[Any]] = {}
    for one in moments:
        keys.setdefault(one.part, []).append(one.key)
    lines = {name: known[name].told(reader, some) for name, some in keys.items()}
    return [Row(one, known[one.part], lines[one.part][one.key]) for one in moments if one.key in lines[one.part]]


def _months(chosen: Sequence[Moment]) -> list[Month]:
    found, place = [], 0
    for _name, some in groupby(chosen, key=lambda moment: moment.month):
        moments = list(some)
        found.append(Month(moments[0].day.replace(day=1), len(moments), place // A_PAGE + 1))
        place += len(moments)
    return found

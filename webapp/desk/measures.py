"""Values of a record in words, each with where it came from and how it moved."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.desk.changes import Step, newest_of
from webapp.patients import selectors as people
from webapp.patients.history import Change
from webapp.patients.models import Observation
from webapp.patients.selectors import Record
from webapp.plans import case
from webapp.plans.terms import Terms, number
from webapp.results.selectors import Sheet, sheets_of

Sheets = Mapping[UUID, Sheet]
WIDE, TALL, MARGIN = 84, 20, 3  # of the small drawing, in its own units
MOST_POINTS = 12


@dataclass(frozen=True, slots=True)
class Spark:
    """How a value moved: the points of a line, the last one, and the same in words."""

    points: str
    x: str
    y: str
    words: str


@dataclass(frozen=True, slots=True)
class Value:
    pk: UUID
    title: str
    value: str
    day: date
    origin: Any
    unconfirmed: bool
    unknown: bool = False  # asked, and the person does not know
    spark: Spark | None = None
    before: int = 0  # earlier values of the same thing
    sheet: UUID | None = None  # the page of its report, where the original stands on it


def values_of(record: Record, terms: Terms, sheets: Sheets) -> tuple[list[Value], list[Value]]:
    """Return what was measured, with its course, and what was answered; the newest of each, by name."""
    shown = [row for code, row in record.current.items() if code not in case.DIARY]
    earlier: dict[str, list[Observation]] = {}
    for row in record.observations:
        earlier.setdefault(row.code, []).append(row)
    made = [
        (row.is_measured, replace(_value(row, record, terms, earlier[row.code]), sheet=original_of(row, sheets)))
        for row in shown
    ]
    ordered = sorted(made, key=lambda pair: pair[1].title.casefold())
    return [value for measured, value in ordered if measured], [value for measured, value in ordered if not measured]


def original_of(row: Observation, sheets: Sheets) -> UUID | None:
    """Return the report on whose page the original of a value stands; None where there is none."""
    sheet = sheets.get(row.source_id) if row.origin == Observation.Origin.LAB and row.source_id else None
    return sheet.pk if sheet and sheet.has_original else None


def _value(row: Observation, record: Record, terms: Terms, rows: Sequence[Observation]) -> Value:
    return Value(
        pk=row.pk,
        title=terms.fact(row.code),
        value=words_of(row, record, terms),
        day=case.day_of(row),
        origin=row.get_origin_display(),
        unconfirmed=row.is_measured and row.verification != "confirmed" and row.origin == Observation.Origin.VITAL,
        unknown=row.is_unknown,
        spark=spark_of(rows) if row.is_measured else None,
        before=len(rows) - 1,
    )


def words_of(row: Observation, record: Record, terms: Terms) -> str:
    """Return a value in words; of what is not known any more, also what was said before."""
    words = terms.value(row.code, row.value, row.unit)
    if row.is_unknown and (before := record.known_before(row.code)):
        earlier = terms.value(before.code, before.value, before.unit)
        day = date_format(case.day_of(before), "DATE_FORMAT")
        words = _("%(now)s; before: %(value)s, %(day)s") % {"now": words, "value": earlier, "day": day}
    return words


def spark_of(rows: Iterable[Observation]) -> Spark | None:
    """Return the course of a number, given newest first; None for one value, for words, and where units differ."""
    known = [row for row in rows if isinstance(row.value, int | float) and not isinstance(row.value, bool)]
    same = [row for row in known if row.unit == known[0].unit][:MOST_POINTS][::-1]
    if len(same) < 2:
        return None
    numbers = [float(row.value) for row in same]
    days = [case.day_of(row).toordinal() for row in same]
    pairs = zip(days, numbers, strict=True)
    places = [(_along(day, days, WIDE), TALL - _along(value, numbers, TALL)) for day, value in pairs]
    said = {
        "first": number(same[0].value),
        "last": number(same[-1].value),
        "since": date_format(case.day_of(same[0]), "DATE_FORMAT"),
    }
    words = _("from %(first)s to %(last)s since %(since)s") % said
    drawn = [(f"{x:.1f}", f"{y:.1f}") for x, y in places]
    return Spark(" ".join(",".join(point) for point in drawn), *drawn[-1], words)


def _along(value: float, values: Sequence[float], length: int) -> float:
    """Return where a value lies between the least and the greatest, within the drawing's margins."""
    low, high = min(values), max(values)
    share = (value - low) / (high - low) if high > low else 0.5
    return round(MARGIN + share * (length - 2 * MARGIN), 1)


@dataclass(frozen=True, slots=True)
class Reading:
    """One value in the table of all there were."""

    pk: UUID
    value: str
    day: date
    origin: Any
    by: str


@dataclass(frozen=True, slots=True)
class Page:
    """Everything that was ever said of one thing, and what became of one value of it."""

    row: Observation
    newest: Observation
    title: str
    values: Sequence[Reading]
    spark: Spark | None
    history: Sequence[Step]
    sheet: UUID | None = None  # the page of its report, where the original stands on it

    @property
    def day(self) -> date:
        return case.day_of(self.row)

    @property
    def measured(self) -> bool:
        return self.row.is_measured

    @property
    def replaced(self) -> bool:
        return bool(self.newest.pk != self.row.pk)

    @property
    def open(self) -> bool:
        return not self.replaced and not self.row.entered_in_error


def page_of(user: User, row: Observation, terms: Terms, *, path: str) -> Page:
    """Return the page of one value; reading it is written into the audit."""
    history = people.history_of(user, row.patient, "observation", row.pk, path=path)
    rows = list(people.observations_of(row.patient, row.code))
    names = accounts.names_of(one.recorded_by_id for one in rows if one.recorded_by_id)
    values = [
        Reading(
            one.pk,
            terms.value(one.code, one.value, one.unit),
            case.day_of(one),
            one.get_origin_display(),
            names.get(one.recorded_by_id or 0, ""),
        )
        for one in rows
    ]
    steps = [_step(change, row.code, terms) for change in history]
    spark = spark_of(rows) if row.is_measured else None
    sheet = original_of(row, sheets_of(user, row.patient))
    return Page(row, newest_of(row), terms.fact(row.code), values, spark, steps, sheet)


def _step(change: Change, code: str, terms: Terms) -> Step:
    told = [(one.label, _told(one.old, code, terms), _told(one.new, code, terms)) for one in change.fields]
    return Step(change, told)


def _told(side: tuple[Any, str] | None, code: str, terms: Terms) -> str:
    return terms.value(code, *side) if side else ""

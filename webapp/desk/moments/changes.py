"""What was written into the record, corrected or taken back: every line of its lists, and who the patient is."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy

from webapp.desk.kinds import KINDS
from webapp.desk.moment import Line, Moment, Part, Reader
from webapp.patients import selectors as people
from webapp.patients.history import Change
from webapp.plans.lines import terms_now

_BY_HISTORY = {kind.history: kind for kind in KINDS.values()}
OTHERS: Mapping[str, str | Promise] = {
    "patient": gettext_lazy("Who it is"),
    "observation": pgettext_lazy("timeline", "Measurement"),
}
ELSEWHERE = {"document", "report"}  # papers and results have parts of their own


@dataclass(frozen=True, slots=True)
class Key:
    """Which change it is; the change itself goes with it, for the history is read whole."""

    kind: str
    pk: UUID
    at: datetime
    what: str
    change: Change = field(compare=False)


def _moments(reader: Reader) -> Iterable[Moment]:
    for one in people.history_of(reader.user, reader.patient, path=reader.path):
        if one.kind not in ELSEWHERE:
            yield Moment(one.at, Key(one.kind, one.pk, one.at, one.what, one))


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    terms = terms_now(reader.language, reader.today)
    return {key: _line(reader, key.change, terms) for key in keys}


def _line(reader: Reader, change: Change, terms: Any) -> Line:
    kind = _BY_HISTORY.get(change.kind)
    title = kind.title if kind else OTHERS.get(change.kind, change.kind)
    said = terms.fact(change.code) if change.code else _said(change)
    by = change.by.display_name if change.by else ""
    return Line(f"{title}: {change.label}".strip(), _url(reader, change), said, by)


def _said(change: Change) -> str:
    """Return the words of a line as they stand after the change, where it has words."""
    for name in ("text", "title", "reason", "name"):
        for one in change.fields:
            if one.name == name:
                return str(one.new or one.old or "")
    return ", ".join(str(one.label) for one in change.fields)


def _url(reader: Reader, change: Change) -> str:
    kind, pk = _BY_HISTORY.get(change.kind), reader.patient.pk
    if change.kind == "patient":
        return reverse("desk:identity", kwargs={"pk": pk})
    if change.kind == "observation":
        return reverse("desk:measure", kwargs={"pk": pk, "measure": change.pk})
    if change.kind == "contact":
        return reverse("desk:contact", kwargs={"pk": pk, "contact": change.pk})
    return reverse("desk:entry", kwargs={"pk": pk, "kind": kind.slug, "entry": change.pk}) if kind else ""


PART = Part("changes", gettext_lazy("Changes of the record"), "pencil", _moments, _told, place=90)

"""One entry as a page shows it: as it stands, what took its place, and every change with who made it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.http import Http404

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.desk.changes import Step, newest_of
from webapp.desk.kinds import Kind
from webapp.desk.record import Row, row_of
from webapp.patients import selectors as people
from webapp.patients.history import Change
from webapp.patients.models import Patient
from webapp.plans import naming as names
from webapp.plans.lines import partial_words
from webapp.plans.terms import Terms

_DAYS = ("performed", "started", "ended", "effective")


@dataclass(frozen=True, slots=True)
class Page:
    row: Row
    newest: Any  # the line that stands in its place now; itself while nobody corrected it
    history: Sequence[Step]

    @property
    def replaced(self) -> bool:
        return bool(self.newest.pk != self.row.line.pk)

    @property
    def open(self) -> bool:
        """Whether it can still be set right: neither replaced nor taken back."""
        return not self.replaced and not self.row.line.entered_in_error


def line_of(user: User, patient: Patient, kind: Kind, pk: UUID) -> Any:
    """Return one line of this patient; raise Http404 for another patient's, and for one that is not there."""
    try:
        line = people.line_for(user, kind.model, pk)
    except kind.model.DoesNotExist:
        raise Http404 from None
    if line.patient_id != patient.pk:
        raise Http404
    return line


def page_of(user: User, kind: Kind, line: Any, terms: Terms, *, path: str) -> Page:
    """Return the page of a line; reading its history is written into the audit."""
    changes = people.history_of(user, line.patient, kind.history, line.pk, path=path)
    writers = accounts.names_of([line.recorded_by_id] if line.recorded_by_id else [])
    row = row_of(kind, line, line.patient, terms, writers)
    return Page(row, newest_of(line), [_step(change, terms, notes=user.may("record.read")) for change in changes])


def _step(change: Change, terms: Terms, *, notes: bool) -> Step:
    """Return a change in words; what somebody noted freely beside a contact is for clinicians."""
    shown = [one for one in change.fields if notes or one.name != "note"]
    told = [(one.label, _words(one.name, one.old, terms), _words(one.name, one.new, terms)) for one in shown]
    return Step(change, told)


def _words(name: str, value: Any, terms: Terms) -> str:
    if value in ("", None, {}):
        return ""
    if name == "code":
        return terms.listed(str(value))
    if name in _DAYS:
        return partial_words(str(value))
    if isinstance(value, dict):
        return ", ".join(str(part) for part in value.values())
    return str(value)


def names_for(kind: Kind, terms: Terms) -> list[tuple[str, list[str]]]:
    """Return the lists of names a form offers: the list's own name and its words."""
    return [(kind.topic, names.names(terms.edition, kind.topic, terms.language))] if kind.topic else []

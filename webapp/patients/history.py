"""What a record said before: every change with the old value, the new one, who made it and when. Part of selectors.py.

Read from the history tables that the database fills; observations and their corrections are their own history.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import BooleanField, Model, QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base.fields import BlindIndexField
from webapp.patients.access import may_read_record, patients_for
from webapp.patients.lines import history_model
from webapp.patients.models import (
    AllergyIntolerance,
    Condition,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    FamilyMemberHistory,
    MedicationStatement,
    Observation,
    Patient,
    PreviousTreatment,
    Procedure,
    RelatedPerson,
    Verification,
)

TRACKED: dict[str, type[Model]] = {
    "patient": Patient,
    "contact": RelatedPerson,
    "allergy": AllergyIntolerance,
    "medication": MedicationStatement,
    "previous_treatment": PreviousTreatment,
    "condition": Condition,
    "family_history": FamilyMemberHistory,
    "procedure": Procedure,
    "encounter": Encounter,
    "report": DiagnosticReport,
    "document": DocumentReference,
}
KINDS = (*TRACKED, "observation")
IDENTITY = ("patient", "contact")
# Told by the kind of the change, by who made it and when, or nobody's business.
_NOT_SHOWN = {"id", "patient", "recorded_by", "recorded_at", "registered_at", "supersedes", "user", "content",
              "released_by", "released_at"}  # fmt: skip
_STATES = {"active", "entered_in_error", "verification"}
WHAT = {
    "added": pgettext_lazy("change", "Added"),
    "changed": pgettext_lazy("change", "Changed"),
    "corrected": pgettext_lazy("change", "Corrected"),
    "confirmed": pgettext_lazy("change", "Confirmed"),
    "closed": pgettext_lazy("change", "Closed"),
    "released": pgettext_lazy("change", "Released to the patient"),
    "withheld": pgettext_lazy("change", "No longer released to the patient"),
    "entered_in_error": pgettext_lazy("change", "Entered in error"),
}
LABELS = {
    "given_name": _("first name"),
    "family_name": _("surnames"),
    "birth_date": _("date of birth"),
    "sex": _("sex"),
    "national_id": _("DNI or NIE"),
    "other_id": _("passport or other document"),
    "email": _("e-mail"),
    "phone": _("telephone"),
    "language": _("language"),
    "channel": _("how to send notices"),
    "record_number": _("record number"),
    "general_practitioner": pgettext_lazy("field", "doctor"),
    "name": pgettext_lazy("field", "name"),
    "relationship": pgettext_lazy("field", "relationship"),
    "note": pgettext_lazy("field", "note"),
    "is_emergency_contact": pgettext_lazy("field", "emergency contact"),
    "is_guardian": pgettext_lazy("field", "guardian"),
    "code": pgettext_lazy("field", "code"),
    "text": pgettext_lazy("field", "in words"),
    "dose": pgettext_lazy("field", "dose"),
    "started_on": pgettext_lazy("field", "since"),
    "ended_on": pgettext_lazy("field", "until"),
    "detail": pgettext_lazy("field", "details"),
    "relation": pgettext_lazy("field", "relative"),
    "performed": pgettext_lazy("field", "when"),
    "outcome": pgettext_lazy("field", "result"),
    "place": pgettext_lazy("field", "where"),
    "kind": pgettext_lazy("field", "kind"),
    "reason": pgettext_lazy("field", "reason"),
    "started": pgettext_lazy("field", "from"),
    "ended": pgettext_lazy("field", "to"),
    "category": pgettext_lazy("field", "kind"),
    "title": pgettext_lazy("field", "title"),
    "conclusion": pgettext_lazy("field", "conclusion"),
    "performer": pgettext_lazy("field", "made by"),
    "effective": pgettext_lazy("field", "date"),
    "document": pgettext_lazy("field", "file"),
    "value": pgettext_lazy("field", "value"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field before and after; choices and yes or no in words, the rest as it was written."""

    name: str
    label: Any
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Change:
    """What happened to one line. ``by`` is None for the system, ``job`` then names which of its jobs."""

    kind: str
    pk: UUID
    what: str
    at: datetime
    by_id: int | None
    fields: tuple[FieldChange, ...]
    role: str = ""
    job: str = ""
    by: User | None = None
    code: str = ""

    @property
    def label(self) -> Any:
        return WHAT[self.what]


def history_of(
    user: User, patient: Patient, kind: str | None = None, pk: UUID | None = None, path: str = ""
) -> list[Change]:
    """Return the changes of a record, or of one kind or one line and those it took the place of, newest first.

    Whoever may see only who the patient is gets only that. Raises Patient.DoesNotExist where ``user`` may not see the
    kind asked for; the number of queries does not grow with the changes.
    """
    kinds = _readable(user, patient) if kind is None else [kind]
    if not kinds or not set(kinds) <= set(_readable(user, patient)):
        raise Patient.DoesNotExist
    audit.record(actor=user, verb="patient.history_viewed", patient_id=patient.pk, path=path)
    found = [change for name in kinds for change in _changes(name, patient, pk)]
    return _signed(sorted(found, key=lambda change: change.at)[::-1])  # of one moment, what came last comes first


def changes_of(patient: Patient) -> list[Change]:
    """Return every change of a record, oldest first, for the work of the system itself; people use ``history_of``."""
    found = [change for name in KINDS for change in _changes(name, patient, None)]
    return _signed(sorted(found, key=lambda change: (change.at, change.kind, str(change.pk))))


def _readable(user: User, patient: Patient) -> list[str]:
    if may_read_record(user, patient):
        return list(KINDS)
    return list(IDENTITY) if patients_for(user).filter(pk=patient.pk).exists() else []


def _changes(kind: str, patient: Patient, pk: UUID | None) -> list[Change]:
    if kind == "observation":
        return _of_observations(patient, pk)
    return list(_of_events(kind, _events(kind, patient), pk))


def _events(kind: str, patient: Patient) -> list[Any]:
    """Return every version of every line of a kind, in the order they were written."""
    history: QuerySet[Any] = history_model(TRACKED[kind])._default_manager.all()
    mine = {"pgh_obj_id": patient.pk} if kind == "patient" else {"patient_id": patient.pk}
    return list(history.filter(**mine).order_by("pgh_id"))


def _of_events(kind: str, events: list[Any], pk: UUID | None) -> Iterator[Change]:
    wanted = _chain(events, pk) if pk else None
    corrections = {
        (event.supersedes_id, event.pgh_context_id) for event in events if getattr(event, "supersedes_id", 0)
    }
    newest: dict[UUID, Any] = {}
    for event in events:
        before = newest.get(event.pgh_obj_id) or newest.get(getattr(event, "supersedes_id", None))
        first = event.pgh_obj_id not in newest
        newest[event.pgh_obj_id] = event
        told_by_its_correction = not first and (event.pgh_obj_id, event.pgh_context_id) in corrections
        if told_by_its_correction or (wanted is not None and event.pgh_obj_id not in wanted):
            continue
        change = _change(kind, before, event, first)
        if change.fields or change.what != "changed":
            yield change


def _chain(events: list[Any], pk: UUID) -> set[UUID]:
    """Return this line and those it took the place of."""
    before = {event.pgh_obj_id: getattr(event, "supersedes_id", None) for event in events}
    found: set[UUID] = set()
    place: UUID | None = pk
    while place is not None and place not in found:
        found.add(place)
        place = before.get(place)
    return found


def _change(kind: str, before: Any, event: Any, first: bool) -> Change:
    context = event.pgh_context or {}
    is_line = hasattr(event, "recorded_at")
    written = event.recorded_at if is_line else event.registered_at
    return Change(
        kind=kind,
        pk=event.pgh_obj_id,
        what=_what(before, event, first),
        at=written if first else event.pgh_created_at,
        by_id=event.recorded_by_id if first and is_line else context.get("actor"),
        fields=tuple(_differences(TRACKED[kind], before, event)),
        role=context.get("role", ""),
        job=context.get("job", ""),
    )


def _what(before: Any, event: Any, first: bool) -> str:
    if first:
        return "corrected" if before else "added"
    if not hasattr(event, "active"):
        return "changed"
    if event.entered_in_error and not before.entered_in_error:
        return "entered_in_error"
    if event.verification == Verification.CONFIRMED and before.verification != Verification.CONFIRMED:
        return "confirmed"
    if before.active and not event.active:
        return "closed"
    return _given_out(before, event) or "changed"


def _given_out(before: Any, event: Any) -> str:
    """Return how the patient's sight of a file changed; empty where it did not, and for all that is no file."""
    now, then = (getattr(one, "released_at", None) for one in (event, before))
    if (now is None) == (then is None):
        return ""
    return "withheld" if now is None else "released"


def _differences(model: type[Model], before: Any, event: Any) -> Iterator[FieldChange]:
    for field in model._meta.concrete_fields:
        if field.name in _NOT_SHOWN | _STATES or isinstance(field, BlindIndexField):
            continue
        old, new = getattr(before, field.attname, None), getattr(event, field.attname)
        if old != new and (before or new not in ("", None, {}, False)):
            was = _in_words(field, old) if before else None
            yield FieldChange(field.name, LABELS[field.name], was, _in_words(field, new))


def _in_words(field: Any, value: Any) -> Any:
    if isinstance(field, BooleanField):
        return _("yes") if value else _("no")
    if field.name == "document":
        return _("attached") if value else None
    if not field.choices:
        return value
    return dict(field.flatchoices).get(value, value)


def _of_observations(patient: Patient, pk: UUID | None) -> list[Change]:
    """Return what was corrected, confirmed or taken back; of one observation also when it was first written."""
    rows = Observation.objects.filter(patient=patient, supersedes__isnull=False).select_related("supersedes")
    found = {row.pk: row for row in rows}
    if pk is None:
        return [_of_observation(row) for row in found.values()]
    changes, place = [], pk
    while place in found:
        changes.insert(0, _of_observation(found[place]))
        place = found[place].supersedes_id
    first = Observation.objects.filter(patient=patient, pk=place).first()
    return [_of_observation(first), *changes] if first else changes


def _of_observation(row: Observation) -> Change:
    before = row.supersedes
    what = "added"
    if before is not None:
        confirmed = row.verification == Verification.CONFIRMED and before.verification != Verification.CONFIRMED
        what = "confirmed" if confirmed and row.value == before.value else "corrected"
        what = "entered_in_error" if row.entered_in_error else what
    old = _measured(before) if before else None
    same = old == _measured(row)
    fields = () if same else (FieldChange("value", LABELS["value"], old, _measured(row)),)
    return Change("observation", row.pk, what, row.recorded_at, row.recorded_by_id, fields, code=row.code)


def _measured(row: Observation) -> tuple[Any, str]:
    """Return a value with its unit, as the words of the protocols are to be found for it."""
    return row.value, row.unit


def _signed(changes: Iterable[Change]) -> list[Change]:
    """Return the changes with the people in them, who made them or are named by them: one query."""
    listed = list(changes)
    named = {value for change in listed for one in change.fields for value in _doctors(one)}
    people = User.objects.in_bulk({change.by_id for change in listed if change.by_id} | named)
    return [
        replace(change, by=people.get(change.by_id), fields=tuple(_with_doctor(one, people) for one in change.fields))
        for change in listed
    ]


def _doctors(field: FieldChange) -> set[int]:
    return {field.old, field.new} - {None} if field.name == "general_practitioner" else set()


def _with_doctor(field: FieldChange, people: Mapping[int, User]) -> FieldChange:
    if field.name != "general_practitioner":
        return field
    return replace(field, old=people.get(field.old), new=people.get(field.new))

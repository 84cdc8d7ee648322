"""Setting lines of the record right: correct, confirm, enter in error. Part of services.py.

Nothing is overwritten: a correction is a new line in the place of the old one, which stays for whoever asks what it
said. What was entered in error stays too, and holds no more.
"""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Model, TextChoices
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit.acting import acting
from webapp.base.fields import BlindIndexField
from webapp.patients.cleaning import clean
from webapp.patients.lines import Entry
from webapp.patients.models import (
    AllergyIntolerance,
    Condition,
    FamilyMemberHistory,
    Observation,
    RelatedPerson,
    Verification,
)
from webapp.patients.recording import supersede
from webapp.patients.writing import (
    NotAllowed,
    PatientError,
    add_line,
    change_line,
    is_own,
    may_write,
    once,
    standing,
    tell,
)

E = TypeVar("E", bound=Entry)


class ErrorReason(TextChoices):
    """Why a line never should have been written: codes, since the audit keeps them."""

    TYPING = "typing", _("A slip while writing")
    OTHER_PATIENT = "other_patient", _("It is about another patient")
    TWICE = "twice", _("It is in the record twice")
    NOT_SO = "not_so", _("It turned out not to be so")


# What was wrong is the correction, not the matter itself: what stood before it stands again.
_BRING_BACK = frozenset({ErrorReason.TYPING, ErrorReason.OTHER_PATIENT})
_OF_EVERY_LINE = frozenset(field.name for field in Entry._meta.get_fields()) | {"id"}
_FIXED = frozenset({"content", "released_by", "released_at"})  # another file is another document; see releasing.py
# What protects a patient, or steers the engine, is not taken back by a form of the portal.
_CLINICIANS_ONLY = (AllergyIntolerance, Condition)
_INDEXED: dict[type[Entry], tuple[str, str, Callable[[Any], str]]] = {
    AllergyIntolerance: ("code_index", "allergyintolerance", lambda line: line.code),
    Condition: ("code_index", "condition", lambda line: line.code),
    FamilyMemberHistory: ("index", "familymemberhistory", lambda line: f"{line.code}|{line.relation}"),
}


def written(model: type[Model]) -> list[str]:
    """Return the names of what a person writes on a line of this kind, and may correct."""
    return [name for name in _kept(model) if name not in _FIXED]


def _kept(model: type[Model]) -> list[str]:
    fields = [field for field in model._meta.concrete_fields if not isinstance(field, BlindIndexField)]
    return [field.name for field in fields if field.name not in _OF_EVERY_LINE]


def may_amend(line: Entry | Observation, actor: User | None) -> None:
    """Let clinicians amend, and people what they wrote themselves while nobody confirmed it; NotAllowed for the rest.

    Contacts are amended by whoever registers patients, and by the patient where the patient named them.
    """
    if isinstance(line, RelatedPerson):
        may_write_contacts(line, actor)
        _may_amend_contact(line, actor)
        return
    may_write(line.patient, actor)
    if actor is None or actor.may("record.write"):
        return
    own = line.recorded_by_id == actor.pk and line.verification != Verification.CONFIRMED
    if not own or isinstance(line, _CLINICIANS_ONLY):
        raise NotAllowed(_("This is corrected by a clinician. Tell the clinic what is not right."))


def _may_amend_contact(line: RelatedPerson, actor: User | None) -> None:
    if actor is not None and not actor.may("patients.register") and line.recorded_by_id != actor.pk:
        raise NotAllowed(_("The clinic wrote this down. Tell the clinic what is not right."))


def may_write_contacts(line: RelatedPerson, actor: User | None) -> None:
    """Raise NotAllowed where ``actor`` neither registers patients nor is the patient."""
    if actor is not None and not actor.may("patients.register") and not is_own(line.patient, actor):
        raise NotAllowed(_("Contacts are written down by the front desk, the clinicians and the patient."))


@transaction.atomic
def correct(*, line: E, actor: User | None, **changes: Any) -> E:
    """Return the line that takes the place of ``line``, with ``changes`` by the names ``written`` gives.

    Raises PatientError if somebody corrected it meanwhile, if it was entered in error, or if nothing changes.
    """
    may_amend(line, actor)
    held = standing(line)
    columns = {name: getattr(held, name) for name in _kept(type(held))}
    if unknown := changes.keys() - set(written(type(held))):
        raise TypeError(f"{type(held).__name__} has no {', '.join(sorted(unknown))} to correct")
    if all(columns[name] == value for name, value in changes.items()):
        raise PatientError(_("Nothing was changed."))
    made = type(held)(patient=held.patient, supersedes=held, active=held.active, verification=held.verification)
    for name, value in (columns | changes).items():
        setattr(made, name, value)
    _index(clean(made))
    with acting(actor):  # both rows belong to one change
        if held.active:
            change_line(held, actor, active=False)
        return add_line(made, actor, "corrected")


def _index(line: Entry) -> None:
    if found := _INDEXED.get(type(line)):
        column, model, text = found
        setattr(line, column, once(line.patient, model, text(line)))


@transaction.atomic
def confirm(*, line: E, actor: User) -> E:
    """Mark a line as checked by a clinician (a contact: by whoever registers patients); return it as it stands."""
    if not actor.may("patients.register" if isinstance(line, RelatedPerson) else "record.write"):
        raise NotAllowed(_("Confirming and closing is done by a clinician."))
    held = standing(line)
    if not held.is_confirmed:
        change_line(held, actor, verification=Verification.CONFIRMED)
        tell(actor, f"{held._meta.model_name}.confirmed", held)
    return held


@transaction.atomic
def enter_in_error(*, line: E, actor: User | None, reason: str = ErrorReason.NOT_SO) -> E:
    """Mark a line as one that never should have been written; it stays readable in the history, and holds no more.

    Where only its correction was wrong (``brings_back``), a line that says the same as before takes its place.
    """
    why = ErrorReason(reason)
    may_amend(line, actor)
    held = standing(line)
    was_active = held.active
    with acting(actor):
        change_line(held, actor, active=False, entered_in_error=True)
        tell(actor, f"{held._meta.model_name}.entered_in_error", held, reason=why)
        if brings_back(held, why):
            _bring_back(held, actor, active=was_active)
    return held


def brings_back(line: Entry | Observation, reason: str) -> bool:
    """Tell whether what ``line`` corrected stands again once it is marked as an error for this reason."""
    before = _corrected_by(line) if isinstance(line, Observation) else line.supersedes
    return reason in _BRING_BACK and before is not None and not before.entered_in_error


def _bring_back(held: E, actor: User | None, *, active: bool) -> None:
    before = held.supersedes
    again = type(held)(patient=held.patient, supersedes=held, active=active, verification=before.verification)
    for name in _kept(type(held)):
        setattr(again, name, getattr(before, name))
    _index(again)
    with suppress(PatientError):  # written down anew meanwhile: it stands already
        add_line(again, actor, "restored")


def _corrected_by(observation: Observation) -> Observation | None:
    """Return the value that this one corrected: not the same one before somebody confirmed it."""
    before = observation.supersedes
    while before is not None and (before.value, before.unit) == (observation.value, observation.unit):
        before = before.supersedes
    return before


def confirm_observation(*, observation: Observation, actor: User) -> Observation:
    """Write an observation anew as checked by a clinician: its rows are only ever added."""
    if not actor.may("record.write"):
        raise NotAllowed(_("Confirming and closing is done by a clinician."))
    if observation.verification == Verification.CONFIRMED:
        return observation
    made = _again(observation, actor, verification=Verification.CONFIRMED)
    return supersede(observation, made, "observation.confirmed")


@transaction.atomic
def enter_observation_in_error(
    *, observation: Observation, actor: User | None, reason: str = ErrorReason.NOT_SO
) -> Observation:
    """Take an observation out of force; what was measured earlier counts again, or what it corrected (brings_back)."""
    why = ErrorReason(reason)
    may_amend(observation, actor)
    made = _again(observation, actor, verification=observation.verification, entered_in_error=True)
    wrong = supersede(observation, made, "observation.entered_in_error", reason=why)
    before = _corrected_by(observation)
    if before is None or not brings_back(observation, why):
        return wrong
    return supersede(wrong, _again(before, actor, verification=before.verification), "observation.restored")


def _again(observation: Observation, actor: User | None, **values: Any) -> Observation:
    kept = ("patient", "code", "value", "unit", "effective_at", "origin", "source_id")
    same = {name: getattr(observation, name) for name in kept}
    return Observation(**same, recorded_by=actor, recorded_at=timezone.now(), **values)

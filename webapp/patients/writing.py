"""What every change to the record goes through: who may, the row with its history, and the line in the audit."""

from typing import Any, TypeVar

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from psycopg.errors import UniqueViolation

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.audit.acting import acting
from webapp.base.fields import blind
from webapp.base.roles import Role
from webapp.patients.lines import Entry
from webapp.patients.models import Patient, Verification

L = TypeVar("L", bound=Entry)


class PatientError(ValueError):
    """A change to a patient that cannot be made; the text says why and what to do, and repeats no value."""


class NotAllowed(PermissionError):
    """This actor may not write this."""


def may_write(patient: Patient, actor: User | None) -> None:
    """Let clinicians, the patient and the system (None) write; raise NotAllowed for the rest."""
    if actor is None or actor.may("record.write"):
        return
    if not is_own(patient, actor):
        raise NotAllowed(_("The record is written by clinicians and by the patient."))


def is_own(patient: Patient, actor: User) -> bool:
    return actor.active_role == Role.PATIENT and patient.user_id == actor.pk


def only_clinicians_confirm(verification: str, actor: User | None) -> None:
    if verification == Verification.CONFIRMED and actor is not None and not actor.may("record.write"):
        raise NotAllowed(_("Confirming and closing is done by a clinician."))


def verified_by(actor: User | None) -> Verification:
    """Return how a new line stands: what a clinician writes is confirmed, what others report is not."""
    return Verification.CONFIRMED if actor is not None and actor.may("record.write") else Verification.UNCONFIRMED


def once(patient: Patient, model: str, code: str) -> bytes | None:
    """Return the digest under which this code may be active once in this patient; None where there is no code."""
    return blind(f"{patient.pk}|{code}", f"patients.{model}.code") if code else None


@transaction.atomic
def add_line(line: Any, actor: User | None, verb: str = "added") -> Any:
    """Store a new line and tell the audit; raise PatientError where the same one is there already."""
    line.recorded_by, line.recorded_at = actor, timezone.now()
    try:
        with transaction.atomic(), acting(actor):
            line.save(force_insert=True)
    except IntegrityError as problem:
        twice = isinstance(problem.__cause__, UniqueViolation)
        text = _("This is already in the record.") if twice else _("This does not go together. Check the dates.")
        raise PatientError(text) from None
    tell(actor, f"{line._meta.model_name}.{verb}", line)
    return line


def standing(line: L) -> L:
    """Return the line as it stands now, locked; raise PatientError where another has taken its place."""
    held = type(line)._default_manager.select_for_update().get(pk=line.pk)
    if held.entered_in_error:
        raise PatientError(_("Somebody marked this as entered in error. Look at the record."))
    if type(line)._default_manager.filter(supersedes=held).exists():
        raise PatientError(_("Somebody corrected this meanwhile. Look at the record."))
    return held


def change_line(line: Any, actor: User | None, **columns: Any) -> None:
    """Change what may change of a line that stands: whether it holds, is confirmed, or was an error."""
    with acting(actor):
        type(line)._default_manager.filter(pk=line.pk).update(**columns)
    for name, value in columns.items():
        setattr(line, name, value)


def tell(actor: User | None, verb: str, line: Any, **detail: str) -> None:
    """Write one line into the audit, without a word of what the line says; ``detail`` holds codes only."""
    audit.record(
        actor=actor,
        verb=verb,
        patient_id=line.patient_id,
        object_type=line._meta.model_name,
        object_id=str(line.pk),
        detail=detail,
    )

"""What the portal changes: nothing but the audit, which also tells of a patient reading the own record."""

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.models import Patient


def note_reading(*, user: User, patient: Patient, what: str, path: str) -> None:
    """Write that a person read a part of the own record; ``what`` is a word such as ``plan``."""
    audit.record(actor=user, verb=f"{what}.viewed", patient_id=patient.pk, path=path)


def note_taking(*, user: User, patient: Patient, what: str, path: str) -> None:
    """Write that a person took a copy of a part of the own record along."""
    audit.record(actor=user, verb=f"{what}.printed", patient_id=patient.pk, path=path)

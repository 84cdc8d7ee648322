"""Who may see whom. Part of selectors.py: every read of a patient begins here."""

from django.db.models import QuerySet

from webapp.accounts.models import User
from webapp.base.fields import blind
from webapp.base.roles import Role
from webapp.patients.models import Patient


def number_index(value: str, field: str) -> bytes:
    """Return the digest of a patient's ``national_id``, ``other_id``, ``email`` or ``phone``."""
    return blind(value, f"patients.patient.{field}")


def patients_for(user: User) -> QuerySet[Patient]:
    """Return the patients whose identity ``user`` may see under the hat now worn: a patient only the own one."""
    if user.may("patients.search"):
        return Patient.objects.all()
    if user.active_role == Role.PATIENT:
        return Patient.objects.filter(user=user)
    return Patient.objects.none()


def own_patient(user: User) -> Patient | None:
    """Return the patient this user is, or None; wearing another hat nobody is a patient."""
    return patients_for(user).first() if user.active_role == Role.PATIENT else None


def is_own(user: User, patient: Patient) -> bool:
    """Tell whether this is who asks: under a hat of work nobody acts as the patient one also is."""
    return user.active_role == Role.PATIENT and patient.user_id == user.pk


def may_read_record(user: User, patient: Patient) -> bool:
    """Tell whether ``user`` may see more than who this patient is."""
    return user.may("record.read") or is_own(user, patient)

"""Copies of records: each is its asker's alone, and only while that person may still have it."""

from datetime import datetime

from django.db.models import Count, QuerySet, Sum

from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.patients.models import DocumentReference, Patient
from webapp.privacy.models import KEPT, Export

EXPORT = "record.export"
MEGABYTE = 1024 * 1024


def exports_for(user: User, now: datetime) -> QuerySet[Export]:
    """Return the copies this person asked for under the hat now worn, of the last two hours."""
    mine = Export.objects.filter(asked_by=user, asked_at__gt=now - KEPT, patient__in=patients.patients_for(user))
    return mine.filter(kind=kind) if (kind := kind_for(user)) else mine.none()


def kind_for(user: User) -> str:
    """Return which copy a person gets: the own one, or the clinic's; empty for who gets none."""
    if user.active_role == Role.PATIENT:
        return str(Export.Kind.PATIENT)
    return str(Export.Kind.CLINIC) if user.may(EXPORT) else ""


def parts_of(patient: Patient) -> tuple[int, int]:
    """Return how many parts a copy has at most, and how heavy it is: a questionnaire or a megabyte weighs one."""
    asked = QuestionnaireResponse.objects.filter(patient=patient).count()
    held = DocumentReference.objects.filter(patient=patient).aggregate(n=Count("pk"), bytes=Sum("content__size"))
    return asked + held["n"] + 1, asked + (held["bytes"] or 0) // MEGABYTE

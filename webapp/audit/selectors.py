"""Reading the book."""

from uuid import UUID

from django.db.models import QuerySet

from webapp.audit.models import Entry


def of_patient(patient_id: UUID) -> QuerySet[Entry]:
    """Return who did or saw what of this patient, newest first; the caller has made sure that the reader may ask."""
    return Entry.objects.filter(patient_id=patient_id).order_by("-pk")


def by_actor(actor_id: int) -> QuerySet[Entry]:
    """Return what one person did or saw, newest first."""
    return Entry.objects.filter(actor_id=actor_id).order_by("-pk")

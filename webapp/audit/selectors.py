"""Reading the book. The caller has made sure that the reader may ask."""

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.db.models.functions import TruncDate
from django.utils import timezone

from webapp.audit.models import Entry


def of_patient(patient_id: UUID) -> QuerySet[Entry]:
    """Return who did or saw what of this patient, newest first."""
    return Entry.objects.filter(patient_id=patient_id).order_by("-pk")


def looks_at(
    patient_id: UUID, *, actor_id: int | None = None, first: date | None = None, last: date | None = None
) -> QuerySet[Entry]:
    """Return who did or saw what of this patient, newest first; of one person, and from ``first`` to ``last`` day."""
    found = of_patient(patient_id)
    if actor_id is not None:
        found = found.filter(actor_id=actor_id)
    if first is not None:
        found = found.filter(at__gte=_midnight(first))
    if last is not None:
        found = found.filter(at__lt=_midnight(last + timedelta(days=1)))
    return found


def _midnight(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, time()))


def days_of_looks(patient_id: UUID, *, without: int | None = None) -> QuerySet[Entry, dict[str, Any]]:
    """Return the same for the patient to read: one row a day, person, hat and deed, with ``times`` and ``last``.

    ``without`` leaves one person out: the own visits would hide those of others.
    """
    found = Entry.objects.filter(patient_id=patient_id)
    if without is not None:
        found = found.filter(Q(actor_id__isnull=True) | ~Q(actor_id=without))
    days = found.values("actor_id", "actor_role", "verb", day=TruncDate("at"))
    return days.annotate(times=Count("pk"), last=Max("at")).order_by("-last", "verb")


def actors_of(patient_id: UUID) -> list[int]:
    """Return the people who stand in this patient's part of the book."""
    found = Entry.objects.filter(patient_id=patient_id, actor_id__isnull=False)
    return list(found.order_by("actor_id").values_list("actor_id", flat=True).distinct())


def of_object(patient_id: UUID, object_type: str, object_id: str) -> QuerySet[Entry]:
    """Return who did or saw what by way of one thing of this patient's, newest first."""
    return of_patient(patient_id).filter(object_type=object_type, object_id=object_id)


def times_of(
    patient_id: UUID, object_type: str, object_ids: Iterable[str], verbs: Iterable[str]
) -> QuerySet[Entry, dict[str, Any]]:
    """Return ``times`` and ``last`` of some deeds for each of several things of this patient's, by ``object_id``."""
    found = Entry.objects.filter(patient_id=patient_id, object_type=object_type, object_id__in=list(object_ids))
    return found.filter(verb__in=list(verbs)).values("object_id").annotate(times=Count("pk"), last=Max("at")).order_by()


def deeds(verb: str, since: datetime) -> QuerySet[Entry]:
    """Return the lines of one deed since then, to be counted."""
    return Entry.objects.filter(verb=verb, at__gte=since)

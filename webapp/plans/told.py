"""Which signed plans a patient was told of: one taken back, or retired in the time to do so, never counts."""

from datetime import datetime

from django.db.models import Exists, OuterRef, QuerySet

from webapp.plans.models import UNDO, Plan

SIGNED = (Plan.Status.SIGNED, Plan.Status.REPLACED)


def told(now: datetime) -> QuerySet[Plan]:
    """Return the plans whose signature could no longer be taken back, and that were not replaced before that."""
    overtaken = Plan.objects.filter(replaces=OuterRef("pk"), signed_at__lt=OuterRef("signed_at") + UNDO)
    return Plan.objects.filter(status__in=SIGNED, signed_at__lte=now - UNDO).exclude(Exists(overtaken))

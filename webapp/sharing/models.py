"""What a patient has opened to whom, and until when.

While a share is open its patient changes what is read and until when, and takes it back once: each version is kept.
"""

import uuid
from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from webapp.base.fields import EncryptedJSONField
from webapp.patients.lines import is_kept, never_emptied, tracked
from webapp.sharing import triggers

LONGEST = timedelta(days=365)


@tracked("shares")
class Share(models.Model):
    """Sections of a record, opened by their patient to one specialist until the end of a day of the clinic's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    specialist = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    sections = EncryptedJSONField()  # their names, in the order of sections.py
    opened_at = models.DateTimeField(default=timezone.now)
    opened_on = models.DateField()  # the same moment as a day of the clinic
    until = models.DateField()  # the last day on which it is read
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-opened_at"]
        indexes = [
            models.Index(
                fields=["specialist", "until"], condition=Q(taken_back_at__isnull=True), name="sharing_with_specialist"
            ),
            models.Index(fields=["patient", "-opened_at"], name="sharing_of_patient"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(until__gte=F("opened_on")), name="sharing_not_in_the_past"),
            models.CheckConstraint(condition=Q(until__lte=F("opened_on") + LONGEST), name="sharing_a_year_at_most"),
            models.CheckConstraint(
                condition=Q(taken_back_at__isnull=True) | Q(taken_back_at__gte=F("opened_at")),
                name="sharing_taken_back_after_it_began",
            ),
        ]
        triggers = [
            is_kept("shares"),
            never_emptied("shares"),
            pgtrigger.Protect(
                name="shares_stay",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition(triggers.MORE_THAN_THE_EXTENT),
            ),
            pgtrigger.Trigger(
                name="shares_with_specialists",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func=triggers.WITH_A_SPECIALIST,
            ),
        ]

    def __str__(self) -> str:
        return f"share {self.pk}"

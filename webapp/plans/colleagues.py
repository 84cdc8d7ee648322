"""What two doctors share of a draft: one hands it to another, or asks another to answer for a blocked item too.

Tables of models.py, which names them: they stand here to keep that file short.
"""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q

from webapp.base.fields import EncryptedTextField


class Handover(models.Model):
    """A draft one doctor handed to another: in both worklists until it is opened, then in the other's."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")
    given_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    given_to = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason = EncryptedTextField()
    given_at = models.DateTimeField(auto_now_add=True)
    opened_at = models.DateTimeField(null=True)
    taken_back_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-given_at"]
        constraints = [
            models.UniqueConstraint(fields=["plan"], condition=Q(taken_back_at__isnull=True), name="plans_handed_once"),
            models.CheckConstraint(condition=~Q(given_to=F("given_by")), name="plans_handed_to_another"),
            models.CheckConstraint(
                condition=Q(opened_at__isnull=True) | Q(taken_back_at__isnull=True),
                name="plans_opened_is_not_taken_back",
            ),
        ]
        triggers = [pgtrigger.Protect(name="handovers_are_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"plan {self.plan_id} handed to user {self.given_to_id}"


class SecondSignature(models.Model):
    """A colleague asked to answer for a blocked item too: nobody signs second for an item of the own."""

    class State(models.TextChoices):
        ASKED = "asked"
        SIGNED = "signed"
        REFUSED = "refused"
        TAKEN_BACK = "taken_back"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    item = models.ForeignKey("plans.PlanItem", models.PROTECT, related_name="second_signatures")
    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_of = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    reason_code = models.CharField(max_length=40)
    asked_at = models.DateTimeField(auto_now_add=True)
    state = models.CharField(max_length=10, choices=State, default=State.ASKED)
    answered_at = models.DateTimeField(null=True)
    answer = EncryptedTextField(null=True)  # why it was refused

    class Meta:
        ordering = ["-asked_at"]
        constraints = [
            models.UniqueConstraint(fields=["item"], condition=Q(state="asked"), name="plans_second_asked_once"),
            models.CheckConstraint(condition=~Q(asked_of=F("asked_by")), name="plans_second_is_another"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | (~Q(state="asked") & Q(answered_at__isnull=False)),
                name="plans_second_answered_in_time",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(answer__isnull=False), name="plans_second_refused_with_a_reason"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="seconds_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="seconds_answered_stay",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state="asked"),
            ),
        ]

    def __str__(self) -> str:
        return f"second signature of user {self.asked_of_id} ({self.state})"

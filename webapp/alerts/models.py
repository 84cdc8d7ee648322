"""What a clinician must see now: one alert a patient and rule, however often the rule speaks."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import Q

from webapp.base.fields import BlindIndexOf, EncryptedJSONField, EncryptedTextField


class Urgency(models.TextChoices):
    """Rising, as the engine orders them."""

    NONE = "none"
    SOON = "soon"
    URGENT_2W = "urgent_2w"
    SAME_DAY = "same_day"
    EMERGENCY = "emergency"


RANK = {urgency: rank for rank, urgency in enumerate(Urgency.values)}
NOT_ASSESSED = "not_assessed"  # the rule name of "the engine could not read these answers"


class Alert(models.Model):
    class Status(models.TextChoices):
        OPEN = "open"
        ACKNOWLEDGED = "acknowledged"
        CLOSED = "closed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    rule = EncryptedTextField()
    rule_index = BlindIndexOf(of=("patient_id", "rule"))
    code = EncryptedTextField()
    not_assessed = models.BooleanField(default=False)  # no finding: the engine could not read these answers
    urgency = models.CharField(max_length=12, choices=Urgency, default=Urgency.NONE)
    status = models.CharField(max_length=12, choices=Status, default=Status.OPEN)
    text = EncryptedJSONField()  # language -> words, for a clinician
    facts_digest = models.CharField(max_length=32)  # keyed: equal for the same facts, and tells nothing
    raised_at = models.DateTimeField()
    last_raised_at = models.DateTimeField()
    times = models.PositiveIntegerField(default=1)
    acknowledged_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    acknowledged_at = models.DateTimeField(null=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    note = EncryptedTextField(null=True)

    class Meta:
        ordering = ["-last_raised_at"]
        indexes = [models.Index(fields=["status", "last_raised_at"]), models.Index(fields=["patient", "status"])]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "rule_index"],
                condition=~Q(status="closed"),
                name="alerts_one_live_per_patient_and_rule",
            ),
            models.CheckConstraint(
                # only "not assessed" may close by itself: a later assessment that worked is its answer
                condition=~Q(status="closed")
                | Q(closed_at__isnull=False) & (Q(closed_by__isnull=False) | Q(not_assessed=True)),
                name="alerts_closed_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(status="acknowledged") | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                name="alerts_acknowledged_by_somebody",
            ),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk} ({self.status})"


class Reminder(models.Model):
    """Something a patient is asked to do, from its day until it is done: in the portal, and once by message."""

    class Kind(models.TextChoices):
        DIARY = "diary"
        QUESTIONNAIRE = "questionnaire"
        FOLLOW_UP = "follow_up"
        TASK = "task"
        REVIEW = "review"  # of what has been taken for long: the patient is asked, and a doctor's list says so

    class Outcome(models.TextChoices):
        DONE = "done"
        CANCELLED = "cancelled"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=13, choices=Kind, default=Kind.TASK)
    template = models.CharField(max_length=20)  # the fixed text of its message
    words = EncryptedJSONField(null=True)  # language -> what is to be done, for the patient's own page
    questionnaire = models.CharField(max_length=100, blank=True)  # sending this one is doing it
    path = models.CharField(max_length=200)  # where on the site it is done
    source = models.UUIDField(null=True)  # the plan or response it comes of
    due_at = models.DateTimeField()
    told_at = models.DateTimeField(null=True)  # its message was queued
    settled_at = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)

    class Meta:
        ordering = ["due_at"]
        indexes = [
            models.Index(
                fields=["due_at"], condition=Q(told_at=None, settled_at=None), name="alerts_reminders_to_tell"
            ),
            models.Index(fields=["patient"], condition=Q(settled_at=None), name="alerts_open_reminders"),
            models.Index(fields=["source"], name="alerts_reminders_of"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(settled_at=None, outcome="") | Q(settled_at__isnull=False) & ~Q(outcome=""),
                name="alerts_reminder_settled_somehow",
            ),
        ]

    def __str__(self) -> str:
        return f"reminder {self.pk} ({self.kind})"

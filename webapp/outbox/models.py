"""Messages to people: what is to be sent, to whom, when, and what became of it."""

from django.db import models
from django.db.models import Q

from webapp.base.fields import BlindIndexField, EncryptedTextField
from webapp.outbox.texts import TOO_LATE


class Message(models.Model):
    """One message, known by its key for ever: whoever queues the same key again changes nothing.

    Knows no table of people; ``recipient`` is a keyed digest, by which messages to one person are counted.
    """

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"  # claimed; whoever sends it holds the row's lock: without a lock, the sender died
        SENT = "sent"
        FAILED = "failed"  # not taken this time, tried again at due_at
        GIVEN_UP = "given_up"
        CANCELLED = "cancelled"

    class Channel(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"
        PUSH = "push"

    class Haste(models.TextChoices):
        NORMAL = "normal"
        UNCAPPED = "uncapped"  # not held back by the daily cap
        NOW = "now"  # nor by the night

    key = models.CharField(max_length=200, unique=True)
    channel = models.CharField(max_length=5, choices=Channel, default=Channel.EMAIL)
    address = EncryptedTextField()
    recipient = BlindIndexField()
    template = models.CharField(max_length=20)
    language = models.CharField(max_length=2)
    link = EncryptedTextField(default="")  # may hold a code or a token: emptied once sent
    haste = models.CharField(max_length=8, choices=Haste, default=Haste.NORMAL)
    due_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(default=0)
    in_doubt = models.PositiveSmallIntegerField(default=0)  # how often its sender died in the middle
    error = models.CharField(max_length=60, blank=True)  # a code, never what was said or to whom
    carried_by = models.ForeignKey("self", models.PROTECT, null=True, related_name="carries")
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["state", "due_at"], name="outbox_what_is_due"),
            models.Index(fields=["recipient", "sent_at"], name="outbox_of_one_person"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_at__isnull=False) | ~Q(state="sent") & Q(sent_at__isnull=True),
                name="outbox_sent_says_when",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["failed", "given_up"]) | ~Q(error=""), name="outbox_failed_says_why"
            ),
            models.CheckConstraint(condition=Q(language__in=["es", "en"]), name="outbox_language"),
        ]

    def __str__(self) -> str:
        return f"message {self.pk} ({self.state})"

    @property
    def may_retry(self) -> bool:
        """Whether it would still be of use to send it."""
        return self.state == self.State.GIVEN_UP and self.error != TOO_LATE

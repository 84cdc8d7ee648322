"""A patient's way into the portal: one use, 72 hours, three tries. Part of models.py.

The secret itself is never stored: in its place stands a keyed digest, by which a secret that comes back is found.
"""

import secrets
import uuid
from datetime import datetime, timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.base.fields import BlindIndexField, blind

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no letter that looks like another or like a digit
LIFE, MOST_TRIES = timedelta(hours=72), 3
ON_PAPER, IN_A_LINK = 12, 26  # letters; 60 and 130 bits
_ALIKE = str.maketrans("OIL", "011")


def new_secret(length: int) -> str:
    return "".join(secrets.choice(ALPHABET) for _n in range(length))


def secret_index(secret: str) -> bytes:
    """Return the digest by which a secret is found, however it was typed: small letters, dashes, O for zero."""
    typed = "".join(sign for sign in secret.upper() if sign.isalnum()).translate(_ALIKE)
    return blind(typed, "patients.invitation.secret")


def in_groups(secret: str) -> str:
    """Return a secret as it is printed: in groups of four."""
    return "-".join(secret[place : place + 4] for place in range(0, len(secret), 4))


class Invitation(models.Model):
    """One invitation of one patient. Only one of a patient's is open at a time."""

    class Way(models.TextChoices):
        MAIL = "mail", _("by mail")
        SMS = "sms", _("by text message")
        PAPER = "paper", _("on paper")

    class State(models.TextChoices):
        OPEN = "open", pgettext_lazy("invitation", "Open")
        USED = "used", pgettext_lazy("invitation", "Used")
        LOCKED = "locked", _("Locked after three wrong tries")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    way = models.CharField(max_length=5, choices=Way)
    secret_index = BlindIndexField(unique=True)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    tries = models.PositiveSmallIntegerField(default=0)
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient"], condition=Q(state="open"), name="patients_one_open_invitation"),
            models.CheckConstraint(
                condition=Q(state__in=["open", "used", "locked", "withdrawn"]), name="patients_invitation_state"
            ),
            models.CheckConstraint(condition=Q(way__in=["mail", "sms", "paper"]), name="patients_invitation_way"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | ~Q(state="open") & Q(ended_at__isnull=False),
                name="patients_invitation_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(tries__lt=MOST_TRIES) | Q(tries=MOST_TRIES, state="locked"),
                name="patients_invitation_tries",
            ),
        ]
        indexes = [models.Index(fields=["patient", "-made_at"], name="patients_newest_invitation")]
        triggers = [
            pgtrigger.Protect(name="invitations_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="invitations_stay_ended",
                operation=pgtrigger.Update,
                condition=pgtrigger.Condition("OLD.\"state\" <> 'open'"),
            ),
        ]

    def __str__(self) -> str:
        return f"invitation {self.pk}"

    def is_good(self, now: datetime) -> bool:
        """Tell whether it still lets somebody in."""
        return self.state == self.State.OPEN and now < self.expires_at

    def standing(self, now: datetime) -> str:
        """Return its state for people: one of State, or "expired"."""
        return "expired" if self.state == self.State.OPEN and now >= self.expires_at else self.state

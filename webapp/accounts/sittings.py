"""Sessions as people know them: on which device, since when, last used when; codes that were sent; tokens."""

from datetime import UTC, datetime
from functools import cache
from typing import Any, ClassVar

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.db.models import Exists, OuterRef, QuerySet

from webapp.accounts.sessions import SessionStore
from webapp.base.fields import EncryptedTextField


class Sessions(BaseSessionManager["Session"]):
    def with_factor(self) -> "QuerySet[Session]":
        """Return sessions that know in ``has_factor`` whether their owner has a second factor."""
        app = Authenticator.objects.filter(user_id=OuterRef("user_id"), type=Authenticator.Type.TOTP)
        by_message = CodeChannel.objects.filter(user_id=OuterRef("user_id"))
        return self.annotate(has_factor=Exists(app) | Exists(by_message))

    def going_on(self, key: str, now: datetime) -> "Session | None":
        """Return the session of a key, as ``with_factor`` has it, if it is not over."""
        question, fixed = _question()
        return next(iter(self.raw(question, (*fixed, key, now))), None)


@cache
def _question() -> tuple[str, tuple[Any, ...]]:
    """Return the SQL of ``going_on`` and what stands in it before key and time.

    Every request asks it: putting it together each time took longer than the answer.
    """
    of_key = Session.objects.with_factor().filter(session_key="")
    asked = of_key.filter(expire_date__gt=datetime(2000, 1, 1, tzinfo=UTC))
    question, values = asked.query.sql_with_params()
    return question, values[:-2]


class Session(AbstractBaseSession):
    """One browser in which somebody is signed in. Of the browser two words are kept, of its address nothing."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, null=True, related_name="+")
    device = models.CharField(max_length=40, blank=True)
    hat = models.CharField(max_length=20, blank=True)
    began_at = models.DateTimeField()
    seen_at = models.DateTimeField()

    objects: ClassVar[Sessions] = Sessions()

    @classmethod
    def get_session_store_class(cls) -> Any:
        return SessionStore


class CodeChannel(models.Model):
    """Where a person without an app gets codes: by mail at the address that signs in, or by SMS at ``number``."""

    class Kind(models.TextChoices):
        EMAIL = "email"
        SMS = "sms"

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.CharField(max_length=5, choices=Kind)
    number = EncryptedTextField(default="")
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.kind


class SentCode(models.Model):
    """A code that went out. Its digest is kept, never the code; the newest of a person is the only one that counts."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    digest = models.BinaryField(max_length=32)
    sent_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    used_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return f"{self.sent_at:%Y-%m-%d %H:%M}"


class Token(models.Model):
    """By what a program acts for a person, wearing one hat. Its digest is kept; the word itself was shown once."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    name = models.CharField(max_length=60)
    digest = models.BinaryField(max_length=32, unique=True)
    hat = models.CharField(max_length=20)
    writes = models.BooleanField(default=False)  # False: it reads, and nothing more
    made_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

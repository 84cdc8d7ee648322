"""Codes that go out by mail or SMS: short of life, few tries, one a minute; the newest alone counts, and once."""

import hmac
import secrets
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.crypto import salted_hmac

from webapp.accounts.models import User
from webapp.accounts.sittings import SentCode
from webapp.outbox import services as outbox

LIFE, PAUSE, HOUR = timedelta(minutes=10), timedelta(minutes=1), timedelta(hours=1)
TRIES, AN_HOUR = 5, 6


def _digest(user: User, kind: str, number: str, code: str) -> bytes:
    """Return what is kept of a code; it fits this person and this way alone."""
    return salted_hmac("accounts.sent_code", f"{user.pk}|{kind}|{number}|{code}", algorithm="sha256").digest()


@transaction.atomic
def send(*, user: User, kind: str, number: str = "") -> timedelta:
    """Send a fresh code by ``kind`` ("email" or "sms"), to ``number`` if that is where; no time to wait means it went.

    Otherwise nothing goes out, and the time returned is how long until another may be asked for.
    """
    User.objects.select_for_update().get(pk=user.pk)
    now = timezone.now()
    SentCode.objects.filter(user=user, sent_at__lte=now - HOUR).delete()
    if wait := _wait(user, now):
        return wait
    code = f"{secrets.randbelow(10**6):06d}"
    sent = SentCode.objects.create(user=user, digest=_digest(user, kind, number, code), sent_at=now)
    outbox.queue(
        key=f"sign_in_code:{sent.pk}",
        address=number or user.email,
        template="sign_in_code",
        language=user.language,
        link=code,
        channel=kind,
    )
    return timedelta()


def _wait(user: User, now: datetime) -> timedelta:
    times = list(SentCode.objects.filter(user=user).order_by("sent_at").values_list("sent_at", flat=True))
    free = [times[-1] + PAUSE] if times else []
    free += [times[-AN_HOUR] + HOUR] if len(times) >= AN_HOUR else []
    return max([until - now for until in free] + [timedelta()])


@transaction.atomic
def take(*, user: User, kind: str, number: str, code: str) -> bool:
    """Tell whether this is the newest code that went this way, still good, and use it up; a wrong one costs a try."""
    sent = SentCode.objects.select_for_update().filter(user=user).first()
    now = timezone.now()
    if sent is None or sent.used_at or sent.tries >= TRIES or now - sent.sent_at > LIFE:
        return False
    if not hmac.compare_digest(bytes(sent.digest), _digest(user, kind, number, code)):
        sent.tries += 1
        sent.save(update_fields=["tries"])
        return False
    sent.used_at = now
    sent.save(update_fields=["used_at"])
    return True

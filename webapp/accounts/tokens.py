"""Tokens by which programs act for a person: made, shown once, found again by their digest, revoked."""

import hashlib
import re
import secrets
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import Token, User
from webapp.accounts.services import AccountError
from webapp.audit import services as audit

WORD = re.compile(r"Bearer (pauta_[A-Za-z0-9_-]{43})", re.IGNORECASE)
LASTS = (30, 90, 365)  # days a token may be made for
MOST = 20  # of one person at a time
USED_EVERY = timedelta(minutes=1)


def sent(header: str) -> str | None:
    """Return what was sent as a token, also where it is none of ours; None where none was sent."""
    if not header.lower().startswith("bearer"):
        return None
    found = WORD.fullmatch(header.strip())
    return found[1] if found else ""


def of(word: str) -> Token | None:
    """Return the token of a word if it still counts: neither over nor revoked, its owner here and wearing its hat."""
    now = timezone.now()
    token = Token.objects.select_related("user").filter(digest=_digest(word), revoked_at=None, ends_at__gt=now).first()
    if token is None or not token.user.is_active or token.hat not in token.user.role_names:
        return None
    if token.used_at is None or now - token.used_at > USED_EVERY:
        Token.objects.filter(pk=token.pk).update(used_at=now)
    return token


def tokens_of(user: User) -> QuerySet[Token]:
    """Return a person's tokens that count, the newest first."""
    return Token.objects.filter(user=user, revoked_at=None, ends_at__gt=timezone.now())


@transaction.atomic
def make(*, user: User, name: str, days: int, writes: bool) -> str:
    """Return the word of a new token, which nobody is shown again; raise AccountError with what is wrong."""
    if not name.strip():
        raise AccountError(_("Give it a name by which you know what uses it."))
    if days not in LASTS:
        raise AccountError(_("Choose how long it lasts."))
    if tokens_of(user).count() >= MOST:
        raise AccountError(_("You have as many tokens as one person may have. Revoke one first."))
    word = "pauta_" + secrets.token_urlsafe(32)
    token = Token.objects.create(
        user=user, name=name.strip()[:60], digest=_digest(word), hat=user.active_role, writes=writes,
        ends_at=timezone.now() + timedelta(days=days),
    )  # fmt: skip
    audit.record(actor=user, verb="token.made", object_type="token", object_id=token.pk, detail={"writes": writes})
    return word


@transaction.atomic
def revoke(*, user: User, pk: int) -> bool:
    """Revoke one of a person's own tokens; return whether there was one to revoke."""
    if not tokens_of(user).filter(pk=pk).update(revoked_at=timezone.now()):
        return False
    audit.record(actor=user, verb="token.revoked", object_type="token", object_id=pk)
    return True


def _digest(word: str) -> bytes:
    return hashlib.sha256(word.encode()).digest()

"""Setting up a second factor, replacing it, taking it away, and the recovery codes that come with it."""

import uuid
from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from webapp.accounts import codes, factors, whereabouts
from webapp.accounts.models import User
from webapp.accounts.services import AccountError
from webapp.accounts.sittings import CodeChannel
from webapp.audit import services as audit
from webapp.base.roles import READ_OF_OTHERS
from webapp.outbox import services as outbox


def must_have_one(user: User) -> bool:
    """Tell whether this person reads of others, and so needs a second factor."""
    return bool(user.role_names & READ_OF_OTHERS)


@transaction.atomic
def set_app(*, user: User, secret: str, code: str, session_key: str | None) -> None:
    """Make an app the person's second factor, once it showed a right code; every other session ends.

    Raises AccountError for a code that the app of this secret does not show now.
    """
    counter = factors.counter_of(secret, factors.digits(code))
    if counter is None:
        raise AccountError(_("The app shows another code now. Type the newest; the telephone’s clock must be right."))
    _forget(user)
    device = TOTP.activate(user, secret).instance
    device.data[factors.LAST] = counter
    device.save(update_fields=["data"])
    _done(user, session_key, factors.APP)


@transaction.atomic
def set_channel(*, user: User, kind: str, number: str, code: str, session_key: str | None) -> None:
    """Make codes by mail or SMS the person's second factor, once one arrived; every other session ends.

    Raises AccountError for a code that is not the one sent there.
    """
    if not codes.take(user=user, kind=kind, number=number, code=factors.digits(code)):
        raise WrongCode(_("This is not the code we sent last. Look again, or ask for another."))
    _forget(user)
    CodeChannel.objects.create(user=user, kind=kind, number=number)
    _done(user, session_key, kind)


class WrongCode(AccountError):
    """A code that is not the one that was sent."""


def _forget(user: User) -> None:
    Authenticator.objects.filter(user_id=user.pk).delete()
    CodeChannel.objects.filter(user=user).delete()


def _done(user: User, session_key: str | None, kind: str) -> None:
    RecoveryCodes.activate(user)
    whereabouts.end_all(user.pk, but=session_key)
    tell(user, "user.second_factor_set", actor=user, detail={"kind": kind})


@transaction.atomic
def remove(*, user: User) -> None:
    """Take the second factor away, as its owner wishes; raise AccountError for staff, who may only replace theirs."""
    if must_have_one(user):
        raise AccountError(_("Whoever reads about others needs a second step. You can replace it by another one."))
    _forget(user)
    tell(user, "user.second_factor_removed", actor=user)


@transaction.atomic
def reset(*, user: User, actor: User) -> None:
    """Take the second factor of somebody away who lost it, and end every session of that person."""
    _forget(user)
    whereabouts.end_all(user.pk)
    tell(user, "user.second_factor_reset", actor=actor)


@transaction.atomic
def renew_codes(*, user: User) -> None:
    """Give new recovery codes; the old ones open nothing any more. Raises AccountError for who has no second factor."""
    User.objects.select_for_update().get(pk=user.pk)
    if not factors.kind_of(user):
        raise AccountError(_("Recovery codes come with the second step. Set it up first."))
    Authenticator.objects.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).delete()
    RecoveryCodes.activate(user)
    tell(user, "user.recovery_codes_renewed", actor=user)


@transaction.atomic
def show_codes(*, user: User) -> list[str]:
    """Return the person's recovery codes the first time they are asked for, and never again."""
    rows = Authenticator.objects.select_for_update()
    kept = rows.filter(user_id=user.pk, type=Authenticator.Type.RECOVERY_CODES).first()
    if kept is None or kept.wrap().did_view:
        return []
    wrapped = kept.wrap()
    wrapped.mark_as_viewed()
    shown: list[str] = wrapped.get_unused_codes()
    return shown


def tell(user: User, verb: str, *, actor: User | None, detail: dict[str, Any] | None = None) -> None:
    """Write a change of somebody's access into the audit, and tell the person by mail that there was one."""
    outbox.queue(
        key=f"security_notice:{uuid.uuid4()}",
        address=user.email,
        template="security_notice",
        language=user.language,
        link=reverse("accounts:security"),
    )
    audit.record(actor=actor, verb=verb, object_type="user", object_id=str(user.pk), detail=detail)

"""Changes to people's accounts. Every one is written into the audit."""

from collections.abc import Iterable

from axes.utils import reset as forget_failures
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from webapp.accounts import whereabouts
from webapp.accounts.models import LANGUAGES, User, UserRole, email_index
from webapp.audit import services as audit
from webapp.base.roles import Role


class AccountError(ValueError):
    """A change to an account that cannot be made; the text says why and what to do."""


def _checked_email(email: str) -> str:
    address = email.strip()
    try:
        validate_email(address)
    except ValidationError:
        raise AccountError(_("This address cannot receive mail. Write it as name@example.org.")) from None
    return address


@transaction.atomic
def create_user(
    *,
    email: str,
    password: str | None,
    display_name: str,
    roles: Iterable[str],
    language: str = "es",
    actor: User | None = None,
) -> User:
    """Create a person who can sign in; without ``password`` only after setting one through a reset mail.

    Raises AccountError for an address in use, a role or language that does not exist.
    """
    address, hats = _checked_email(email), sorted({Role(role).value for role in roles})
    if language not in dict(LANGUAGES):
        raise AccountError(_("Pauta speaks Spanish (es) and English (en)."))
    user = User(email=address, email_index=email_index(address), display_name=display_name.strip(), language=language)
    user.set_password(password)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError:
        raise AccountError(_("Somebody already signs in with this address. Use another one.")) from None
    UserRole.objects.bulk_create(UserRole(user=user, role=hat) for hat in hats)
    audit.record(actor=actor, verb="user.created", object_type="user", object_id=str(user.pk), detail={"roles": hats})
    return user


@transaction.atomic
def grant_role(*, user: User, role: str, actor: User | None) -> None:
    """Give a person one more hat; nothing changes if it is already theirs."""
    _row, created = UserRole.objects.get_or_create(user=user, role=Role(role).value)
    user.__dict__.pop("role_names", None)
    if created:
        _tell(user, "user.role_granted", actor, role)


@transaction.atomic
def revoke_role(*, user: User, role: str, actor: User | None) -> None:
    """Take a hat away; it is gone with the person's next page."""
    taken, _rows = UserRole.objects.filter(user=user, role=Role(role).value).delete()
    user.__dict__.pop("role_names", None)
    if taken:
        _tell(user, "user.role_revoked", actor, role)


@transaction.atomic
def set_active(*, user: User, active: bool, actor: User | None) -> None:
    """Open or close an account; closing it ends every session of that person at once."""
    User.objects.filter(pk=user.pk).update(is_active=active)
    user.is_active = active
    if not active:
        whereabouts.end_all(user.pk)
    _tell(user, "user.enabled" if active else "user.disabled", actor)


def hat_chosen(*, user: User, role: str) -> None:
    """Write down which hat this person put on; raise AccountError for a hat that is not theirs."""
    if role not in user.role_names:
        raise AccountError(_("This role is not one of yours. Choose one from the list."))
    user.active_role = role
    _tell(user, "user.hat_chosen", user, role)


def signed_in(*, user: User) -> None:
    """Write down that a person came in."""
    _tell(user, "user.signed_in", user)


def signed_out(*, user: User) -> None:
    """Write down that a person left."""
    _tell(user, "user.signed_out", user)


def password_changed(*, user: User, by_mail: bool) -> None:
    """Write down a new password and end every session of that person; the one it was changed in gets a new key.

    One that came through the mail also ends the wait after failed attempts.
    """
    whereabouts.end_all(user.pk)
    if by_mail:
        forget_failures(username=user.get_username())
    _tell(user, "user.password_reset" if by_mail else "user.password_changed", user)


def asked_again(*, user: User, right: bool) -> None:
    """Write down that a person showed to be there before something grave, or did not."""
    _tell(user, "user.confirmed" if right else "user.not_confirmed", user)


def second_step(*, user: User, kind: str) -> None:
    """Write down by which second factor a person came in, or (empty) that a code was wrong."""
    verb = "user.second_factor_used" if kind else "user.second_factor_refused"
    detail = {"kind": kind} if kind else None
    audit.record(actor=user, verb=verb, object_type="user", object_id=str(user.pk), detail=detail)


def _tell(user: User, verb: str, actor: User | None, role: str = "") -> None:
    detail = {"role": role} if role else None
    audit.record(actor=actor, verb=verb, object_type="user", object_id=str(user.pk), detail=detail)

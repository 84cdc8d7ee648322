"""Keeping the accounts of the clinic's people: nobody changes the own one, and an administrator always stays."""

from collections.abc import Iterable
from uuid import uuid4

from allauth.account.forms import default_token_generator
from allauth.account.utils import user_pk_to_url_str
from django.db import models, transaction
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.accounts import enrolling, lockout, services, whereabouts
from webapp.accounts.enrolling import tell
from webapp.accounts.models import User, UserRole
from webapp.accounts.roster import GIVEN_HERE
from webapp.accounts.services import AccountError
from webapp.audit import services as audit
from webapp.base.roles import Role
from webapp.outbox import services as outbox

MANAGE = "users.manage"


class ResetReason(models.TextChoices):
    """Why somebody is let in anew. Coded, so that the book holds no free text about a person."""

    FORGOTTEN = "forgotten", gettext_lazy("The password was forgotten")
    LOST = "lost", gettext_lazy("The telephone was lost or changed")
    MISUSE = "misuse", gettext_lazy("Somebody else may have got in")
    SUCCESSION = "succession", gettext_lazy("The person comes back after an absence")


class ResetPart(models.TextChoices):
    PASSWORD = "password", gettext_lazy("The password")
    FACTOR = "factor", gettext_lazy("The second step")
    BOTH = "both", gettext_lazy("Both")


def _check(actor: User, user: User | None = None) -> None:
    """Raise AccountError for who keeps no accounts, and for who would change the own one."""
    if not actor.may(MANAGE):
        raise AccountError(_("Accounts are kept by the administrator."))
    if user is not None and user.pk == actor.pk:
        raise AccountError(_("This is your own account. Another administrator does it."))


def _hats(roles: Iterable[str]) -> set[str]:
    wanted = set(roles)
    if not wanted:
        raise AccountError(_("Choose at least one role."))
    if not wanted <= {role.value for role in GIVEN_HERE}:
        raise AccountError(_("This role is not given here. Patients come by invitation."))
    return wanted


@transaction.atomic
@audit.together()
def engage(*, actor: User, email: str, display_name: str, roles: Iterable[str], language: str) -> User:
    """Create the account of somebody who works here, and send the link to begin; raise AccountError.

    The link chooses the password, once, within 72 hours; the second factor is set up at the first entry.
    """
    _check(actor)
    if not display_name.strip():
        raise AccountError(_("Write the name as patients and colleagues will read it."))
    user = services.create_user(
        email=email, password=None, display_name=display_name, roles=_hats(roles), language=language, actor=actor
    )
    send_link(user=user, actor=actor)
    return user


@transaction.atomic
@audit.together()
def send_link(*, user: User, actor: User) -> None:
    """Send the link by which this person chooses a password; an earlier one not used stays good for its 72 hours."""
    _check(actor, user)
    if not user.is_active:
        raise AccountError(_("This account is closed. Open it first."))
    link, name = _link(user), f"link-{user.pk}-{uuid4()}"
    outbox.queue(key=name, address=user.email, template="invitation", language=user.language, link=link)
    audit.record(actor=actor, verb="user.link_sent", object_type="user", object_id=str(user.pk))


def _link(user: User) -> str:
    """Return the path at which this person chooses a password: once, within 72 hours."""
    key = default_token_generator.make_token(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": user_pk_to_url_str(user), "key": key})


@transaction.atomic
@audit.together()
def begin(*, email: str, display_name: str, language: str) -> str:
    """Create the clinic's first administrator and return the path at which the password is chosen.

    Raises AccountError where an administrator can come in already: the others are made by that person.
    """
    _hold_administrators()
    if UserRole.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exists():
        raise AccountError(_("There is an administrator already. Others are made on the page of accounts."))
    if not display_name.strip():
        raise AccountError(_("Write the name as patients and colleagues will read it."))
    hats = [Role.ADMINISTRATOR]
    user = services.create_user(email=email, password=None, display_name=display_name, roles=hats, language=language)
    audit.record(actor=None, verb="user.link_sent", object_type="user", object_id=str(user.pk))
    return _link(user)


@transaction.atomic
@audit.together()
def change_roles(*, user: User, roles: Iterable[str], actor: User) -> None:
    """Give and take hats so that the person has exactly ``roles``; those not given here stay as they are."""
    _check(actor, user)
    here = {role.value for role in GIVEN_HERE}
    wanted = _hats(roles)
    _hold_administrators()
    owned = set(UserRole.objects.filter(user=user).values_list("role", flat=True)) & here
    if Role.ADMINISTRATOR in owned - wanted:
        _keep_one(user)
    for role in sorted(wanted - owned):
        services.grant_role(user=user, role=role, actor=actor)
    for role in sorted(owned - wanted):
        services.revoke_role(user=user, role=role, actor=actor)
    if wanted != owned:
        tell(user, "user.roles_changed", actor=actor, detail={"roles": sorted(wanted)})


@transaction.atomic
@audit.together()
def close(*, user: User, actor: User) -> None:
    """Close an account: every session of the person ends with the next request, and no link or password opens it."""
    _check(actor, user)
    _hold_administrators()
    _keep_one(user)
    if user.is_active:
        services.set_active(user=user, active=False, actor=actor)
        tell(user, "user.notified", actor=actor)


@transaction.atomic
@audit.together()
def reopen(*, user: User, actor: User) -> None:
    """Open a closed account again, with the password and second factor it had."""
    _check(actor, user)
    if not user.is_active:
        services.set_active(user=user, active=True, actor=actor)
        tell(user, "user.notified", actor=actor)


@transaction.atomic
@audit.together()
def reset(*, user: User, part: str, reason: str, actor: User) -> None:
    """Take away the password, the second factor or both, end all sessions, and tell the person.

    Without a password, a link to choose a new one goes to the person's own address; the administrator never sees it.
    Raises AccountError without a reason of ResetReason.
    """
    _check(actor, user)
    if part not in ResetPart.values or reason not in ResetReason.values:
        raise AccountError(_("Choose what is taken away, and why."))
    if not user.is_active:
        raise AccountError(_("This account is closed. Open it first."))
    if part != ResetPart.PASSWORD:
        enrolling.reset(user=user, actor=actor)
    if part != ResetPart.FACTOR:
        _forget_password(user)
        send_link(user=user, actor=actor)
    tell(user, "user.reset", actor=actor, detail={"part": part, "reason": reason})


def _forget_password(user: User) -> None:
    user.set_unusable_password()
    user.save(update_fields=["password"])
    lockout.forget(user)
    whereabouts.end_all(user.pk)


def _hold_administrators() -> None:
    """Let nobody else change who is an administrator until this is done: two could close each other at once."""
    list(UserRole.objects.select_for_update().filter(role=Role.ADMINISTRATOR).order_by("pk"))


def _keep_one(user: User) -> None:
    """Raise AccountError if the clinic would be left without an administrator who can come in."""
    others = UserRole.objects.filter(role=Role.ADMINISTRATOR, user__is_active=True).exclude(user=user)
    is_one = UserRole.objects.filter(role=Role.ADMINISTRATOR, user=user).exists()
    if is_one and user.is_active and not others.exists():
        raise AccountError(_("This is the last administrator. Make somebody else one first."))

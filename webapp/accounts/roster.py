"""The clinic's people as the administrator sees them. Who is a patient is not told here."""

from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db.models import Exists, OuterRef, QuerySet, Subquery

from webapp.accounts.models import CodeChannel, User, UserRole
from webapp.audit.models import Entry
from webapp.base.roles import Role

GIVEN_HERE = (
    Role.DOCTOR,
    Role.DIETITIAN,
    Role.DIRECTOR,
    Role.FRONT_DESK,
    Role.MARKETING,
    Role.BILLING,
    Role.AMBASSADOR,
    Role.SPECIALIST,
    Role.ADMINISTRATOR,
)
STATES = ("active", "closed", "without")  # "without" a second factor


@dataclass(frozen=True, slots=True)
class Member:
    """One line of the list: who, the hats, whether with a second factor, when last seen by the audit."""

    user: User
    roles: list[Role]
    has_factor: bool
    last_seen: datetime | None
    has_begun: bool  # has chosen a password


def members_for(user: User) -> QuerySet[User]:
    """Return the accounts this user may keep: those of the clinic's people, to administrators only."""
    if not user.may("users.manage"):
        return User.objects.none()
    ours = UserRole.objects.filter(role__in=[role.value for role in GIVEN_HERE], user=OuterRef("pk"))
    any_role = UserRole.objects.filter(user=OuterRef("pk"))
    return User.objects.filter(Exists(ours) | ~Exists(any_role))


def roster(user: User, text: str = "", role: str = "", state: str = "") -> list[Member]:
    """Return the people whose name or address holds ``text``, by name; of one role or state if one is given.

    Names are encrypted, so all are read and compared here: a clinic has hundreds of people, not thousands.
    """
    members = [_member(one) for one in _told(members_for(user))]
    chosen = [one for one in members if _is_called(one.user, text) and _has(one, role, state)]
    return sorted(chosen, key=lambda one: (not one.user.is_active, one.user.display_name.casefold(), one.user.pk))


def member(user: User, pk: int) -> Member | None:
    """Return one person of the list, None for whoever is not in it."""
    found = _told(members_for(user).filter(pk=pk)).first()
    return _member(found) if found else None


def _told(users: QuerySet[User]) -> QuerySet[User]:
    """Add what other tables know of each, in the same query."""
    last = Entry.objects.filter(actor_id=OuterRef("pk")).order_by("-pk").values("at")[:1]
    app = Authenticator.objects.filter(user_id=OuterRef("pk"), type=Authenticator.Type.TOTP)
    channel = CodeChannel.objects.filter(user_id=OuterRef("pk"))
    told = users.annotate(last_seen=Subquery(last), has_factor=Exists(app) | Exists(channel))
    return told.prefetch_related("roles")


def _member(user: User) -> Member:
    names = {row.role for row in user.roles.all()}
    roles = [role for role in Role if role.value in names]
    begun = user.has_usable_password()
    return Member(user, roles, user.has_factor, user.last_seen, begun)  # type: ignore[attr-defined]


def _is_called(user: User, text: str) -> bool:
    wanted = text.casefold().split()
    return all(word in f"{user.display_name} {user.email}".casefold() for word in wanted)


def _has(one: Member, role: str, state: str) -> bool:
    if role and role not in one.roles:
        return False
    kept = {"active": one.user.is_active, "closed": not one.user.is_active, "without": not one.has_factor}
    return kept.get(state, True)

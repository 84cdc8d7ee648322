"""Who is who. Nothing here tells one person another's address."""

from collections.abc import Iterable

from django.db.models import QuerySet

from webapp.accounts.models import User, UserRole, email_index
from webapp.base.roles import Role


def by_email(email: str) -> User | None:
    """Return the active user of an address, or None."""
    return User.objects.filter(email_index=email_index(email), is_active=True).first()


def with_role(*roles: str) -> QuerySet[User]:
    """Return active users who own one of ``roles``, in the order they joined."""
    owners = UserRole.objects.filter(role__in=roles).values("user")
    return User.objects.filter(pk__in=owners, is_active=True).order_by("pk")


def doctors() -> QuerySet[User]:
    """Return active doctors, in the order they joined."""
    return with_role(Role.DOCTOR)


def names_of(user_ids: Iterable[int]) -> dict[int, str]:
    """Return the names of several people at once, by id."""
    return {user.pk: user.display_name for user in User.objects.filter(pk__in=set(user_ids))}


def hats_of(user: User) -> list[Role]:
    """Return the hats a person may choose from, in the order of the roles' list."""
    return [role for role in Role if role.value in user.role_names]

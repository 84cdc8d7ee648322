"""People who sign in. The e-mail address is stored encrypted and found by its blind index, never in clear."""

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from webapp.accounts.grants import RolePermission
from webapp.accounts.sittings import CodeChannel, SentCode, Session, Token
from webapp.base import permissions
from webapp.base.fields import BlindIndexField, EncryptedTextField, blind
from webapp.base.roles import Role

__all__ = [
    "CodeChannel",
    "RolePermission",
    "SentCode",
    "Session",
    "Token",
    "User",
    "UserManager",
    "UserRole",
    "email_index",
]

EMAIL_COLUMN = "accounts.user.email"
LANGUAGES = [("es", "Español"), ("en", "English")]


def email_index(email: str) -> bytes:
    """Return the digest by which an address is found, however it is capitalised."""
    return blind(email, EMAIL_COLUMN)


class UserManager(BaseUserManager["User"]):
    """Finds people by the text that ``get_username`` gives: the digest of their address in hexadecimal."""

    def get_by_natural_key(self, username: str | None) -> "User":
        """Return the user of this digest; raise User.DoesNotExist for any other text."""
        try:
            index = bytes.fromhex(username or "")
        except ValueError:
            raise User.DoesNotExist from None
        return self.get(email_index=index)


class User(AbstractBaseUser):
    """A person with a password. What the person may do stands in UserRole."""

    email = EncryptedTextField(_("e-mail"))
    email_index = BlindIndexField(unique=True)
    display_name = EncryptedTextField(_("name"))
    language = models.CharField(_("language"), max_length=2, choices=LANGUAGES, default="es")
    is_active = models.BooleanField(_("active"), default=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects: ClassVar[UserManager] = UserManager()
    USERNAME_FIELD = "email_index"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(language__in=["es", "en"]), name="accounts_user_language"),
        ]

    def __str__(self) -> str:
        return self.display_name

    def get_username(self) -> str:
        """Return the digest of the address in hexadecimal: what logs, locks and sessions may hold."""
        return bytes(self.email_index).hex()

    def clean(self) -> None:
        """Leave the index as it is: Django would normalise it as if it were text."""

    @cached_property
    def role_names(self) -> frozenset[str]:
        """Every hat this person owns."""
        return frozenset(UserRole.objects.filter(user=self).values_list("role", flat=True))

    @property
    def active_role(self) -> str:
        """The hat worn now: the session's choice, else the only one there is; empty while a choice is due."""
        chosen: str = self.__dict__.get("_hat", "")
        if chosen in self.role_names:
            return chosen
        return next(iter(self.role_names)) if len(self.role_names) == 1 else ""

    @active_role.setter
    def active_role(self, role: str) -> None:
        self.__dict__["_hat"] = role

    @property
    def permissions(self) -> frozenset[str]:
        """What the hat worn may do. Read once for each object, which a request has to itself."""
        known: dict[str, frozenset[str]] = self.__dict__.setdefault("_permissions", {})
        hat = self.active_role
        if hat not in known:
            known[hat] = permissions.held(hat, _decided(hat)) if hat in permissions.HOLDERS else frozenset()
        return known[hat]

    def may(self, name: str) -> bool:
        """Tell whether this person may do this now; raise UnknownPermission for a word that is no permission."""
        return self.is_active and permissions.known(name).name in self.permissions

    def refresh_from_db(self, *args: Any, **options: Any) -> None:
        self.__dict__.pop("role_names", None)
        self.__dict__.pop("_permissions", None)
        super().refresh_from_db(*args, **options)


def _decided(role: str) -> dict[str, bool]:
    if permissions.is_fixed(role):
        return {}
    return dict(RolePermission.objects.filter(role=role).values_list("permission", "allowed"))


class UserRole(models.Model):
    """One hat of one person."""

    user = models.ForeignKey(User, models.CASCADE, related_name="roles")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    granted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "role"], name="accounts_one_hat_each"),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="accounts_known_role"),
        ]

    def __str__(self) -> str:
        return self.get_role_display()

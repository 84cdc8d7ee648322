"""What the clinic decided a role may do, where that is not the default. Part of models.py.

The database refuses what cannot be, whoever writes: a clinical permission outside the clinicians, a signature that is
no doctor's, and any change to the administrator, whose rights are the same everywhere.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from webapp.base.permissions import BOUNDS, HOLDERS
from webapp.base.roles import Role

CHANGEABLE = [role.value for role in HOLDERS if role != Role.ADMINISTRATOR]


def _within(pattern: str, roles: frozenset[str]) -> Q:
    return Q(allowed=False) | ~Q(permission__regex=pattern) | Q(role__in=sorted(roles))


class RolePermission(models.Model):
    """One decision: this role has this permission, or has it not. No row: as by default."""

    role = models.CharField(_("role"), max_length=20, choices=Role)
    permission = models.CharField(max_length=60)
    allowed = models.BooleanField()
    changed_at = models.DateTimeField(auto_now=True)
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["role", "permission"], name="accounts_one_word_on_each"),
            models.CheckConstraint(condition=Q(role__in=CHANGEABLE), name="accounts_role_is_the_clinics"),
            *(
                models.CheckConstraint(condition=_within(one.pattern, one.roles), name=f"accounts_{one.name}_bound")
                for one in BOUNDS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role} {self.permission} {self.allowed}"

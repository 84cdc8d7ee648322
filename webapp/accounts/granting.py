"""What each role may do: the page of the administrator, and the change of it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext as _

from webapp.accounts.models import RolePermission, User
from webapp.accounts.services import AccountError
from webapp.audit import services as audit
from webapp.base import permissions
from webapp.base.permissions import HOLDERS, PERMISSIONS, TOPICS, Permission
from webapp.base.roles import Role

RULES_LOCK = 0x5045524D  # one change of the table at a time
MANAGE = "permissions.manage"
Key = tuple[str, str]  # role and permission


@dataclass(frozen=True, slots=True)
class Cell:
    """One pair: whether it is given, the letter of the note why it cannot be changed, what it lacks to take effect."""

    role: Role
    permission: Permission
    given: bool
    note: str
    wanting: Permission | None

    @property
    def key(self) -> str:
        return f"{self.role.value}:{self.permission.name}"


@dataclass(frozen=True, slots=True)
class Row:
    permission: Permission
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class Group:
    title: Any
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the clinic decided otherwise than the default, who and when."""

    role: Role
    permission: Permission
    allowed: bool
    changed: RolePermission


@dataclass(frozen=True, slots=True)
class Matrix:
    """Every role by every permission as it is now.

    ``notes`` tells by letter why pairs cannot be changed; ``shown`` lists those given that can be, for the form.
    """

    roles: Sequence[Role]
    groups: Sequence[Group]
    notes: dict[str, str]
    shown: str
    departures: Sequence[Departure]


def matrix_for(user: User) -> Matrix:
    """Return the table as this administrator may change it; two queries."""
    rows = list(RolePermission.objects.select_related("changed_by").order_by("-changed_at"))
    given = {role: permissions.granted(role, _said(rows, role)) for role in HOLDERS}
    bars = {(role, name): _bar(user, role, name) for name in PERMISSIONS for role in HOLDERS}
    letters = dict(zip(dict.fromkeys(reason for reason in bars.values() if reason), ascii_lowercase, strict=False))
    cells = {
        name: [_cell(role, name, given[role], letters.get(bars[role, name], "")) for role in HOLDERS]
        for name in PERMISSIONS
    }
    groups = [
        Group(title, [Row(one, cells[one.name]) for one in PERMISSIONS.values() if one.topic == topic])
        for topic, title in TOPICS.items()
    ]
    shown = " ".join(cell.key for row in cells.values() for cell in row if cell.given and not cell.note)
    notes = {letter: reason for reason, letter in letters.items()}
    return Matrix(HOLDERS, [group for group in groups if group.rows], notes, shown, _departures(rows))


def _said(rows: Iterable[RolePermission], role: str) -> dict[str, bool]:
    return {row.permission: row.allowed for row in rows if row.role == role}


def _bar(user: User, role: Role, name: str) -> str:
    return str(permissions.bar(role, name) or _kept(user, role))


def _cell(role: Role, name: str, given: frozenset[str], note: str) -> Cell:
    has = name in given
    return Cell(role, PERMISSIONS[name], has, note, permissions.missing(name, given) if has else None)


def _kept(user: User, role: Role) -> str:
    """Return why this user cannot change this role's rights at all; empty where nothing stands against it."""
    if permissions.is_fixed(role):
        return _("The administrator’s rights are fixed, so that somebody always can open and close.")
    if role.value in user.role_names:
        return _("This role is also yours. Nobody changes the own rights: another administrator does it.")
    return ""


def _departures(rows: Iterable[RolePermission]) -> list[Departure]:
    return [
        Departure(Role(row.role), PERMISSIONS[row.permission], row.allowed, row)
        for row in rows
        if row.permission in PERMISSIONS and row.allowed != (row.role in PERMISSIONS[row.permission].roles)
    ]


def differences(shown: str, chosen: Iterable[str]) -> dict[Key, bool]:
    """Return what a form changes: the pairs that were given when it was shown, against those chosen in it.

    Raises AccountError for a pair of a role and a permission that do not exist.
    """
    before, after = {_key(word) for word in shown.split()}, {_key(word) for word in chosen}
    return {key: key in after for key in sorted(before ^ after)}


def _key(word: str) -> Key:
    role, _colon, name = word.partition(":")
    if role not in Role.values or name not in PERMISSIONS:
        raise AccountError(_("This page has changed since you opened it. Load it again; nothing was saved."))
    return role, name


@transaction.atomic
def decide(*, changes: dict[Key, bool], actor: User) -> int:
    """Give (True) and take (False) permissions, and return how many pairs are now otherwise than before.

    It holds from each person's next request. What others changed meanwhile stays. Raises AccountError, and changes
    nothing, where one of the pairs cannot be or is not this actor's to decide.
    """
    for (role, name), allowed in changes.items():
        _check(Role(role), name, allowed, actor)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [RULES_LOCK])
    rows = list(RolePermission.objects.all())
    now = {role: permissions.granted(role, _said(rows, role)) for role in HOLDERS}
    real = {key: allowed for key, allowed in changes.items() if (key[1] in now[Role(key[0])]) != allowed}
    for (role, name), allowed in real.items():
        RolePermission.objects.update_or_create(
            role=role, permission=name, defaults={"allowed": allowed, "changed_by": actor}
        )
    with audit.together():
        for (role, name), allowed in real.items():
            verb = "permission.given" if allowed else "permission.taken"
            audit.record(actor=actor, verb=verb, object_type="role", object_id=role, detail={"permission": name})
    return len(real)


def _check(role: Role, name: str, allowed: bool, actor: User) -> None:
    if not actor.may(MANAGE):
        raise AccountError(_("What a role may do is decided by the administrator."))
    if kept := _kept(actor, role):
        raise AccountError(kept)
    if allowed and (reason := permissions.bar(role, name)):
        raise AccountError(str(reason))

"""Where somebody is signed in, and ending that: a session whose row is gone opens nothing, from the next request on."""

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from webapp.accounts.devices import in_words
from webapp.accounts.sittings import Session
from webapp.audit import services as audit
from webapp.base.fields import blind
from webapp.base.roles import Role


@dataclass(frozen=True, slots=True)
class Place:
    """One session as its owner sees it. ``handle`` names it on the page: from it nobody learns the session's key."""

    handle: str
    device: str
    hat: str
    began_at: datetime
    seen_at: datetime
    here: bool


def handle_of(session_key: str) -> str:
    """Return the name by which a page speaks of a session."""
    return blind(session_key, "accounts.session.session_key").hex()


def _place(row: Session, current: str | None) -> Place:
    hat = str(Role(row.hat).label) if row.hat in Role.values else ""
    here = row.session_key == current
    return Place(handle_of(row.session_key), in_words(row.device), hat, row.began_at, row.seen_at, here)


def of(user_id: int, current: str | None) -> list[Place]:
    """Return where a person is signed in: here first, then by when it was last used."""
    rows = Session.objects.filter(user_id=user_id, expire_date__gt=timezone.now()).order_by("-seen_at")
    return sorted((_place(row, current) for row in rows), key=lambda place: not place.here)


def end_all(user_id: int, *, but: str | None = None) -> int:
    """End every session of a person but the one with this key; return how many there were."""
    ended, _rows = Session.objects.filter(user_id=user_id).exclude(session_key=but or "").delete()
    return ended


def end_others(*, user_id: int, current: str | None) -> int:
    """End the sessions of a person on all other devices, as the owner asked; return how many there were."""
    ended = end_all(user_id, but=current)
    _told(user_id, ended)
    return ended


def end(*, user_id: int, handle: str) -> bool:
    """End one session of a person; return False for a name that is none of that person's sessions."""
    keys = Session.objects.filter(user_id=user_id).values_list("session_key", flat=True)
    fitting = [key for key in keys if handle_of(key) == handle]
    ended, _rows = Session.objects.filter(user_id=user_id, session_key__in=fitting).delete()
    if ended:
        _told(user_id, ended)
    return bool(ended)


@dataclass(frozen=True, slots=True)
class _Owner:
    pk: int


def _told(user_id: int, count: int) -> None:
    detail = {"sessions": count}
    audit.record(
        actor=_Owner(user_id), verb="user.sessions_ended", object_type="user", object_id=user_id, detail=detail
    )

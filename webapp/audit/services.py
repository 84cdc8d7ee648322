"""Adding to the book, and proving that nobody rewrote it."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection, transaction
from django.utils import timezone

from webapp.audit.models import Entry

BEGINNING = bytes(32)
LOCK = 0x5041_5554  # one writer at a time: each line holds the digest of the one before
BATCH = 2000
_held_back: ContextVar[list[Entry] | None] = ContextVar("lines of a deed that is not done yet", default=None)


class Actor(Protocol):
    """Who acted: a user, whose hat of this session is kept with the line."""

    pk: Any


@dataclass(frozen=True, slots=True)
class Chain:
    """What a check of the book found; ``broken_at`` is the first line that does not follow from the one before."""

    entries: int
    broken_at: int | None = None

    @property
    def whole(self) -> bool:
        return self.broken_at is None


def _key() -> bytes:
    """Return the key of the chain, so that who can write the table cannot forge it."""
    return hashlib.sha256(b"audit chain\0" + settings.BLIND_INDEX_KEY).digest()


def digest_of(entry: Entry) -> bytes:
    """Return the keyed digest of a line and of the digest before it, 32 bytes."""
    at = entry.at.astimezone(UTC).isoformat(timespec="microseconds")
    patient = str(entry.patient_id) if entry.patient_id else None
    words = [at, entry.actor_id, entry.actor_role, entry.verb, patient]
    words += [entry.object_type, entry.object_id, entry.path, entry.detail]
    text = json.dumps(words, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hmac.new(_key(), bytes(entry.before) + text.encode(), hashlib.sha256).digest()


def _last_digest() -> bytes:
    last = Entry.objects.order_by("-pk").values_list("digest", flat=True).first()
    return bytes(last) if last else BEGINNING


def _add(entries: list[Entry]) -> list[Entry]:
    """Chain lines behind the last one and store them, while no one else does."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
        before = _last_digest()
        for entry in entries:
            entry.before = before
            entry.digest = before = digest_of(entry)
        return Entry.objects.bulk_create(entries)


def _write(entries: list[Entry]) -> list[Entry]:
    waiting = _held_back.get()
    if waiting is None:
        return _add(entries)
    waiting.extend(entries)
    return entries


@contextmanager
def together() -> Iterator[None]:
    """Hold the lines of a deed of several steps back until its end, inside its transaction; dropped if it fails.

    The book's lock is then the last one taken, and two such deeds cannot wait for each other's rows with it.
    """
    outer, lines = _held_back.get(), list[Entry]()
    token = _held_back.set(lines)
    try:
        yield
    finally:
        _held_back.reset(token)
    if outer is not None:
        outer.extend(lines)
    elif lines:
        _add(lines)


def _line(actor: Actor | None, verb: str, at: datetime, **rest: Any) -> Entry:
    role = getattr(actor, "active_role", "") or ""
    detail = json.loads(json.dumps(rest.pop("detail") or {}, cls=DjangoJSONEncoder))
    return Entry(at=at, actor_id=actor.pk if actor else None, actor_role=role, verb=verb, detail=detail, **rest)


def record(
    *,
    actor: Actor | None,
    verb: str,
    patient_id: UUID | None = None,
    object_type: str = "",
    object_id: object = "",
    path: str = "",
    detail: dict[str, Any] | None = None,
) -> Entry:
    """Add one line: who (None: the system itself) did or saw what; ``detail`` never holds clinical text.

    Runs in the caller's transaction, so that what is undone leaves no line, and no deed stands without one. Call it
    last there, or do all of it ``together``: the book takes one writer at a time until that transaction ends.
    """
    entry = _line(
        actor,
        verb,
        timezone.now(),
        patient_id=patient_id,
        object_type=object_type,
        object_id=str(object_id),
        path=path[:300],
        detail=detail,
    )
    return _write([entry])[0]


def record_list(*, actor: Actor | None, verb: str, patient_ids: list[UUID], path: str = "") -> list[Entry]:
    """Add one line for each patient of a list or an export that was seen; two queries however long it is."""
    at = timezone.now()
    return _write([_line(actor, verb, at, patient_id=one, path=path[:300], detail=None) for one in patient_ids])


def _in_order() -> Iterator[Entry]:
    return Entry.objects.order_by("pk").iterator(chunk_size=BATCH)


def verify_chain() -> Chain:
    """Walk the whole book and return how long it is, or where it first does not hold."""
    before, count = BEGINNING, 0
    for entry in _in_order():
        count += 1
        if bytes(entry.before) != before or bytes(entry.digest) != digest_of(entry):
            return Chain(count, broken_at=entry.pk)
        before = bytes(entry.digest)
    return Chain(count)

"""Writing into the audit, and seeing whether anybody changed it."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.db import connection, transaction
from django.utils import timezone

from webapp.audit.models import Entry

FIRST = bytes(32)
ONE_AT_A_TIME = 0x50415554  # the advisory lock under which lines are chained


@transaction.atomic
def record(
    *,
    actor: Any | None,
    verb: str,
    patient_id: UUID | None = None,
    object_type: str = "",
    object_id: str = "",
    path: str = "",
    detail: Mapping[str, Any] | None = None,
) -> Entry:
    """Add one line: who (None: the system) did or saw what; ``detail`` never holds clinical text."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])
    last = Entry.objects.order_by("-pk").values_list("digest", flat=True).first()
    entry = Entry(
        at=timezone.now(),
        actor_id=getattr(actor, "pk", None),
        actor_role=getattr(actor, "active_role", ""),
        verb=verb,
        patient_id=patient_id,
        object_type=object_type,
        object_id=str(object_id),
        path=path[:300],
        detail=dict(detail or {}),
        before=bytes(last) if last else FIRST,
    )
    entry.digest = digest_of(entry)
    entry.save(force_insert=True)
    return entry


def digest_of(entry: Entry) -> bytes:
    """Return the 32 bytes that tie a line to all lines before it."""
    told = [
        entry.at.isoformat(),
        entry.actor_id,
        entry.actor_role,
        entry.verb,
        str(entry.patient_id or ""),
        entry.object_type,
        entry.object_id,
        entry.path,
        entry.detail,
    ]
    text = json.dumps(told, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(bytes(entry.before) + text.encode()).digest()


def verify_chain() -> int | None:
    """Return the number of the first line that does not follow from those before it; None if all do."""
    before = FIRST
    for entry in Entry.objects.order_by("pk").iterator():
        if bytes(entry.before) != before or bytes(entry.digest) != digest_of(entry):
            return entry.pk
        before = bytes(entry.digest)
    return None

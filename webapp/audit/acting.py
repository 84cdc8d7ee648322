"""Tells the history tables who changes rows: a person under a hat, or the system at one of its jobs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory
from django.db import connection
from psycopg.pq import TransactionStatus

from webapp.audit.services import Actor

SETTINGS = ["pghistory.context_id", "pghistory.context_metadata"]


@contextmanager
def acting(actor: Actor | None, job: str = "") -> Iterator[None]:
    """Write every row changed meanwhile down to ``actor``; None is the system, whose ``job`` may be named.

    The library would let what is told inside hold outside too, to the end of the transaction; here the one who acted
    before acts again afterwards, and nobody where nobody did.
    """
    who = {"actor": actor.pk if actor else None, "role": getattr(actor, "active_role", "") or "", "job": job}
    before: dict[str, object] = {}
    try:
        with pghistory.context() as held:
            before = dict(held.metadata)
            _tell(held.metadata, who)
            try:
                yield
            finally:
                _tell(held.metadata, before)
    finally:
        if not before:
            _tell_nobody()


def _tell_nobody() -> None:
    """Let the transaction forget who acted; one that failed forgets it by itself."""
    if not connection.in_atomic_block or connection.connection.info.transaction_status == TransactionStatus.INERROR:
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config(name, '', true) FROM unnest(%s::text[]) AS name", [SETTINGS])


def _tell(metadata: dict[str, object], who: dict[str, object]) -> None:
    metadata.clear()
    metadata.update(who)

"""Tells the history tables who changes rows: a person under a hat, or the system at one of its jobs."""

from collections.abc import Iterator
from contextlib import contextmanager

import pghistory

from webapp.audit.services import Actor


@contextmanager
def acting(actor: Actor | None, job: str = "") -> Iterator[None]:
    """Write every row changed meanwhile down to ``actor``; None is the system, whose ``job`` may be named.

    The library would let what is told inside hold outside too; here the one who acted before acts again afterwards.
    """
    who = {"actor": actor.pk if actor else None, "role": getattr(actor, "active_role", "") or "", "job": job}
    with pghistory.context() as held:
        before = dict(held.metadata)
        _tell(held.metadata, who)
        try:
            yield
        finally:
            _tell(held.metadata, before)


def _tell(metadata: dict[str, object], who: dict[str, object]) -> None:
    metadata.clear()
    metadata.update(who)

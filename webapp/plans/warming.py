"""Reads and compiles the library in force before the first person needs it, beside whatever the process does first."""

import gc
import logging
from threading import Timer

from django.db import DatabaseError, connection
from django.utils import timezone

from engine.errors import PautaError
from engine.explanation import prepare
from rules import services as shelf
from rules import trials
from rules.models import Trial
from rules.selectors import ShelfError, current_release

AFTER = 1.5  # seconds: the very first page is answered before the compiler takes its share of the processor
log = logging.getLogger(__name__)


def start(*, pages: bool = True) -> Timer:
    """Return the thread that warms the library, for ``pages`` also what to ask next; no process waits for it."""
    thread = Timer(AFTER, _begin, kwargs={"pages": pages})
    thread.daemon = True
    thread.start()
    return thread


def _begin(*, pages: bool) -> None:
    """Warm the library, then put all that the process will keep aside from the search for garbage.

    A library is some hundred thousand objects. Looking through all of them fell into one question in thirty about
    what to ask next and made it take a quarter of a second longer.
    """
    warm(pages=pages)
    gc.collect()
    gc.freeze()


def warm(*, pages: bool = True) -> None:
    """Compile what is in force today; an empty shelf or a database that sleeps is met again by the first request."""
    try:
        program = shelf.program(as_of=timezone.localdate())
        if pages:
            prepare(program)
        for pilot in trials.running(Trial.Kind.PILOT, current_release()):
            shelf.program(pilot.release.digest, timezone.localdate())
    except (ShelfError, PautaError, DatabaseError) as fault:
        log.warning("The library is not warm: %s", type(fault).__name__)
    finally:
        connection.close()

"""Replays stored cases in processes beside this one: a batch each, answered in order, a few batches ahead at most."""

import gc
import os
import threading
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from itertools import chain, islice
from multiprocessing import get_all_start_methods, get_context

from engine.commands.replaying import Answer, Bad, Counts, Version, answered, batches
from engine.commands.stored_cases import Stored
from engine.errors import PautaError

AHEAD = 2
"""Batches that wait or are worked on, for each process."""
Slip = tuple[int, object, tuple[str, str, str]]
"""A bad line in parts: an error does not survive being sent."""
Parcel = tuple[list[Answer | Slip], list[Counts]]
"""The answers to a batch, and what each version counted."""
_versions: tuple[Version, ...] = ()


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def replay_apart(stored: Iterable[Stored], versions: tuple[Version, ...], processes: int) -> Iterator[Answer | Bad]:
    """Yield what ``replay`` yields. Who sends no more than one batch, or asks for one process, has no other started.

    A process takes its programs over from this one as they are. Where that cannot be done safely, because of the
    system or because this one has several threads, this one does it all.
    """
    waiting = batches(stored)
    begun = list(islice(waiting, 2))
    every = chain(begun, waiting)
    if len(begun) > 1 and processes > 1 and threading.active_count() == 1 and "fork" in get_all_start_methods():
        yield from _shared_out(every, versions, processes)
    else:
        yield from chain.from_iterable(answered(each, versions) for each in every)


def _shared_out(every: Iterable[list[Stored]], versions: tuple[Version, ...], processes: int) -> Iterator[Answer | Bad]:
    pool = ProcessPoolExecutor(processes, mp_context=get_context("fork"), initializer=_take, initargs=(versions,))
    with pool:
        running: deque[Future[Parcel]] = deque()
        for batch in every:
            running.append(pool.submit(_answer, batch))
            if len(running) > AHEAD * processes:
                yield from _opened(running.popleft(), versions)
        while running:
            yield from _opened(running.popleft(), versions)


def _take(versions: tuple[Version, ...]) -> None:
    """Keep what this new process inherits; nothing of it is garbage."""
    global _versions  # noqa: PLW0603 - a process has one
    _versions = versions
    gc.freeze()


def _answer(batch: list[Stored]) -> Parcel:
    """Return the answers to a batch in a form that can be sent."""
    for version in _versions:
        version.counts = Counts()
    found = [_packed(each) for each in answered(batch, _versions)]
    return found, [version.counts for version in _versions]


def _packed(each: Answer | Bad) -> Answer | Slip:
    if isinstance(each, Answer):
        return each
    return each.line, each.id, (each.problem.code, each.problem.message, each.problem.hint)


def _opened(sent: Future[Parcel], versions: tuple[Version, ...]) -> Iterator[Answer | Bad]:
    found, counted = sent.result()
    for version, counts in zip(versions, counted, strict=True):
        version.counts.add(counts)
    for each in found:
        yield each if isinstance(each, Answer) else Bad(each[0], each[1], PautaError(*each[2]))

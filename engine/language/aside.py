"""Work that gives nothing but problems, done by a second process while the first goes on."""

import json
import os
from collections.abc import Callable

from engine.errors import Place, Problem
from engine.language.validation import Problems

Work = Callable[[Problems], None]
Join = Callable[[], None]
"""Waits for work that was begun: its problems are noted from then on."""


def can_divide() -> bool:
    """Return whether there is a second processor, and a system that divides a process in two."""
    return hasattr(os, "fork") and hasattr(os, "sched_getaffinity") and len(os.sched_getaffinity(0)) > 1


def begin(work: Work, problems: Problems) -> Join:
    """Begin work in a process of its own; what it notes comes to ``problems`` when it is joined.

    A second process that fails, for whatever reason, has said nothing: the work is then done here, so that the same is
    found, and the same is raised, as if there had been none. Without a second processor it is done here at once.
    """
    if not can_divide():
        work(problems)
        return lambda: None
    reader, writer = os.pipe()
    child = os.fork()
    if not child:
        os.close(reader)
        _tell(work, writer)
    os.close(writer)
    return lambda: _join(work, problems, child, reader)


def _tell(work: Work, writer: int) -> None:
    """Do the work, send what was found, and end this process without a word to anybody else."""
    code = 1
    try:
        own = Problems()
        work(own)
        with open(writer, "w", encoding="ascii") as pipe:
            json.dump([[_parts(each) for each in found] for found in (own.found, own.notes)], pipe)
        code = 0
    finally:
        os._exit(code)


def _join(work: Work, problems: Problems, child: int, reader: int) -> None:
    with open(reader, encoding="ascii") as pipe:
        told = pipe.read()
    _, status = os.waitpid(child, 0)
    if status:
        work(problems)
        return
    found, notes = json.loads(told)
    problems.found += map(_problem, found)
    problems.notes += map(_problem, notes)


def _parts(problem: Problem) -> list[str | int]:
    place = problem.place
    return [place.file, place.line, place.column, problem.code, problem.message, problem.hint]


def _problem(parts: list[str]) -> Problem:
    file, line, column, code, message, hint = parts
    return Problem(Place(file, int(line), int(column)), code, message, hint)

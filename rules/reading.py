"""Libraries and programs, each read and compiled once a process: by the digest of the texts they were made from."""

import hashlib
from collections.abc import Mapping
from typing import Any

from engine.compiler import Program, compile_edition
from engine.errors import Problem
from engine.language.documents import Edition, Library
from engine.language.library import check_library

_LIBRARIES: dict[str, Library] = {}
_PROGRAMS: dict[str, Program] = {}
LIBRARIES, PROGRAMS = 4, 16  # kept at most: a library is some hundred thousand objects


def digest_of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def digest_of_set(texts: Mapping[str, str]) -> str:
    """Return the digest of a set: over every path and the digest of its text, whatever the order."""
    return digest_of("\n".join(f"{path} {digest_of(text)}" for path, text in sorted(texts.items())))


def checked(texts: Mapping[str, str]) -> tuple[Library | None, tuple[Problem, ...]]:
    """Return the library of a set, or None with what is wrong; one that checked clean is not read again."""
    key = digest_of_set(texts)
    known = _LIBRARIES.get(key)
    if known is not None:
        return known, ()
    library, problems = check_library(texts)
    if library is not None and not problems:
        _forget_old(_LIBRARIES, LIBRARIES)
        _LIBRARIES[key] = library
    return library, problems


def compiled(edition: Edition) -> Program:
    """Return the program of an edition."""
    known = _PROGRAMS.get(edition.digest)
    if known is None:
        _forget_old(_PROGRAMS, PROGRAMS)
        known = _PROGRAMS[edition.digest] = compile_edition(edition)
    return known


def _forget_old(kept: dict[str, Any], at_most: int) -> None:
    for key in list(kept)[: max(0, len(kept) - at_most + 1)]:
        kept.pop(key, None)

"""The program of a library on disk, one per day that cases ask for; and lines of JSON in and out."""

import gc
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import BinaryIO

from engine.commands.files import load
from engine.compiler import Program, compile_edition
from engine.errors import CaseError, PautaError
from engine.evaluator.output import dumps
from engine.language.documents import Library
from engine.language.library import edition, read_library

DEEPEST = 40  # brackets in brackets; a case has some five


@dataclass(slots=True)
class Programs:
    """Compiles each edition once, whatever number of cases asks for its day."""

    library: Library
    by_day: dict[date | None, Program] = field(default_factory=dict)
    by_digest: dict[str, Program] = field(default_factory=dict)

    def at(self, day: date | None) -> Program:
        """Return the program in force on a day; without a day, that of the highest versions."""
        if day not in self.by_day:
            chosen = edition(self.library, day)
            if chosen.digest not in self.by_digest:
                self.by_digest[chosen.digest] = compile_edition(chosen)
            self.by_day[day] = self.by_digest[chosen.digest]
        return self.by_day[day]


def programs(paths: Iterable[str]) -> Programs:
    """Return the programs of the library that holds the paths; raise LibraryError with every problem."""
    return Programs(read_library(load(paths).texts))


def collect_cases() -> None:
    """Let garbage be looked for again where the command runs without: cases may hold themselves, and there are many.

    A library is some hundred thousand objects that live until the end: among them nobody looks.
    """
    if not gc.isenabled():
        gc.freeze()
        gc.enable()


def case_day(raw: Mapping[str, object]) -> date | None:
    """Return the day a case speaks of; raise CaseError if it cannot be read."""
    text = raw.get("as_of")
    if text is None:
        return None
    try:
        return date.fromisoformat(str(text))
    except ValueError as problem:
        raise CaseError("C006", "as_of is not a date", "Write it as 2026-01-31.") from problem


def _finite(text: str) -> Decimal:
    """Return a decimal exactly as written, so that no value leaves its threshold; raise CaseError for NaN."""
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > 30:
        raise CaseError("C004", "a number cannot be used", "Leave out what is not known, or use null.")
    return value


def _whole(text: str) -> int:
    """Return a whole number; raise CaseError for one longer than any value, which would be slow or refused to read."""
    if len(text) > 31:
        raise CaseError("C004", "a number cannot be used", "Leave out what is not known, or use null.")
    return int(text)


def read_json(text: str) -> dict[str, object]:
    """Return one JSON object; raise CaseError for anything else, NaN and infinity included."""
    try:
        value = json.loads(text, parse_float=_finite, parse_int=_whole, parse_constant=_finite)
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, CaseError):
            raise
        raise CaseError(
            "C001", "this is not JSON", "Write one JSON object, on one line if there are several."
        ) from problem
    if not isinstance(value, dict):
        raise CaseError("C001", "this is not a JSON object", "Write {...} with the names of the case.")
    if text.count("{") + text.count("[") > DEEPEST and _is_deeper(value):
        raise CaseError("C001", f"this is nested more than {DEEPEST} deep", "A case has lists of objects, no more.")
    return value


def _is_deeper(value: object) -> bool:
    """Return whether a value is nested deeper than any case: each Python gives up at a depth of its own."""
    level = [value]
    for _ in range(DEEPEST):
        level = [child for each in level for child in _children(each)]
        if not level:
            return False
    return True


def _children(value: object) -> Iterable[object]:
    if isinstance(value, dict):
        return value.values()
    return value if isinstance(value, list) else ()


def texts(source: str) -> Iterator[str]:
    """Yield the JSON texts of a file, or of standard input for ``-`` as they come; CaseError if there is no file.

    One text a line; but a first line that ends inside an object begins one object written over many lines.
    """
    if source != "-":
        path = Path(source)
        if not path.is_file():
            raise CaseError("C009", f"there is no file {source}", "Name a JSON file, or - for standard input.")
        yield from _file_texts(path.read_bytes().decode("utf-8-sig", "replace"))
    else:
        yield from _split(sys.stdin.buffer)


def _file_texts(text: str) -> Iterator[str]:
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        yield from (line for line in text.splitlines() if line.strip())
    else:
        yield text


def _split(raw: BinaryIO) -> Iterator[str]:
    lines = (line.decode("utf-8", "replace").lstrip("\ufeff") for line in raw)
    first = next((line for line in lines if line.strip()), "")
    if first.strip().endswith(("{", "[", ",")):
        yield first + "".join(lines)
    elif first:
        yield first
        yield from (line for line in lines if line.strip())


def answer(line: str, reply: Callable[[dict[str, object]], dict[str, object]]) -> tuple[dict[str, object], bool]:
    """Return the reply to one line and whether it is one; a bad line gives an error object with its id."""
    name: object = None
    try:
        raw = read_json(line)
        name = raw.get("id")
        return reply(raw), True
    except PautaError as problem:
        found = {"code": problem.code, "message": problem.message}
        return {"id": name, "error": {**found, "hint": problem.hint} if problem.hint else found}, False


def error_text(reply: Mapping[str, object]) -> str:
    """Return the reply to a bad line for reading: its id, the code and what was wrong."""
    problem = reply["error"]
    found = problem if isinstance(problem, Mapping) else {}
    head = "" if reply["id"] is None else f"{reply['id']}: "
    return f"{head}{found.get('code')} {found.get('message')}"


def write_line(value: object) -> None:
    """Print one JSON value: sorted keys, no spaces, the same bytes for the same value."""
    sys.stdout.write(dumps(value) + "\n")
    sys.stdout.flush()

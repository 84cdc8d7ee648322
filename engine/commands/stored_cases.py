"""Stored cases, one at a time however many there are: lines of JSON from a file or a pipe, or rows of Parquet."""

import sys
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import BinaryIO

from engine.commands.programs import read_json
from engine.errors import CaseError

Stored = tuple[int, str | dict[str, object]]
"""The number of the line or row, from 1, and the case: a text of JSON, or what a row holds."""
_OPENS = ("{", "[", ",")


def stored_cases(source: str) -> Iterator[Stored]:
    """Yield every case of a file, or of standard input for ``-``; raise CaseError if there is no such file."""
    if source == "-":
        yield from _lines(sys.stdin.buffer)
        return
    path = Path(source)
    if not path.is_file():
        raise CaseError("C009", f"there is no file {source}", "Name a file of JSON lines or Parquet, or - for a pipe.")
    if path.suffix == ".parquet":
        rows: Callable[[Path], Iterator[Stored]] = import_module("engine.commands.parquet").rows
        yield from rows(path)
    else:
        with path.open("rb") as file:
            yield from _lines(file)


def _lines(raw: BinaryIO) -> Iterator[Stored]:
    """Yield the lines that hold something; a first line that ends inside an object begins one over many lines."""
    first = True
    for number, line in enumerate(raw, 1):
        text = line.decode("utf-8", "replace").lstrip("\ufeff")
        if not text.strip():
            continue
        if first and text.strip().endswith(_OPENS):
            text += b"".join(raw).decode("utf-8", "replace")
        first = False
        yield number, text


def as_case(stored: str | dict[str, object]) -> dict[str, object]:
    """Return a stored case as `pauta evaluate` takes it; raise CaseError if it is none."""
    if isinstance(stored, str):
        return read_json(stored)
    return {name: _plain(value) for name, value in stored.items()}


def _plain(value: object) -> object:
    """Return a value as JSON would have given it: decimals as they are written, days as texts, maps as objects."""
    match value:
        case float():
            if not isfinite(value):
                raise CaseError("C004", "a number cannot be used", "Leave out what is not known, or use null.")
            return Decimal(repr(value))
        case date():
            return value.isoformat()[:10]
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() if value and all(isinstance(each, tuple) for each in value):
            return {str(name): _plain(each) for name, each in value}
        case list():
            return [_plain(each) for each in value]
    return value

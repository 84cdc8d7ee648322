"""Cases as columns: numbers in the narrowest type that holds them exactly, everything else as packed bits."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

Bits = NDArray[np.uint64]  # one bit a case, 64 cases a word; bits past the last case are zero
WORD = 64
_WHOLE = (np.int8, np.int16, np.int32)


@dataclass(frozen=True, slots=True)
class Column:
    """The numbers of one fact, or the numbers of the codes of a choice; where ``known`` is zero they mean nothing."""

    data: NDArray[Any]
    known: Bits


@dataclass(frozen=True, slots=True)
class Rails:
    """Of which cases something is known to be true, and of which it is known to be false; no case has both."""

    true: Bits
    false: Bits


@dataclass(frozen=True, slots=True)
class Block:
    """Some ten thousand cases as columns. ``walked``: case -> rule -> what it comes to, where no column can hold it."""

    size: int
    columns: Mapping[str, Column]
    flags: Mapping[str, Rails]
    recorded: Mapping[str, Rails]
    tests: tuple[Rails, ...]
    walked: Mapping[int, Mapping[int, int]] = field(default_factory=dict)

    @property
    def words(self) -> int:
        return words_for(self.size)


def words_for(size: int) -> int:
    return -(-size // WORD)


def packed(true: NDArray[np.bool_]) -> Bits:
    """Return one bit for each entry, the first in the lowest bit of the first word."""
    room = np.zeros(words_for(len(true)) * WORD, dtype=np.bool_)
    room[: len(true)] = true
    return np.packbits(room, bitorder="little").view(np.uint64)


def flags(values: NDArray[np.float64]) -> Rails:
    """Return the rails of a column of ones (yes), zeros (no) and NaN (not known)."""
    return Rails(packed(values > 0), packed(values < 1))


def narrow(values: NDArray[np.float64]) -> Column:
    """Return a column of numbers, NaN where not known, in the narrowest type that holds every one of them exactly."""
    absent = np.isnan(values)
    known = packed(~absent)
    filled = np.where(absent, 0.0, values)
    low, high = (float(filled.min()), float(filled.max())) if len(filled) else (0.0, 0.0)
    if np.array_equal(filled, np.trunc(filled)):
        for kind in _WHOLE:
            if np.iinfo(kind).min <= low and high <= np.iinfo(kind).max:
                return Column(filled.astype(kind), known)
    with np.errstate(over="ignore"):
        single = filled.astype(np.float32)
    return Column(single if np.array_equal(single, filled) else filled, known)


def below(column: Column, limit: float, *, equal: bool, room: NDArray[np.bool_]) -> None:
    """Write into ``room`` where the numbers lie below a limit; with ``equal``, also where they lie on it."""
    data = column.data
    if data.dtype.kind == "i":
        _whole_below(data, math.floor(limit) + 1 if equal else math.ceil(limit), room)
    elif equal:
        np.less_equal(data, _rounded(data, limit, -math.inf), out=room)
    else:
        np.less(data, _rounded(data, limit, math.inf), out=room)


def _whole_below(data: NDArray[Any], limit: int, room: NDArray[np.bool_]) -> None:
    bounds = np.iinfo(data.dtype)
    if limit > bounds.max or limit <= bounds.min:
        room[:] = limit > bounds.max
    else:
        np.less(data, limit, out=room)


def _rounded(data: NDArray[Any], limit: float, towards: float) -> Any:
    """Return a limit in the type of the data, moved to where no number of that type lies between it and the limit."""
    if data.dtype == np.float64:
        return limit
    with np.errstate(over="ignore"):
        nearest = np.float32(limit)
    passed = float(nearest) < limit if towards > 0 else float(nearest) > limit
    return np.nextafter(nearest, np.float32(towards)) if passed else nearest


def equal_to(column: Column, wanted: float, room: NDArray[np.bool_]) -> None:
    """Write into ``room`` where the numbers are exactly ``wanted``."""
    data = column.data
    whole = data.dtype.kind == "i"
    bounds = np.iinfo(data.dtype) if whole else None
    fits = bounds is None or (wanted == math.floor(wanted) and bounds.min <= wanted <= bounds.max)
    if not fits:
        room[:] = False
    elif whole:
        np.equal(data, int(wanted), out=room)
    else:
        np.equal(data, np.float64(wanted), out=room)

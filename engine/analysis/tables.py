"""What a decision table may come to as a number: the rows that count, and those that may."""

from collections.abc import Sequence

import z3

from engine.analysis.rails import Rails, no, some
from engine.analysis.spans import ANYTHING, Span, greatest, least, term

Counted = tuple[Rails, Span]  # whether a row fits, and what it says


def said(rows: Sequence[tuple[z3.BoolRef, Span]]) -> Span:
    """Return what a table of one row at a time may say: the hull of the rows that may be the one."""
    lows = [z3.If(may, span.low, ANYTHING.high) for may, span in rows]
    highs = [z3.If(may, span.high, ANYTHING.low) for may, span in rows]
    return Span(least(lows), greatest(highs))


def total(rows: Sequence[Counted]) -> Span:
    """Return the sum of the rows that fit, an open one counting from nothing to what it says."""
    lows = [z3.If(row.true, span.low, z3.If(row.false, term(0), least([span.low, term(0)]))) for row, span in rows]
    highs = [
        z3.If(row.true, span.high, z3.If(row.false, term(0), greatest([span.high, term(0)]))) for row, span in rows
    ]
    return Span(z3.Sum(lows), z3.Sum(highs))


def extreme(which: str, rows: Sequence[Counted], otherwise: Span) -> Span:
    """Return the least or greatest of the rows that fit; where none is known to, what else holds is possible too."""
    best, neutral = (least, ANYTHING.high) if which == "min" else (greatest, ANYTHING.low)
    certain = some(row.true for row, _ in rows)
    reach = [z3.If(no(row.false), _end(which, span), neutral) for row, span in rows]
    hold = [z3.If(row.true, _other(which, span), neutral) for row, span in rows]
    maybe = said([*((no(row.false), span) for row, span in rows), (z3.BoolVal(True), otherwise)])
    far, near = best(reach), best(hold)
    low, high = (far, near) if which == "min" else (near, far)
    return Span(z3.If(certain, low, maybe.low), z3.If(certain, high, maybe.high))


def _end(which: str, span: Span) -> z3.ArithRef:
    return span.low if which == "min" else span.high


def _other(which: str, span: Span) -> z3.ArithRef:
    return span.high if which == "min" else span.low


def count(parts: Sequence[Rails]) -> Span:
    """Return how many of some conditions are true."""
    lows = [z3.If(part.true, term(1), term(0)) for part in parts]
    highs = [z3.If(part.false, term(0), term(1)) for part in parts]
    return Span(z3.Sum(lows), z3.Sum(highs))

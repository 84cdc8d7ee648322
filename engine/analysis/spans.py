"""Numbers that are only partly known, as two ends that are terms of the solver."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from typing import NamedTuple

import z3

from engine.analysis.rails import YES, Rails, every, negation, no, some
from engine.conditions import Comparison

BEYOND = Fraction(10**30)  # stands for an infinite end: beyond every number a case may hold


class Span(NamedTuple):
    """Every value a number may still take; ``known`` is false of a bare fact that nobody recorded."""

    low: z3.ArithRef
    high: z3.ArithRef
    known: z3.BoolRef = YES


def term(value: Fraction | int) -> z3.ArithRef:
    exact = Fraction(value)
    return z3.RealVal(f"{exact.numerator}/{exact.denominator}")


def point(value: Fraction | int) -> Span:
    return Span(term(value), term(value))


ANYTHING = Span(term(-BEYOND), term(BEYOND))


def least(parts: Sequence[z3.ArithRef]) -> z3.ArithRef:
    return reduce(lambda one, other: z3.If(one <= other, one, other), parts)


def greatest(parts: Sequence[z3.ArithRef]) -> z3.ArithRef:
    return reduce(lambda one, other: z3.If(one >= other, one, other), parts)


def hull(parts: Iterable[Span]) -> Span:
    known = list(parts)
    return Span(least([part.low for part in known]), greatest([part.high for part in known]))


def chosen(condition: Rails, then: Span, otherwise: Span) -> Span:
    """Return what ``if condition then .. else ..`` may be."""
    both = hull((then, otherwise))
    return Span(
        z3.If(condition.true, then.low, z3.If(condition.false, otherwise.low, both.low)),
        z3.If(condition.true, then.high, z3.If(condition.false, otherwise.high, both.high)),
    )


def add(left: Span, right: Span) -> Span:
    return Span(left.low + right.low, left.high + right.high)


def subtract(left: Span, right: Span) -> Span:
    return Span(left.low - right.high, left.high - right.low)


def multiply(left: Span, right: Span) -> Span:
    ends = [one * other for one in _ends(left) for other in _ends(right)]
    return Span(least(ends), greatest(ends))


def divide(left: Span, right: Span) -> Span:
    """Return the quotient: anything where the divisor may be nothing."""
    safe = z3.Or(right.low > 0, right.high < 0)
    low, high = z3.If(safe, right.low, term(1)), z3.If(safe, right.high, term(1))
    ends = [one / other for one in _ends(left) for other in ((low,) if low.eq(high) else (low, high))]
    return Span(z3.If(safe, least(ends), ANYTHING.low), z3.If(safe, greatest(ends), ANYTHING.high))


def _ends(span: Span) -> tuple[z3.ArithRef, ...]:
    return (span.low,) if span.low.eq(span.high) else (span.low, span.high)


def compare(op: Comparison, left: Span, right: Span) -> Rails:
    """Return whether the comparison holds for every, for no, or only for some values of both sides."""
    found = _compared(op, left, right)
    known = every((left.known, right.known))
    return Rails(every((known, found.true)), every((known, found.false)))


def _compared(op: Comparison, left: Span, right: Span) -> Rails:
    match op:
        case "<":
            return _below(left, right)
        case ">":
            return _below(right, left)
        case "<=":
            return negation(_below(right, left))
        case ">=":
            return negation(_below(left, right))
        case "=":
            return _same(left, right)
        case _:
            return negation(_same(left, right))


def _below(left: Span, right: Span) -> Rails:
    return Rails(left.high < right.low, left.low >= right.high)


def _same(left: Span, right: Span) -> Rails:
    apart = some((left.high < right.low, right.high < left.low))
    points = every((is_point(left), is_point(right)))
    return Rails(every((points, no(apart))), apart)


def is_point(span: Span) -> z3.BoolRef:
    """Return that only one value is left."""
    return YES if span.low.eq(span.high) else span.low == span.high

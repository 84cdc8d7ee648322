"""Truths and numbers that are only partly known: Kleene's three values, and intervals for sums and scores."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from typing import Final

from engine.conditions import Comparison
from engine.plan import Truth

Real = Fraction | int | float
INFINITE: Final = math.inf


def negation(part: Truth) -> Truth:
    return None if part is None else not part


def conjunction(parts: Iterable[Truth]) -> Truth:
    """Return the strong Kleene `and`: one false part decides, whatever is unknown."""
    result: Truth = True
    for part in parts:
        if part is False:
            return False
        if part is None:
            result = None
    return result


def disjunction(parts: Iterable[Truth]) -> Truth:
    """Return the strong Kleene `or`: one true part decides, whatever is unknown."""
    result: Truth = False
    for part in parts:
        if part is True:
            return True
        if part is None:
            result = None
    return result


def at_least(count: int, parts: Iterable[Truth]) -> Truth:
    """Return whether at least ``count`` parts are true: known as soon as no completion can change it."""
    known = list(parts)
    if known.count(True) >= count:
        return True
    return False if len(known) - known.count(False) < count else None


@dataclass(frozen=True, slots=True)
class Interval:
    """Every value a number may still take, ends included; an unbounded end is infinite."""

    low: Real
    high: Real

    @property
    def is_point(self) -> bool:
        return self.low is self.high or self.low == self.high


ANYTHING = Interval(-INFINITE, INFINITE)


def point(value: Real) -> Interval:
    return Interval(value, value)


def hull(parts: Iterable[Interval]) -> Interval:
    """Return the smallest interval that holds all ``parts`` (at least one)."""
    known = list(parts)
    return Interval(min(part.low for part in known), max(part.high for part in known))


def compare(op: Comparison, left: Interval, right: Interval) -> Truth:
    """Return whether the comparison holds for every, for no, or only for some values of both sides."""
    if op == "<":
        return _below(left, right)
    if op == ">":
        return _below(right, left)
    if op == "<=":
        return negation(_below(right, left))
    if op == ">=":
        return negation(_below(left, right))
    same = _same(left, right)
    return same if op == "=" else negation(same)


def _below(left: Interval, right: Interval) -> Truth:
    if left.high < right.low:
        return True
    return False if left.low >= right.high else None


def _same(left: Interval, right: Interval) -> Truth:
    if left.high < right.low or right.high < left.low:
        return False
    return True if left.is_point and right.is_point and left.low == right.low else None


def extreme(which: str, sure: Iterable[Interval], possible: Iterable[Interval]) -> Interval:
    """Return the least or greatest (``min``, ``max``) of numbers that are there and of some that may be."""
    best = min if which == "min" else max
    certain, maybe = list(sure), list(possible)
    both = [*certain, *maybe]
    if not certain:
        return hull(both)
    low, high = best(part.low for part in certain), best(part.high for part in certain)
    lows = min([low, *(part.low for part in maybe)]) if which == "min" else low
    highs = max([high, *(part.high for part in maybe)]) if which == "max" else high
    return Interval(lows, highs)


def collected(how: str, sure: Sequence[Interval], possible: Sequence[Interval]) -> Interval:
    """Return the sum, count, least or greatest of numbers that are there and of some that may be."""
    if how in ("sum", "count"):
        return reduce(add, [*sure, *(hull((value, point(0))) for value in possible)], point(0))
    return extreme(how, sure, possible) if sure or possible else ANYTHING


def add(left: Interval, right: Interval) -> Interval:
    return Interval(left.low + right.low, left.high + right.high)


def subtract(left: Interval, right: Interval) -> Interval:
    return Interval(left.low - right.high, left.high - right.low)


def multiply(left: Interval, right: Interval) -> Interval:
    ends = [_product(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    return Interval(min(ends), max(ends))


def _product(left: Real, right: Real) -> Real:
    return 0 if left == 0 or right == 0 else left * right  # infinity times nothing is nothing, not NaN


def divide(left: Interval, right: Interval) -> Interval:
    if right.low <= 0 <= right.high:
        return ANYTHING
    return multiply(left, Interval(reciprocal(right.high), reciprocal(right.low)))


def reciprocal(value: Real) -> Real:
    return 1 / value if isinstance(value, float) else 1 / Fraction(value)


def quotient(left: Real, right: Real) -> Real:
    """Return ``left / right``, exact when both are; raise ZeroDivisionError for nothing below the line."""
    return Fraction(left) / Fraction(right) if exact(left) and exact(right) else float(left) / float(right)


def exact(value: Real) -> bool:
    return not isinstance(value, float)


def rounded(value: Real) -> int:
    """Return the nearest whole number; a half goes up, as in the published scores."""
    return math.floor(value + Fraction(1, 2)) if exact(value) else math.floor(float(value) + 0.5)


def square_root(value: Real) -> Real:
    """Return the root, exact for the square of a fraction: FIB-4 with ALT 100 must meet its limit exactly."""
    if exact(value) and value >= 0:
        ratio = Fraction(value)
        top, below = math.isqrt(ratio.numerator), math.isqrt(ratio.denominator)
        if top * top == ratio.numerator and below * below == ratio.denominator:
            return Fraction(top, below)
    return math.sqrt(value)


_RISING: Mapping[str, tuple[Callable[[Real], Real], float]] = {
    "round": (rounded, -INFINITE),
    "ln": (math.log, 0.0),
    "exp": (math.exp, -INFINITE),
    "sqrt": (square_root, 0.0),
}


def apply(function: str, value: Interval) -> Interval:
    """Return the image of a rising function; outside its domain the result may be anything."""
    rising, lowest = _RISING[function]
    if value.high < lowest or (function == "ln" and value.high <= 0):
        return ANYTHING
    return Interval(_image(rising, max(value.low, lowest)), _image(rising, value.high))


def _image(function: Callable[[Real], Real], value: Real) -> Real:
    if value == 0 and function is math.log:
        return -INFINITE
    if isinstance(value, float) and math.isinf(value):
        return 0.0 if value < 0 and function is math.exp else value
    try:
        return function(value)
    except OverflowError:
        return INFINITE

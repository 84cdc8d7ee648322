"""Numbers of which only the ends are known, and truths that may be unknown: the arithmetic of the second opinion.

A span is a pair (lowest, highest) of what a number may still be; a truth is True, False or None.
"""

import math
from collections.abc import Callable, Iterable
from fractions import Fraction

Truth = bool | None
Real = Fraction | int | float
Span = tuple[Real, Real]

EVERYTHING: Span = (-math.inf, math.inf)


def opposite(truth: Truth) -> Truth:
    return None if truth is None else not truth


def every(truths: Iterable[Truth]) -> Truth:
    """Return whether all hold; one that does not hold settles it."""
    found = set(truths)
    return False if False in found else None if None in found else True


def some(truths: Iterable[Truth]) -> Truth:
    """Return whether one holds; one that does settles it."""
    return opposite(every(opposite(truth) for truth in truths))


def exactly(value: Real) -> Span:
    return value, value


def around(spans: Iterable[Span]) -> Span:
    """Return the span that covers all of some spans."""
    lows, highs = zip(*spans, strict=True)
    return min(lows), max(highs)


def holds(op: str, left: Span, right: Span) -> Truth:
    """Return whether a comparison holds whatever the two numbers are within their spans."""
    match op:
        case ">" | ">=":
            return holds("<" if op == ">" else "<=", right, left)
        case "<":
            return True if left[1] < right[0] else False if left[0] >= right[1] else None
        case "<=":
            return True if left[1] <= right[0] else False if left[0] > right[1] else None
        case "!=":
            return opposite(holds("=", left, right))
    apart = left[1] < right[0] or left[0] > right[1]
    settled = left[0] == left[1] == right[0] == right[1]
    return False if apart else True if settled else None


def reckon(op: str, left: Span, right: Span) -> Span:
    """Return the span of a sum, difference, product or quotient."""
    if op == "+":
        return left[0] + right[0], left[1] + right[1]
    if op == "-":
        return left[0] - right[1], left[1] - right[0]
    if op == "/":
        if right[0] <= 0 <= right[1]:
            return EVERYTHING
        return reckon("*", left, (_inverse(right[1]), _inverse(right[0])))
    corners = [0 if not a or not b else a * b for a in left for b in right]
    return min(corners), max(corners)


def _inverse(value: Real) -> Real:
    return 1 / value if isinstance(value, float) else Fraction(1) / value


def image(function: str, value: Span) -> Span:
    """Return the span of ``round ln exp sqrt``, all of which only rise; everything where they have no value."""
    floor = 0 if function in ("ln", "sqrt") else -math.inf
    if value[1] < floor or (function == "ln" and value[1] <= 0):
        return EVERYTHING
    return _at(function, max(value[0], floor)), _at(function, value[1])


def _at(function: str, value: Real) -> Real:
    if value == 0 and function == "ln":
        return -math.inf
    if value in (math.inf, -math.inf):
        return 0.0 if function == "exp" and value < 0 else value
    try:
        return FUNCTIONS[function](value)
    except OverflowError:
        return math.inf


def nearest(value: Real) -> int:
    """Return the nearest whole number; a half goes up."""
    return math.floor(value + Fraction(1, 2)) if not isinstance(value, float) else math.floor(value + 0.5)


def root(value: Real) -> Real:
    """Return the square root, as a fraction where it is one."""
    if not isinstance(value, float) and value >= 0:
        whole = Fraction(value)
        above, below = math.isqrt(whole.numerator), math.isqrt(whole.denominator)
        if (above * above, below * below) == (whole.numerator, whole.denominator):
            return Fraction(above, below)
    return math.sqrt(value)


FUNCTIONS: dict[str, Callable[[Real], Real]] = {"round": nearest, "ln": math.log, "exp": math.exp, "sqrt": root}

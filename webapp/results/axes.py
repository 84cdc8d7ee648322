"""The upright axis of a drawing: from where to where, and at which round figures its lines stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor, log10

from webapp.results.catalogue import Limits

LINES = 5  # intervals at most
ROUND = (1, 2, 5, 10, 20)  # times a power of ten
LEAST = Fraction(1, 10)  # of the greatest value: a smaller change is drawn as the small change it is


@dataclass(frozen=True, slots=True)
class Axis:
    """Round figures in equal steps, lowest first; what is drawn lies between the first and the last."""

    figures: Sequence[Fraction]

    @property
    def bottom(self) -> Fraction:
        return self.figures[0]

    @property
    def top(self) -> Fraction:
        return self.figures[-1]


def axis_of(values: Sequence[Fraction], limits: Limits | None) -> Axis:
    """Return an axis that holds the values, the nearest end of the range, and the other where it flattens nothing."""
    low, high = _widened(min(values), max(values))
    for place, end in enumerate(sorted(_ends(limits), key=lambda end: abs(end - values[-1]))):
        wider = min(low, end), max(high, end)
        if place == 0 or wider[1] - wider[0] <= 2 * (high - low):
            low, high = wider
    air = (high - low) / 10
    return _rounded(low - air if min(values) < 0 else max(low - air, Fraction(0)), high + air)


def _ends(limits: Limits | None) -> list[Fraction]:
    return [end for end in (limits.low, limits.high) if end is not None] if limits else []


def _widened(low: Fraction, high: Fraction) -> tuple[Fraction, Fraction]:
    least = max(abs(low), abs(high)) * LEAST or Fraction(1)
    more = max(least - (high - low), Fraction(0)) / 2
    return low - more, high + more


def _rounded(low: Fraction, high: Fraction) -> Axis:
    power = Fraction(10) ** floor(log10((high - low) / LINES))
    for step in (power * times for times in ROUND):
        first, last = floor(low / step), ceil(high / step)
        if last - first <= LINES:
            break
    return Axis([step * place for place in range(first, last + 1)])

"""The limits within which a rule fires by chance, from its own history: exact for small counts, and no normal curve.

A count of a span is held against the beta-binomial that its history predicts (Jeffreys' prior); weeks that differ by
more than chance widen it, as in Laney's p' chart. A rule that is not heard any more is held against how many people in
a row it usually leaves out: the g chart of rare events. Sources and measured rates: docs/reference/control-charts.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma

ALPHA = 0.0001  # of each look to each side: how rarely chance alone goes so far
TINY = 1e-12
ENOUGH = 50  # people of the history, below which nothing is said


@dataclass(frozen=True, slots=True)
class Count:
    """How many of how many."""

    fired: int
    could: int


@dataclass(frozen=True, slots=True)
class Usual:
    """What a history predicts: the share, and how firmly it is known."""

    share: float
    firmness: float  # people of the history, fewer where its weeks differ by more than chance
    spread: float  # variance of weeks over that of chance, one at least

    def shape(self, could: int) -> tuple[float, float]:
        """Return both parameters of the beta-binomial of a span with so many people."""
        loose = 1 / self.firmness + (self.spread - 1) / max(could, 1)
        return self.share / loose, (1 - self.share) / loose


def usual(weeks: Sequence[Count]) -> Usual | None:
    """Return what weeks of history predict; None where they are too few people to say."""
    fired, could = sum(one.fired for one in weeks), sum(one.could for one in weeks)
    if could < ENOUGH:
        return None
    share = (fired + 0.5) / (could + 1)
    spread = _spread([one for one in weeks if one.could], share)
    return Usual(share, (could + 1) / spread, spread)


def _spread(weeks: Sequence[Count], share: float) -> float:
    """Return Pearson's variance over that of chance; what is below one is chance as well."""
    if len(weeks) < 2:
        return 1.0
    of_chance = (((one.fired - one.could * share) ** 2) / (one.could * share * (1 - share)) for one in weeks)
    return max(1.0, sum(of_chance) / (len(weeks) - 1))


def at_most(held: Usual, count: Count) -> float:
    """Return how likely chance is to bring so few or fewer."""
    return _lower(*held.shape(count.could), count.could, count.fired)


def at_least(held: Usual, count: Count) -> float:
    """Return how likely chance is to bring so many or more."""
    a, b = held.shape(count.could)
    return _lower(b, a, count.could, count.could - count.fired)


def within(held: Usual, could: int, alpha: float = ALPHA) -> tuple[int, int]:
    """Return the fewest and the most of so many people that are still chance."""
    a, b = held.shape(could)
    return _fewest(a, b, could, alpha), could - _fewest(b, a, could, alpha)


def _fewest(a: float, b: float, could: int, alpha: float) -> int:
    """Return the fewest that are not too rare; by halving, for the sum only rises."""
    low, high = 0, could
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if _lower(a, b, could, middle) >= alpha else (middle + 1, high)
    return low


def _lower(a: float, b: float, could: int, count: int) -> float:
    """Sum from ``count`` away from the middle until nothing is added: the far end of thousands is below any number."""
    if count * (a + b) > could * a:
        return 1 - _lower(b, a, could, could - count - 1) if count < could else 1.0
    chance, total = _exactly(a, b, could, count), 0.0
    for each in range(count, -1, -1):
        total += chance
        if not each or chance < total * TINY:
            break
        chance *= each * (b + could - each) / ((could - each + 1) * (a + each - 1))
    return min(total, 1.0)


def _exactly(a: float, b: float, could: int, count: int) -> float:
    ways = lgamma(could + 1) - lgamma(count + 1) - lgamma(could - count + 1)
    return exp(ways + lgamma(a + count) + lgamma(b + could - count) - lgamma(a + b + could) - _beta(a, b))


def _beta(a: float, b: float) -> float:
    return lgamma(a) + lgamma(b) - lgamma(a + b)

"""Whether a rule fires as it used to: looked at each night, from counts alone."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from webapp.studio import limits
from webapp.studio.limits import Count, Usual

HISTORY = 182  # days that say what is usual
WEEK = 7
SPANS = (7, 28)  # the last days that are looked at: what breaks, and what creeps
KNOWN_FOR = 28  # days of history at least


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that is not as it was: since when, how many of how many, and the usual share."""

    kind: str
    since: date
    count: Count
    usual: float


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one rule on which anybody was assessed, oldest first; sums of any span are two look-ups."""

    days: Sequence[date]
    fired: Sequence[int]  # up to and with each day
    could: Sequence[int]

    def between(self, since: date, until: date) -> Count:
        """Return the sums from ``since`` up to the day before ``until``."""
        first, last = bisect_left(self.days, since), bisect_left(self.days, until)
        return Count(self._sum(self.fired, first, last), self._sum(self.could, first, last))

    @staticmethod
    def _sum(sums: Sequence[int], first: int, last: int) -> int:
        return (sums[last - 1] if last else 0) - (sums[first - 1] if first else 0)

    def last_fired(self, until: date) -> date | None:
        """Return the last day before ``until`` on which it fired."""
        last = bisect_left(self.days, until)
        total = self.fired[last - 1] if last else 0
        return self.days[bisect_left(self.fired, total, 0, last)] if total else None


def days_of(could: Mapping[date, int], fired: Mapping[date, int]) -> Days:
    """Return the days of a rule from the counts of its protocol and its own."""
    days, sums_fired, sums_could = sorted(could), list[int](), list[int]()
    so_far = [0, 0]
    for day in days:
        so_far = [so_far[0] + fired.get(day, 0), so_far[1] + could[day]]
        sums_fired.append(so_far[0])
        sums_could.append(so_far[1])
    return Days(days, sums_fired, sums_could)


def found(days: Days, today: date, begins: date | None = None) -> Finding | None:
    """Return what is not as it was up to yesterday, None where all is as usual or too little is known.

    ``begins``: what was before it is not held against it any more, since a director said that it is meant.
    """
    return _gone(days, today, begins) or next(
        (one for span in SPANS if (one := _off(days, today, today - timedelta(span), begins))), None
    )


def usual_before(days: Days, until: date, begins: date | None = None) -> Usual | None:
    """Return what the weeks before a day predict; None where they are too few."""
    first = max(until - timedelta(HISTORY), begins or date.min)
    if days.days:
        first = max(first, days.days[0])
    if (until - first).days < KNOWN_FOR:
        return None
    weeks = range((until - first).days // WEEK)
    ends = [until - timedelta(WEEK * one) for one in weeks]
    return limits.usual([days.between(end - timedelta(WEEK), end) for end in ends])


def _gone(days: Days, today: date, begins: date | None) -> Finding | None:
    """Hold how long it has been silent against its history, the g chart."""
    last = days.last_fired(today)
    if last is None:
        return None
    since = max(last + timedelta(1), begins or date.min)
    held, count = usual_before(days, since, begins), days.between(since, today)
    if held is None or limits.at_most(held, count) >= limits.ALPHA:
        return None
    return Finding("silent", since, count, held.share)


def _off(days: Days, today: date, since: date, begins: date | None) -> Finding | None:
    if begins and since < begins:
        return None
    held, count = usual_before(days, since, begins), days.between(since, today)
    if held is None:
        return None
    if limits.at_least(held, count) < limits.ALPHA:
        return Finding("loud", since, count, held.share)
    if limits.at_most(held, count) < limits.ALPHA:
        return Finding("silent", since, count, held.share)
    return None

"""What a series says: the entries of a window, counted, averaged and followed, with its missing days kept apart.

A day nobody filled in is neither a good day nor a bad one. Where a rule says how many days it ``needs``, it looks at
the recorded ones once there are so many; where it says nothing, and in red flags, a missing day may be anything.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from statistics import median

from engine.compiler.intervals import ANYTHING, INFINITE, Interval, Real, compare, point
from engine.conditions import (
    Beside,
    BothWeeks,
    Comparison,
    DayCount,
    Latest,
    Mean,
    OfSeries,
    Since,
    Summary,
    Times,
    Window,
)
from engine.facts import Entry, Origin, Series

Day = tuple[int, tuple[Fraction, ...]]  # its number, and what was recorded on it
_HERE = Origin("score")
_WEEK, _SMALLEST_TREND, _SMALLEST_CHANGE = 7, 3, 2


@dataclass(frozen=True, slots=True)
class Part:
    """The days of one window: those recorded, oldest first, and the numbers of those that are not."""

    recorded: tuple[Day, ...]
    missing: tuple[int, ...] = ()

    @property
    def values(self) -> list[Fraction]:
        return [value for _, values in self.recorded for value in values]


def days_of(series: Series) -> list[tuple[int, Entry | None]]:
    """Return each entry with the number of its day: of the calendar if the days are known, else counted from 1."""
    if series.dates:
        return sorted(
            zip((day.toordinal() for day in series.dates), series.values, strict=True), key=lambda day: day[0]
        )
    last = len(series.values) if series.last is None else series.last.toordinal()
    return [(last - len(series.values) + 1 + i, entry) for i, entry in enumerate(series.values)]


def parts(series: Series, window: Window, *, today: int | None, start: int | None = None) -> tuple[Part, ...] | None:
    """Return the days a window covers, one part a week for ``both weeks``; None if nobody knows where it begins."""
    known = days_of(series)
    end = today if today is not None and (series.dates or series.last is not None) else known[-1][0] if known else 0
    match window:
        case int():
            return (_between(known, end - window + 1, end, gaps=not series.dates),)
        case BothWeeks():
            first, second = end - 2 * _WEEK + 1, end - _WEEK + 1
            gaps = not series.dates
            return _between(known, first, second - 1, gaps=gaps), _between(known, second, end, gaps=gaps)
        case Since():
            if start is None or (series.last is None and not series.dates):
                return None
            return (_between(known, start, end, gaps=not series.dates),)
    return (_part(known),)


def _between(known: Sequence[tuple[int, Entry | None]], first: int, last: int, *, gaps: bool) -> Part:
    inside = [(day, entry) for day, entry in known if first <= day <= last]
    if not gaps:
        return _part(inside)
    written = {day for day, _ in inside}
    return _part([*inside, *((day, None) for day in range(first, last + 1) if day not in written)])


def _part(entries: Iterable[tuple[int, Entry | None]]) -> Part:
    ordered = sorted(entries, key=lambda each: each[0])
    recorded = [(day, entry if isinstance(entry, tuple) else (entry,)) for day, entry in ordered if entry is not None]
    return Part(tuple(recorded), tuple(day for day, entry in ordered if entry is None))


@dataclass(frozen=True, slots=True)
class Way:
    """How missing days are taken: ``careful``, in red flags, they may be anything on the scale of ``limits``."""

    careful: bool = False
    several: bool = False
    limits: Interval = ANYTHING


def reading(expr: OfSeries, windows: Sequence[Part], way: Way) -> Interval | None:
    """Return what the expression may be over its windows (of two weeks: the lesser); None if it is not known at all."""
    found = [_READERS[type(expr)](expr, part, way) for part in windows]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    return Interval(min(each.low for each in known), min(each.high for each in known))


def _counted(met: int, possible: Real, part: Part, needs: int | None, way: Way) -> Interval:
    if way.careful or needs is None:
        return Interval(met, met + possible)
    return point(met) if len(part.recorded) >= needs else Interval(0, possible + max(met, len(part.recorded)))


def _day_count(expr: OfSeries, part: Part, way: Way) -> Interval | None:
    if not isinstance(expr, DayCount):
        return None
    met = sum(any(_meets(value, expr.op, expr.threshold) for value in values) for _, values in part.recorded)
    return _counted(met, len(part.missing), part, expr.needs, way)


def _times(expr: OfSeries, part: Part, way: Way) -> Interval | None:
    if not isinstance(expr, Times):
        return None
    met = sum(expr.op is None or _meets(value, expr.op, expr.threshold) for value in part.values)
    possible = INFINITE if way.several and part.missing else len(part.missing)
    return _counted(met, possible, part, expr.needs, way)


def _meets(value: Fraction, op: Comparison, limit: Fraction) -> bool:
    return compare(op, point(value), point(limit)) is True


def _latest(expr: OfSeries, part: Part, way: Way) -> Interval | None:
    values = part.values
    return point(values[-1]) if values else None


def _mean(expr: OfSeries, part: Part, way: Way) -> Interval | None:
    values = part.values
    needs = expr.needs if isinstance(expr, Mean) else 1
    if way.careful and values and part.missing and not way.several and way.limits is not ANYTHING:
        return _mean_of_all(values, len(part.missing), way.limits)
    if len(part.recorded) < max(needs, 1) or not values:
        return None
    return point(sum(values, Fraction(0)) / len(values))


def _mean_of_all(values: Sequence[Fraction], missing: int, limits: Interval) -> Interval:
    known, days = sum(values, Fraction(0)), len(values) + missing
    ends = (known + missing * Fraction(limits.low), known + missing * Fraction(limits.high))
    return Interval(ends[0] / days, ends[1] / days)


def _summary(expr: OfSeries, part: Part, way: Way) -> Interval | None:
    if not isinstance(expr, Summary):
        return None
    if expr.function == "recorded":
        return point(len(part.recorded))
    if expr.needs is not None and len(part.recorded) < expr.needs:
        return None
    if not part.values:
        return None
    if expr.function in ("highest", "lowest"):
        return _extreme(expr, part, way)
    return _FOLLOWED[expr.function](part, expr.needs)


def _extreme(expr: Summary, part: Part, way: Way) -> Interval:
    best = max(part.values) if expr.function == "highest" else min(part.values)
    if not part.missing or (expr.needs is not None and not way.careful):
        return point(best)
    if expr.function == "highest":
        return Interval(best, max(best, way.limits.high))
    return Interval(min(best, way.limits.low), best)


def _first(part: Part, needs: int | None) -> Interval | None:
    return point(part.values[0])


def _change(part: Part, needs: int | None) -> Interval | None:
    """Return the last recorded value less the first one of the window."""
    if len(part.recorded) < max(needs or 0, _SMALLEST_CHANGE):
        return None
    return point(part.values[-1] - part.values[0])


def _trend(part: Part, needs: int | None) -> Interval | None:
    """Return the median slope between any two days (Theil and Sen), for one week: one odd day does not move it."""
    if len(part.recorded) < (needs or _SMALLEST_TREND):
        return None
    means = [(day, sum(values, Fraction(0)) / len(values)) for day, values in part.recorded if values]
    slopes = [(b - a) / (later - sooner) for (sooner, a), (later, b) in combinations(means, 2) if later != sooner]
    return point(median(slopes) * _WEEK) if slopes else None


_FOLLOWED: Mapping[str, Callable[[Part, int | None], Interval | None]] = {
    "first": _first, "change": _change, "trend": _trend,
}  # fmt: skip
_READERS: Mapping[type, Callable[[OfSeries, Part, Way], Interval | None]] = {
    DayCount: _day_count, Times: _times, Latest: _latest, Mean: _mean, Summary: _summary,
}  # fmt: skip


def total_of(expr: OfSeries, entries: Sequence[Entry | None], beside: Sequence[Entry | None] | None = None) -> Real:
    """Return the expression over a complete list, as a score reads it; raise ValueError if it has no value.

    ``beside`` is the list that ``highest(h2, minutes <= 90)`` looks at: the entries it does not meet are left out.
    """
    window = getattr(expr, "window", None)
    if beside is not None:
        entries = [entry for entry, other in zip(entries, beside, strict=False) if _stays(other, window)]
        window = None
    found = parts(Series(tuple(entries), _HERE), window, today=None)
    known = None if found is None else reading(expr, found, Way())
    if known is None:
        raise ValueError
    return known.low


def _stays(other: Entry | None, window: Window) -> bool:
    return (
        isinstance(window, Beside)
        and isinstance(other, Fraction | int)
        and _meets(Fraction(other), window.op, window.threshold)
    )

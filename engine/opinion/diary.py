"""What the second opinion reads in a series: the days of a window, counted, averaged and followed.

A day that nobody filled in may be anything where a rule does not say how many days it ``needs``, and in red flags;
elsewhere the recorded days decide once there are enough of them.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import combinations
from statistics import median

from engine.conditions import BothWeeks, DayCount, Latest, Mean, OfSeries, Since, Summary, Times, Window
from engine.facts import Entry, Series
from engine.opinion.spans import EVERYTHING, Real, Span, exactly, holds

FORTNIGHT, WEEK = 14, 7
DAYS_FOR_A_TREND, DAYS_FOR_A_CHANGE = 3, 2


@dataclass(frozen=True, slots=True)
class Days:
    """One window: the recorded days oldest first, each with its values, and how many days nobody recorded."""

    recorded: Sequence[tuple[int, tuple[Fraction, ...]]]
    blank: int

    @property
    def flat(self) -> list[Fraction]:
        return [value for _, day in self.recorded for value in day]


@dataclass(frozen=True, slots=True)
class Manner:
    """How blank days are taken: in a red flag (``alarmed``) they may be anything on the scale of the fact."""

    alarmed: bool = False
    several: bool = False
    scale: Span = field(default=EVERYTHING)


def numbered(series: Series) -> list[tuple[int, Entry | None]]:
    """Return the entries with the number of their day; entries of a day given more than once keep their order."""
    if series.dates:
        pairs = [(day.toordinal(), entry) for day, entry in zip(series.dates, series.values, strict=True)]
        return sorted(pairs, key=lambda pair: pair[0])
    end = series.last.toordinal() if series.last else len(series.values)
    return list(enumerate(series.values, start=end - len(series.values) + 1))


def windows(series: Series, window: Window, today: int | None, begun: int | None) -> list[Days] | None:
    """Return the windows a reading looks at, two for ``both weeks``; None if nobody knows where one begins."""
    entries = numbered(series)
    dated = bool(series.dates) or series.last is not None
    end = today if today is not None and dated else entries[-1][0] if entries else 0
    if isinstance(window, Since):
        return None if begun is None or not dated else [_cut(entries, begun, end, series)]
    if isinstance(window, BothWeeks):
        middle = end - WEEK
        return [_cut(entries, end - FORTNIGHT + 1, middle, series), _cut(entries, middle + 1, end, series)]
    if isinstance(window, int):
        return [_cut(entries, end - window + 1, end, series)]
    return [_days(entries, sum(entry is None for _, entry in entries))]


def _cut(entries: Sequence[tuple[int, Entry | None]], first: int, last: int, series: Series) -> Days:
    """Return the days from ``first`` to ``last``; of a diary each day without an entry is blank."""
    inside = [(day, entry) for day, entry in entries if first <= day <= last]
    blank = sum(entry is None for _, entry in inside)
    if not series.dates:
        blank += len(set(range(first, last + 1)) - {day for day, _ in inside})
    return _days(inside, blank)


def _days(entries: Sequence[tuple[int, Entry | None]], blank: int) -> Days:
    told = [(day, entry if isinstance(entry, tuple) else (entry,)) for day, entry in entries if entry is not None]
    return Days(told, blank)


def look(expr: OfSeries, found: Sequence[Days], manner: Manner) -> Span | None:
    """Return what an expression over a series may be, of two weeks the lesser; None if that is not known at all."""
    spans = [_look(expr, days, manner) for days in found]
    known = [span for span in spans if span is not None]
    if len(known) < len(spans):
        return None
    return min(low for low, _ in known), min(high for _, high in known)


def _look(expr: OfSeries, days: Days, manner: Manner) -> Span | None:
    match expr:
        case DayCount(op=op, threshold=limit, needs=needs):
            met = sum(any(_meets(value, op, limit) for value in day) for _, day in days.recorded)
            return _count(met, days.blank, days, needs, manner)
        case Times(op=op, threshold=limit, needs=needs):
            met = sum(op is None or _meets(value, op, limit) for value in days.flat)
            more = math.inf if manner.several and days.blank else days.blank
            return _count(met, more, days, needs, manner)
        case Latest():
            return exactly(days.flat[-1]) if days.flat else None
        case Mean(needs=needs):
            return _mean(days, needs, manner)
        case Summary():
            return _summary(expr, days, manner)
    return None


def _meets(value: Fraction, op: str, limit: Fraction) -> bool:
    return holds(op, exactly(value), exactly(limit)) is True


def _count(met: int, more: Real, days: Days, needs: int | None, manner: Manner) -> Span:
    if needs is None or manner.alarmed:
        return met, met + more
    if len(days.recorded) >= needs:
        return exactly(met)
    return 0, max(met, len(days.recorded)) + more


def _mean(days: Days, needs: int, manner: Manner) -> Span | None:
    values = days.flat
    if values and days.blank and manner.alarmed and not manner.several and manner.scale != EVERYTHING:
        total, count = sum(values, Fraction(0)), len(values) + days.blank
        low, high = (Fraction(end) for end in manner.scale)
        return (total + days.blank * low) / count, (total + days.blank * high) / count
    if not values or len(days.recorded) < max(needs, 1):
        return None
    return exactly(sum(values, Fraction(0)) / len(values))


def _summary(expr: Summary, days: Days, manner: Manner) -> Span | None:
    values, told = days.flat, len(days.recorded)
    if expr.function == "recorded":
        return exactly(told)
    if not values or told < (expr.needs or 0):
        return None
    match expr.function:
        case "first":
            return exactly(values[0])
        case "change":
            return exactly(values[-1] - values[0]) if told >= DAYS_FOR_A_CHANGE else None
        case "trend":
            return _trend(days) if told >= (expr.needs or DAYS_FOR_A_TREND) else None
    settled = not days.blank or (expr.needs is not None and not manner.alarmed)
    if expr.function == "highest":
        return max(values), max(values) if settled else max(*values, manner.scale[1])
    return min(values) if settled else min(*values, manner.scale[0]), min(values)


def _trend(days: Days) -> Span | None:
    """Return the median slope between two days, for a week."""
    points = [(day, sum(values, Fraction(0)) / len(values)) for day, values in days.recorded if values]
    slopes = [(late - soon) / (end - start) for (start, soon), (end, late) in combinations(points, 2) if end != start]
    return exactly(median(slopes) * WEEK) if slopes else None

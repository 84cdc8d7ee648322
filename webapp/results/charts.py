"""Results as drawings made on the server: where a value lies in its range, and how it moved. Each says so in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engine.facts import FactSpec
from webapp.patients.models import Observation
from webapp.plans.terms import NBSP, number, unit_words
from webapp.results.axes import Axis, axis_of
from webapp.results.catalogue import Limits, converted
from webapp.results.judging import exact

WIDE, EDGE = 240, 8  # of the bar, in its own units
LEFT, RIGHT, TOP, BOTTOM = 40, 292, 12, 132  # of the chart
MOST_POINTS = 24


@dataclass(frozen=True, slots=True)
class Bar:
    """A range as a band on a line, the value as a mark on it; ``low`` and ``high`` are the ends in figures."""

    x: str
    band_x: str
    band_width: str
    low: str
    high: str
    low_x: str
    high_x: str
    words: str


@dataclass(frozen=True, slots=True)
class Point:
    x: str
    y: str
    day: date
    value: str
    plain: str  # as a table of figures takes it: a point, no thousands
    pk: Any


@dataclass(frozen=True, slots=True)
class Chart:
    """How an analyte moved: points on a grid, the band of its range, and the finding in words."""

    title: str
    unit: str
    points: Sequence[Point]
    line: str
    grid: Sequence[tuple[str, str]]  # figure, height
    band: tuple[str, str] | None  # top and height
    finding: str

    @property
    def n(self) -> int:
        return len(self.points)

    @property
    def since(self) -> date:
        return self.points[0].day

    @property
    def until(self) -> date:
        return self.points[-1].day


def figure(value: Fraction) -> str:
    """Return a number in the reader's locale, with no more digits than mean something."""
    return number(float(f"{float(value):.4g}"))


def span_words(limits: Limits) -> str:
    """Return a range in words: from 12 to 15.5 g/dL, up to 33 U/L, from 200."""
    unit = unit_words(limits.unit)
    low, high = (figure(end) if end is not None else "" for end in (limits.low, limits.high))
    if low and high:
        said = _("%(low)s to %(high)s") % {"low": low, "high": high}
    else:
        said = _("up to %(high)s") % {"high": high} if high else _("%(low)s or more") % {"low": low}
    return f"{said}{NBSP}{unit}".strip(NBSP)


def bar_of(value: Fraction, limits: Limits, words: str) -> Bar | None:
    """Return the bar of a value; None where the range has no end."""
    if limits.is_open:
        return None
    first, last = _reach(limits)

    def along(point: Fraction) -> float:
        share = float((min(max(point, first), last) - first) / (last - first))
        return EDGE + share * (WIDE - 2 * EDGE)

    begins = along(limits.low) if limits.low is not None else float(EDGE)
    ends = along(limits.high) if limits.high is not None else float(WIDE - EDGE)
    return Bar(
        x=f"{along(value):.1f}",
        band_x=f"{begins:.1f}",
        band_width=f"{ends - begins:.1f}",
        low=figure(limits.low) if limits.low is not None else "",
        high=figure(limits.high) if limits.high is not None else "",
        low_x=f"{begins:.1f}",
        high_x=f"{ends:.1f}",
        words=words,
    )


def _reach(limits: Limits) -> tuple[Fraction, Fraction]:
    """Return what the bar shows: the range with half of it on each side."""
    low, high = limits.low, limits.high
    if low is not None and high is not None:
        half = (high - low) / 2 or abs(high) / 2 or Fraction(1)
        return low - half, high + half
    if high is not None:
        return Fraction(0), high * Fraction(8, 5) or Fraction(1)
    assert low is not None  # noqa: S101 — a range has an end
    return Fraction(0), low * 2 or Fraction(1)


def chart_of(
    title: str, rows: Sequence[Observation], spec: FactSpec | None, limits: Limits | None = None
) -> Chart | None:
    """Return the course of an analyte, given oldest first, in the unit of the newest; None for fewer than two values.

    A value whose unit cannot be turned into that one is left out: it stands in its own report.
    """
    if not rows:
        return None
    unit = rows[-1].unit
    told = [(row, _in(row, spec, unit)) for row in rows[-MOST_POINTS:]]
    known = [(row, value) for row, value in told if value is not None]
    if len(known) < 2:
        return None
    axis = axis_of([value for _row, value in known], limits)

    def height(value: Fraction) -> float:
        return BOTTOM - float((value - axis.bottom) / (axis.top - axis.bottom)) * (BOTTOM - TOP)

    points = _points(known, height)
    return Chart(
        title=title,
        unit=unit_words(unit),
        points=points,
        line=" ".join(f"{point.x},{point.y}" for point in points),
        grid=[(figure(value), f"{height(value):.1f}") for value in axis.figures],
        band=_band(limits, axis, height),
        finding=_finding(title, known, unit),
    )


def _in(row: Observation, spec: FactSpec | None, unit: str) -> Fraction | None:
    found = exact(row.value)
    return None if found is None else converted(spec, found, row.unit, unit)


def _points(known: Sequence[tuple[Observation, Fraction]], height: Any) -> list[Point]:
    days = [timezone.localdate(row.effective_at) for row, _value in known]
    first, length = days[0].toordinal(), max((days[-1] - days[0]).days, 1)
    return [
        Point(
            x=f"{LEFT + (day.toordinal() - first) / length * (RIGHT - LEFT):.1f}",
            y=f"{height(value):.1f}",
            day=day,
            value=figure(value),
            plain=f"{float(value):.6g}",
            pk=row.pk,
        )
        for day, (row, value) in zip(days, known, strict=True)
    ]


def _band(limits: Limits | None, axis: Axis, height: Any) -> tuple[str, str] | None:
    if limits is None or limits.is_open:
        return None
    upper = height(min(limits.high, axis.top) if limits.high is not None else axis.top)
    lower = height(max(limits.low, axis.bottom) if limits.low is not None else axis.bottom)
    return f"{upper:.1f}", f"{max(lower - upper, 0):.1f}"


def _finding(title: str, known: Sequence[tuple[Observation, Fraction]], unit: str) -> str:
    (old, first), (new, last) = known[0], known[-1]
    said = {"what": title, "first": figure(first), "last": f"{figure(last)}{NBSP}{unit_words(unit)}".strip(NBSP)}
    said |= {"since": _day(old), "until": _day(new)}
    if first == last:
        return _("%(what)s: %(last)s on %(since)s and on %(until)s") % said
    return _("%(what)s: from %(first)s on %(since)s to %(last)s on %(until)s") % said


def _day(row: Observation) -> str:
    return date_format(timezone.localdate(row.effective_at), "DATE_FORMAT")

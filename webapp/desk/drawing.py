"""Drawings of a course made on the server: bars of a diary, the line of a score; each says in words what it shows.

A day that was not filled in is a dashed box and never a zero.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from webapp.plans.terms import number

LEFT, RIGHT, TOP, BOTTOM = 40, 592, 12, 132
MISSING = 8.0


@dataclass(frozen=True, slots=True)
class Mark:
    """One day of a drawing: where its bar or its point is, and what stands there."""

    day: date
    x: str
    y: str
    height: str
    value: str  # in the reader's locale; empty where nothing was filled in
    plain: str  # as a table of figures takes it
    note: str = ""


@dataclass(frozen=True, slots=True)
class About:
    """What a drawing shows: the finding is a whole sentence."""

    name: str
    title: str
    finding: str
    unit: str


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing with what must stand beside it: the finding in words, the unit, how many days of which time."""

    about: About
    marks: Sequence[Mark]
    grid: Sequence[tuple[str, str]]
    first: date
    last: date
    width: str = ""  # of a bar; empty where the days are points on a line

    @property
    def title(self) -> str:
        return self.about.title

    @property
    def finding(self) -> str:
        return self.about.finding

    @property
    def unit(self) -> str:
        return self.about.unit

    @property
    def known(self) -> Sequence[Mark]:
        return [mark for mark in self.marks if mark.value]

    @property
    def line(self) -> str:
        return " ".join(f"{mark.x},{mark.y}" for mark in self.known)


Values = Sequence[tuple[date, float | None, str]]  # day, value, note


def bars(about: About, values: Values, top: float) -> Drawing:
    """Return a bar a day, from nought to ``top``."""
    step = (RIGHT - LEFT) / len(values)
    marks = [
        _mark(day, value, note, LEFT + step * place + step * 0.1, top)
        for place, (day, value, note) in enumerate(values)
    ]
    grid = [(number(value), f"{_height(value, top):.1f}") for value in (0, top / 2, top)]
    return Drawing(about, marks, grid, values[0][0], values[-1][0], f"{step * 0.8:.1f}")


def points(about: About, values: Values, top: float) -> Drawing:
    """Return points on a line, as far apart as their days are, from nought to ``top``."""
    first, last = values[0][0], values[-1][0]
    length = max((last - first).days, 1)
    marks = [
        _mark(day, value, note, LEFT + (day - first).days / length * (RIGHT - LEFT), top) for day, value, note in values
    ]
    grid = [(number(value), f"{_height(value, top):.1f}") for value in (0, top / 2, top)]
    return Drawing(about, marks, grid, first, last)


def _height(value: float, top: float) -> float:
    return BOTTOM - value / top * (BOTTOM - TOP)


def _mark(day: date, value: float | None, note: str, x: float, top: float) -> Mark:
    if value is None:
        return Mark(day, f"{x:.1f}", f"{BOTTOM - MISSING:.1f}", f"{MISSING:.1f}", "", "", note)
    y = min(_height(value, top), BOTTOM - 1.5)
    return Mark(day, f"{x:.1f}", f"{y:.1f}", f"{BOTTOM - y:.1f}", number(value), f"{value:g}", note)

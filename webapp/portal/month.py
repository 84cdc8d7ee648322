"""A month of the diary: what was written down, what from memory, what not, and which days can still be filled in."""

import calendar
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext_lazy as _

STATES = {
    "written": (_("written down"), "check2-circle"),
    "recalled": (_("from memory"), "clock"),
    "missing": (_("nothing written down"), ""),
    "later": (_("still to come"), ""),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day: its state of ``STATES``; ``open`` where it can be filled in or corrected today."""

    day: date
    state: str
    open: bool
    today: bool

    @property
    def words(self) -> str:
        return str(STATES[self.state][0])

    @property
    def icon(self) -> str:
        return STATES[self.state][1]


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    weeks: Sequence[Sequence[Day | None]]  # Monday first; None stands for a day of another month
    before: date | None  # the months around it that have something to show
    after: date | None

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day]

    @property
    def written(self) -> int:
        return sum(day.state in ("written", "recalled") for day in self.days)

    @property
    def over(self) -> int:
        """How many of its days have come."""
        return sum(day.state != "later" for day in self.days)

    @property
    def weekdays(self) -> Sequence[date]:
        monday = self.first - timedelta(days=self.first.weekday())
        return [monday + timedelta(days=place) for place in range(7)]


def first_of(text: str, today: date) -> date:
    """Return the first day of a month written "2026-11"; of today's month for anything else, or what is to come."""
    try:
        asked = date.fromisoformat(f"{text}-01")
    except ValueError:
        asked = today
    return min(asked, today).replace(day=1)


def month_of(first: date, today: date, pages: Mapping[date, bool], back: int) -> Month:
    """Return a month; ``pages`` says of each day sent whether it was from memory, ``back`` how many days stay open."""
    weeks = [
        [_day(day, today, pages, back) if day.month == first.month else None for day in week]
        for week in calendar.Calendar().monthdatescalendar(first.year, first.month)
    ]
    after = (first + timedelta(days=31)).replace(day=1)
    before = (first - timedelta(days=1)).replace(day=1)
    earliest = min(pages, default=today).replace(day=1)
    return Month(first, weeks, before if before >= earliest else None, after if after <= today else None)


def _day(day: date, today: date, pages: Mapping[date, bool], back: int) -> Day:
    if day > today:
        return Day(day, "later", False, False)
    state = "missing" if day not in pages else "recalled" if pages[day] else "written"
    return Day(day, state, (today - day).days <= back, day == today)

"""Doses and weeks as people see them: a day to tick, and the weeks drawn with their finding in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from webapp.plans.models import Plan
from webapp.plans.sheets import PARTS, Part, joined
from webapp.plans.terms import Terms, spoken
from webapp.prescriptions import due
from webapp.prescriptions.due import Count, Dose

WIDTH, HEIGHT, LEFT, TOP = 640, 170, 34, 8
BAR, GAP = 30, 14
NEWEST = 13  # weeks drawn


@dataclass(frozen=True, slots=True)
class Line:
    """One dose of a day; ``taken`` None: nobody said."""

    dose: Dose
    title: str
    taken: bool | None


@dataclass(frozen=True, slots=True)
class Day:
    day: date
    parts: Sequence[tuple[Part, Sequence[Line]]]
    before: date | None
    after: date | None
    ticked: int
    all: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A week drawn: heights from the bottom for taken, left out and unknown, as shares of what was due."""

    count: Count
    x: int
    done_y: float
    done_h: float
    not_y: float
    not_h: float
    unknown_y: float
    unknown_h: float

    @property
    def middle(self) -> float:
        return self.x + BAR / 2


def day_of(plan: Plan, day: date, today: date, terms: Terms) -> Day:
    """Return the doses of a day by its parts, with what was said of them."""
    ticks = due.ticks_of(plan.patient_id, day, day)
    lines = [
        Line(
            dose,
            joined(f"{terms.ingredient(dose.content['ingredient'])} {spoken(dose.content['dose'], terms.language)}"),
            ticks.get(dose.key(day)),
        )
        for dose in due.doses_of(plan)
        if dose.is_due(day)
    ]
    parts = [(part, found) for part in PARTS if (found := [line for line in lines if line.dose.part is part])]
    first, before, after = due.begins(plan), day - timedelta(days=1), day + timedelta(days=1)
    back = before if before >= first and (today - before).days < due.A_WEEK else None
    ticked = sum(line.taken is not None for line in lines)
    return Day(day, parts, back, after if after <= today else None, ticked, len(lines))


def bars_of(weeks: Sequence[Count]) -> list[Bar]:
    """Return the newest weeks as bars of one height: a whole one is what was due."""
    return [_bar(one, LEFT + place * (BAR + GAP)) for place, one in enumerate(weeks[-NEWEST:])]


def _bar(one: Count, x: int) -> Bar:
    done, left_out = HEIGHT * one.done / one.due, HEIGHT * one.not_done / one.due
    unknown = HEIGHT - done - left_out
    bottom = TOP + HEIGHT
    heights = (bottom - done, done, bottom - done - left_out, left_out, TOP, unknown)
    return Bar(one, x, *(round(height, 1) for height in heights))


def finding(weeks: Sequence[Count]) -> str:
    """Return what the weeks show, in words."""
    if not weeks:
        return _("No dose has been due yet")
    last = weeks[-1]
    if last.done + last.not_done == 0:
        return _("Nobody has told which doses were taken in week %(n)d") % {"n": last.number}
    told = {"n": last.number, "done": last.done, "due": last.due, "no": last.not_done, "unknown": last.unknown}
    return _("Week %(n)d: %(done)d of %(due)d doses taken, %(no)d left out, %(unknown)d not told") % told

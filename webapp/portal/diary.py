"""The diary as a picture: the last days of pain, what is missing, and the finding in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from statistics import fmean
from typing import Any

from django.utils import timezone
from django.utils.formats import localize
from django.utils.translation import gettext as _

from webapp.intake.services import DAYS_BACK
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.plans.case import DIARY, day_of

DAYS, WEEK = 17, 7
TOP, BOTTOM, LEFT, STEP, WIDE = 16, 136, 24, 16, 11  # of the drawing, in its own units
ENOUGH = 3  # recorded days of a week before it has a mean


@dataclass(frozen=True, slots=True)
class Bar:
    """One day: a bar, or a dashed box where nothing was written down."""

    day: date
    x: int
    y: int
    height: int
    value: int | None
    recalled: bool = False


@dataclass(frozen=True, slots=True)
class Diary:
    bars: Sequence[Bar]
    finding: str
    recorded: int
    today: Mapping[str, Any] | None
    missing: Sequence[date]  # days that can still be filled in, newest first
    grid: Sequence[tuple[int, int]] = ((10, TOP), (5, (TOP + BOTTOM) // 2), (0, BOTTOM))


def days_back(patient: Patient, today: date, *, begun: bool) -> int:
    """Return how many days back are offered to write down: of a diary nobody began, none before the registration."""
    known = (today - timezone.localdate(patient.registered_at)).days
    return DAYS_BACK if begun else min(DAYS_BACK, max(known, 0))


def diary_of(patient: Patient, today: date, recalled: Mapping[date, bool]) -> Diary:
    """Return the diary of the last days; ``recalled`` says of each sent page whether it was written from memory."""
    first = today - timedelta(days=DAYS - 1)
    rows = [row for row in patients.observations_of(patient, *DIARY) if first <= day_of(row) <= today]
    by_day: dict[date, dict[str, Any]] = {}
    for row in reversed(rows):
        values = by_day.setdefault(day_of(row), {})
        values[row.code] = row.value
        if row.is_unknown:
            del values[row.code]
    pain = {day: values["diary_pain"] for day, values in by_day.items() if "diary_pain" in values}
    calendar = [first + timedelta(days=place) for place in range(DAYS)]
    back = days_back(patient, today, begun=bool(by_day or recalled))
    return Diary(
        bars=[_bar(place, day, pain.get(day), recalled.get(day, False)) for place, day in enumerate(calendar)],
        finding=_finding(pain, today),
        recorded=len(pain),
        today=by_day.get(today),
        missing=[day for day in reversed(calendar[DAYS - 1 - back : -1]) if day not in by_day and day not in recalled],
    )


def _bar(place: int, day: date, value: Any, recalled: bool) -> Bar:
    height = round((BOTTOM - TOP) * int(value) / 10) if value is not None else 7
    return Bar(day, LEFT + place * STEP, BOTTOM - height, height, None if value is None else int(value), recalled)


def _finding(pain: Mapping[date, Any], today: date) -> str:
    now = _mean(pain, today - timedelta(days=WEEK - 1), today)
    before = _mean(pain, today - timedelta(days=2 * WEEK - 1), today - timedelta(days=WEEK))
    if not pain:
        return _("No day is written down yet")
    if now is None:
        return _("Too few days to see a change")
    if before is None:
        return _("Your pain: %(now)s out of 10 this week") % {"now": localize(now)}
    if before - now >= Decimal("0.5"):
        return _("Your pain is going down: from %(before)s to %(now)s") % {
            "before": localize(before),
            "now": localize(now),
        }
    if now - before >= Decimal("0.5"):
        return _("Your pain is going up: from %(before)s to %(now)s") % {
            "before": localize(before),
            "now": localize(now),
        }
    return _("Your pain is about the same: %(now)s out of 10") % {"now": localize(now)}


def _mean(pain: Mapping[date, Any], first: date, last: date) -> Decimal | None:
    values = [float(value) for day, value in pain.items() if first <= day <= last]
    return Decimal(str(round(fmean(values), 1))) if len(values) >= ENOUGH else None

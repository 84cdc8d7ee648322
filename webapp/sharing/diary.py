"""The diary as a colleague reads it: the last two weeks drawn, and each day of the last ninety that was written."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.patients import selectors as patients
from webapp.patients.models import Observation, Patient
from webapp.plans import case, trends
from webapp.plans.case import day_of

DAYS = 90
# What stands in a day, in the order of the columns; of stools their number.
COLUMNS: dict[str, str | Promise] = {
    "diary_pain": _("Pain"),
    "diary_heartburn": pgettext_lazy("clinical", "Heartburn"),
    "diary_bloating": _("Bloating"),
    "diary_stools": _("Stools"),
}


@dataclass(frozen=True, slots=True)
class Day:
    """One day and what stands in each column: None where nothing was written down."""

    day: date
    values: Sequence[int | str | None]


@dataclass(frozen=True, slots=True)
class Diary:
    trends: Sequence[trends.Trend]
    days: Sequence[Day]  # those of which something was written down, newest first
    columns: Sequence[str | Promise] = tuple(COLUMNS.values())
    over: int = DAYS


def of(patient: Patient, today: date) -> Diary:
    """Return the diary of a patient up to today."""
    first = today - timedelta(days=DAYS - 1)
    rows = [row for row in patients.observations_of(patient, *COLUMNS) if first <= day_of(row) <= today]
    return Diary(trends.trends_of(case.build(patient, today)["diary"]), _days(rows))


def _days(newest_first: Iterable[Observation]) -> list[Day]:
    by_day: dict[date, dict[str, Any]] = {}
    for row in newest_first:
        by_day.setdefault(day_of(row), {}).setdefault(row.code, _said(row))
    return [Day(day, [by_day[day].get(code) for code in COLUMNS]) for day in sorted(by_day, reverse=True)]


def _said(row: Observation) -> int | str | Promise:
    if row.is_unknown:
        return _("not known")
    return len(row.value) if isinstance(row.value, list) else str(row.value)

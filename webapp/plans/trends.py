"""The last fourteen days of the diary as small bars: drawn on the server, a missing day dashed and never zero."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from webapp.plans.case import DIARY_DAYS
from webapp.plans.terms import number

SERIES = {
    "pain_0_10": gettext_lazy("Pain"),
    "heartburn_0_10": pgettext_lazy("clinical", "Heartburn"),
    "bloating_0_10": gettext_lazy("Bloating"),
}
STEP, TALL = 9, 32  # a bar every 9 units, 10 points 32 units high


@dataclass(frozen=True, slots=True)
class Bar:
    x: int
    y: str
    height: str
    missing: bool
    earlier: bool  # the first of the two weeks


@dataclass(frozen=True, slots=True)
class Trend:
    title: str
    bars: Sequence[Bar]
    first: str
    second: str
    words: str
    days: Sequence[str]


def trends_of(diary: Mapping[str, Any] | None) -> list[Trend]:
    """Return a trend for each symptom of a case's diary that has a day filled in."""
    if diary is None:
        return []
    return [_trend(str(title), diary[name]) for name, title in SERIES.items() if diary.get(name)]


def days_filled(diary: Mapping[str, Any] | None) -> int:
    """Return on how many of the days something was recorded."""
    series = [values for key, values in (diary or {}).items() if isinstance(values, list) and values]
    return sum(any(values[day] is not None for values in series) for day in range(DIARY_DAYS)) if series else 0


def _trend(title: str, values: Sequence[float | None]) -> Trend:
    half = DIARY_DAYS // 2
    first, second = _mean(values[:half]), _mean(values[half:])
    words = _("%(what)s, mean from 0 to 10: %(first)s in the first week, %(second)s in the second") % {
        "what": title,
        "first": first,
        "second": second,
    }
    shown = [number(value) if value is not None else _("no data") for value in values]
    return Trend(title, [_bar(day, value) for day, value in enumerate(values)], first, second, words, shown)


def _mean(values: Sequence[float | None]) -> str:
    known = [value for value in values if value is not None]
    return number(round(sum(known) / len(known), 1)) if known else _("no data")


def _bar(day: int, value: float | None) -> Bar:
    height = 4.0 if value is None else max(1.0, TALL * float(value) / 10)
    return Bar(1 + STEP * day, f"{33 - height:.1f}", f"{height:.1f}", value is None, day < DIARY_DAYS // 2)

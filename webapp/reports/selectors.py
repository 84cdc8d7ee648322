"""What was done by itself, month by month, and the hours a person would have needed for it.

Counted are events that stand in the database: lines of signed plans that a doctor took as the engine proposed them,
reminders that left, results released by the clinic's rule. How long each takes a person is the clinic's own word.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from webapp.audit import selectors as audit
from webapp.base import house
from webapp.outbox import selectors as outbox
from webapp.plans.models import PlanItem, RuleEvent
from webapp.plans.told import SIGNED

MONTHS = 12
Months = Mapping[date, int]


@dataclass(frozen=True, slots=True)
class Work:
    """A kind of work done by itself: its word, what is counted, and where the clinic says its minutes."""

    name: str
    label: str | Promise
    counted: str | Promise
    setting: str
    count: Callable[[datetime], Months]


@dataclass(frozen=True, slots=True)
class Figure:
    """How often a kind of work was done in a month, and what that makes."""

    work: Work
    count: int
    minutes: int


@dataclass(frozen=True, slots=True)
class Month:
    first: date
    figures: Sequence[Figure]

    @property
    def minutes(self) -> int:
        return sum(one.minutes for one in self.figures)

    @property
    def hours(self) -> float:
        return round(self.minutes / 60, 1)


def _by_month(rows: QuerySet[Any], field: str, counted: str = "pk") -> Months:
    found = rows.annotate(month=TruncMonth(field)).values("month").annotate(n=Count(counted, distinct=True)).order_by()
    return {timezone.localdate(row["month"]): row["n"] for row in found}


def _items(since: datetime) -> Months:
    """Count lines a doctor took as they were proposed, in plans that were signed; each once, however many rules."""
    taken = RuleEvent.objects.filter(what=RuleEvent.What.ACCEPTED, at__gte=since, plan__status__in=SIGNED)
    return _by_month(taken.filter(item__decision=PlanItem.Decision.ACCEPTED), "at", "item")


def _reminders(since: datetime) -> Months:
    return _by_month(outbox.reminders_sent(since), "sent_at")


def _releases(since: datetime) -> Months:
    return _by_month(audit.deeds("result.released_by_policy", since), "at")


WORKS: tuple[Work, ...] = (
    Work(
        "items",
        _("Lines of plans"),
        _("taken by a doctor as they were proposed, in signed plans"),
        "minutes_item",
        _items,
    ),
    Work("reminders", _("Reminders"), _("that left the house by themselves"), "minutes_reminder", _reminders),
    Work("releases", _("Results released"), _("by the clinic’s rule, without anybody"), "minutes_release", _releases),
)


def months(today: date) -> list[Month]:
    """Return the last twelve months, newest first; one query a kind of work."""
    firsts = [today.replace(day=1)]
    while len(firsts) < MONTHS:
        firsts.append((firsts[-1] - timedelta(days=1)).replace(day=1))
    since = timezone.make_aware(datetime.combine(firsts[-1], time()))
    counted = {work.name: work.count(since) for work in WORKS}
    told = house.now()
    return [
        Month(first, [_figure(work, counted[work.name].get(first, 0), getattr(told, work.setting)) for work in WORKS])
        for first in firsts
    ]


def _figure(work: Work, count: int, minutes: int) -> Figure:
    return Figure(work, count, count * minutes)

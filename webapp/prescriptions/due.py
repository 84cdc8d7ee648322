"""Which doses a plan asks for on which day, and what is known of them.

Due is every dose with its times of day, from the day after the signature to its last day. What is taken only when it is
needed, or has no time of day that can be read, is due at no time and not counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from webapp.plans.models import Plan, PlanItem
from webapp.plans.sheets import NEEDED, OTHER, STOPS, Part, parts_of
from webapp.plans.taken import words_of
from webapp.prescriptions.models import Tick

A_WEEK = 7
TO_TAKE = ("rx", "supp")
Key = tuple[UUID, int, str, date]


@dataclass(frozen=True, slots=True)
class Dose:
    """One dose at one time of day, with the days it is due; ``last`` None: it has no end."""

    item: PlanItem
    place: int
    part: Part
    content: Mapping[str, Any]
    first: date
    last: date | None

    def is_due(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def key(self, day: date) -> Key:
        return self.item.pk, self.place, self.part.name, day


@dataclass(frozen=True, slots=True)
class Count:
    """A stretch of days: due, said to be taken, said not to be; of the rest nobody told anything."""

    number: int
    first: date
    last: date
    due: int
    done: int
    not_done: int

    @property
    def unknown(self) -> int:
        return self.due - self.done - self.not_done


def begins(plan: Plan) -> date:
    """Return the first day something is due: the day after the signature."""
    return (timezone.localdate(plan.signed_at) if plan.signed_at else timezone.localdate()) + timedelta(days=1)


def doses_of(plan: Plan) -> list[Dose]:
    """Return the doses of a plan that came with its ``released_items``, in their order."""
    items: Sequence[PlanItem] = plan.released_items  # type: ignore[attr-defined]
    given = [one for one in items if one.kind in TO_TAKE and not one.code.partition(":")[2].startswith(STOPS)]
    return [dose for item in given for dose in _doses(item, begins(plan))]


def _doses(item: PlanItem, first: date) -> Iterator[Dose]:
    for place, dose in enumerate(words_of(item).get("doses") or ()):
        length = dose.get("duration_days")
        last = first + timedelta(days=length - 1) if length else None
        for part in parts_of(dose):
            if part not in (NEEDED, OTHER):
                yield Dose(item, place, part, dose, first, last)


def ticks_of(patient_id: UUID, first: date, last: date) -> dict[Key, bool]:
    """Return what a patient said of the doses of these days."""
    rows = Tick.objects.filter(patient=patient_id, day__range=(first, last))
    return {(one.item_id, one.place, one.part, one.day): one.taken for one in rows}


def weeks_of(plan: Plan, today: date, ticks: Mapping[Key, bool] | None = None) -> list[Count]:
    """Return the weeks of a plan, as far as their days are over; those in which nothing was due are left out."""
    doses, first = doses_of(plan), begins(plan)
    yesterday = today - timedelta(days=1)
    known = ticks_of(plan.patient_id, first, yesterday) if ticks is None else ticks
    found = []
    for number in range(1, (yesterday - first).days // A_WEEK + 2):
        begin = first + timedelta(days=A_WEEK * (number - 1))
        days = [begin + timedelta(days=n) for n in range(A_WEEK) if begin + timedelta(days=n) <= yesterday]
        said = [known.get(dose.key(day)) for day in days for dose in doses if dose.is_due(day)]
        if said:
            end = begin + timedelta(days=A_WEEK - 1)
            found.append(Count(number, begin, end, len(said), said.count(True), said.count(False)))
    return found

"""What a patient takes by the plan that stands: until when, when a doctor last decided on it, what was asked of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from webapp.plans import selectors as plans
from webapp.plans.models import Plan, PlanItem
from webapp.plans.sheets import STOPS
from webapp.plans.taken import words_of
from webapp.plans.terms import Terms
from webapp.prescriptions.models import Renewal

State = Renewal.State


@dataclass(frozen=True, slots=True)
class Taken:
    """One medicine of the plan; ``ends`` is its last day, None for one without an end."""

    item: PlanItem
    title: str
    lines: Sequence[str]
    doses: Sequence[Mapping[str, Any]]
    ends: date | None
    checked_at: datetime | None
    newest: Renewal | None  # the last request, decided or not

    def left(self, today: date) -> int | None:
        """Return how many days are left, today among them; 0 once it is over, None where it has no end."""
        return None if self.ends is None else max(0, (self.ends - today).days + 1)

    @property
    def is_asked(self) -> bool:
        return self.newest is not None and self.newest.state == State.REQUESTED


def plan_of(patient_id: UUID) -> Plan | None:
    """Return the newest plan a patient was told of, with its ``released_items``."""
    return plans.ever_told(patient_id).filter(status=Plan.Status.SIGNED).last()


def taken_of(plan: Plan, terms: Terms) -> list[Taken]:
    """Return the medicines of a plan that came with its ``released_items``, with their requests."""
    items = [item for item in plan.released_items if is_medicine(item)]  # type: ignore[attr-defined]
    asked: dict[UUID, list[Renewal]] = {}
    rows = Renewal.objects.filter(item__in=items).select_related("decided_by", "order__pharmacy").order_by("asked_at")
    for one in rows:
        asked.setdefault(one.item_id, []).append(one)
    return [_taken(item, plan, asked.get(item.pk, []), terms) for item in items]


def is_medicine(item: PlanItem) -> bool:
    """Tell whether a released item is something to take that is prescribed."""
    return item.kind == "rx" and not item.code.partition(":")[2].startswith(STOPS)


def _taken(item: PlanItem, plan: Plan, asked: Sequence[Renewal], terms: Terms) -> Taken:
    content = words_of(item)
    approved = [one for one in asked if one.state == State.APPROVED]
    last = approved[-1] if approved else None
    doses = last.doses if last and last.doses else content.get("doses") or ()
    return Taken(
        item=item,
        title=terms.say(content.get("title")) or terms.code(item.code),
        lines=[terms.dose(dose, named=True) for dose in doses],
        doses=doses,
        ends=last.until if last else end_of(plan, doses),
        checked_at=last.decided_at if last else plan.signed_at,
        newest=asked[-1] if asked else None,
    )


def end_of(plan: Plan, doses: Sequence[Mapping[str, Any]]) -> date | None:
    """Return the last day of what was signed; None where a part of it has no end."""
    lengths = [dose.get("duration_days") for dose in doses]
    if not lengths or not all(lengths) or plan.signed_at is None:
        return None
    return timezone.localdate(plan.signed_at) + timedelta(days=max(length for length in lengths if length) - 1)

"""The follow-ups of a signed plan become reminders: made once for each signature, called off when it no longer stands.

A job does this rather than the signature itself: it waits until the signature can no longer be taken back, and a plan
signed while nothing ran is found all the same.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone

from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.alerts.services import Wanted
from webapp.base import house
from webapp.plans import lasting, watching
from webapp.plans.models import Plan, PlanItem
from webapp.plans.selectors import TAKEN, words_of
from webapp.plans.watching import SETTLED, morning_of

LOOK_BACK = timedelta(days=60)  # plans signed before that were seen by an earlier run


def follow_up(now: datetime | None = None) -> int:
    """Make the reminders of newly signed plans and of what is watched; call off the others; return how many new.

    May run twice, or die in the middle: a reminder is known by its plan, its signature and its item.
    """
    moment = now or timezone.now()
    _call_off(moment)
    before = house.now().remind_before_follow_up
    wanted = [one for item in _items(moment) for one in _wanted(item, before)]
    watched = _new(watching.wanted(moment, house.now().remind_before_test))
    looked_at = _new(lasting.wanted(moment, house.now().review_after))
    alerts.remind_all([*wanted, *watched, *looked_at])
    return len(wanted) + len(watched) + len(looked_at)


def _new(wanted: list[Wanted]) -> list[Wanted]:
    if not wanted:
        return []
    known = set(Reminder.objects.filter(key__in=[one.key for one in wanted]).values_list("key", flat=True))
    return [one for one in wanted if one.key not in known]


def _call_off(now: datetime) -> None:
    """Call off what came of plans that were replaced; not while that signature may still be taken back."""
    of_plans = (Reminder.Kind.FOLLOW_UP, Reminder.Kind.REVIEW)
    still_open = Reminder.objects.filter(kind__in=of_plans, settled_at=None, source__isnull=False)
    may_return = Q(replaced_by__status=Plan.Status.SIGNED, replaced_by__signed_at__gt=now - SETTLED)
    standing = Plan.objects.filter(Q(status=Plan.Status.SIGNED) | may_return).values("pk")
    gone = still_open.exclude(source__in=standing).values_list("source", flat=True)
    alerts.call_off(sources=set(gone))


def _items(now: datetime) -> QuerySet[PlanItem]:
    """Return the released follow-ups of signed plans that have no reminder yet."""
    known = Reminder.objects.filter(source=OuterRef("plan_id"), kind=Reminder.Kind.FOLLOW_UP, settled_at=None)
    signed = PlanItem.objects.filter(
        plan__status=Plan.Status.SIGNED, plan__signed_at__range=(now - LOOK_BACK, now - SETTLED)
    )
    released = signed.filter(kind="fu", decision__in=TAKEN).exclude(Exists(known))
    return released.select_related("plan").order_by("plan_id", "position")


def _wanted(item: PlanItem, before: int) -> Iterator[Wanted]:
    plan, content = item.plan, words_of(item)
    days = content.get("after_days") or content.get("within_days")
    if not days or plan.signed_at is None:
        return
    due = timezone.localdate(plan.signed_at) + timedelta(days=max(1, days - before))
    yield Wanted(
        patient_id=plan.patient_id,
        key=f"fu:{plan.pk}:{plan.revision}:{item.pk}",
        due_at=morning_of(due),
        kind=Reminder.Kind.FOLLOW_UP,
        words=content.get("patient_text") or content.get("title"),
        questionnaire=content.get("with") or "",
        path=reverse("portal:plan"),
        source=plan.pk,
    )

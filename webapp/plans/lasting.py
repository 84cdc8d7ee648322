"""What is taken for long becomes a reminder to look at it again: acid suppressants of the strongest kind.

Asked for once a signature, when the clinic's number of weeks is over and it is still taken; not of what ended before.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone

from webapp.alerts.models import Reminder
from webapp.alerts.services import Wanted
from webapp.plans.models import Plan, PlanItem
from webapp.plans.taken import TAKEN, words_of
from webapp.plans.watching import morning_of

PREFIX = "review:"
CLASSES = frozenset({"proton_pump_inhibitors", "potassium_competitive_acid_blockers"})
WORDS = {
    "es": "Lleva tiempo con un protector de estómago: hable con su médico de si lo sigue necesitando",
    "en": "You have taken a stomach protector for some time: speak with your doctor about whether you still need it",
}


def wanted(now: datetime, weeks: int) -> list[Wanted]:
    """Return the reminders of what has been taken for ``weeks`` by now; one for each plan."""
    found: dict[object, Wanted] = {}
    for item in _items(now, weeks):
        for one in _wanted(item, now, weeks):
            found.setdefault(one.source, one)
    return list(found.values())


def _items(now: datetime, weeks: int) -> QuerySet[PlanItem]:
    signed = PlanItem.objects.filter(plan__status=Plan.Status.SIGNED, plan__signed_at__lte=now - timedelta(weeks=weeks))
    known = Reminder.objects.filter(kind=Reminder.Kind.REVIEW, source__isnull=False).values("source")
    long_taken = signed.filter(kind="rx", decision__in=TAKEN).exclude(plan__in=known)
    return long_taken.select_related("plan").order_by("plan_id", "position")


def _wanted(item: PlanItem, now: datetime, weeks: int) -> Iterator[Wanted]:
    plan, content = item.plan, words_of(item)
    lengths = [dose.get("duration_days") for dose in content.get("doses") or ()]
    ends = bool(lengths) and all(lengths) and max(lengths) < weeks * 7
    if plan.signed_at is None or ends or CLASSES.isdisjoint(content.get("classes") or ()):
        return
    yield Wanted(
        patient_id=plan.patient_id,
        key=f"{PREFIX}{plan.pk}:{plan.revision}",
        due_at=morning_of(timezone.localdate(plan.signed_at) + timedelta(weeks=weeks)),
        kind=Reminder.Kind.REVIEW,
        words=WORDS,
        path=reverse("portal:plan"),
        source=plan.pk,
    )

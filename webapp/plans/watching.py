"""What a doctor will watch and the patient does becomes a reminder: a test to take, a diary to fill in.

Nothing is said before the plan is signed for good. Moved to another day it is another reminder; settled, it is called
off.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta

from django.db.models import Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils import timezone

from webapp.alerts import services as alerts
from webapp.alerts.models import Reminder
from webapp.alerts.services import Wanted
from webapp.plans.models import Plan, PlanItem, Task
from webapp.plans.taken import TAKEN, words_of

SETTLED = timedelta(minutes=5)  # longer than a signature can be taken back
MORNING = time(9)
PREFIX = "watch:"
FILLED_IN, TAKEN_ELSEWHERE = "monitor", "test"  # kinds of items that the patient sees to; the rest is the doctor's


def wanted(now: datetime, before: int) -> list[Wanted]:
    """Return the reminders of what is watched, due ``before`` days ahead; call off those that hold no more."""
    tasks = [task for task in _of_signed(now) if _kind(task) in (FILLED_IN, TAKEN_ELSEWHERE)]
    found = list(_reminders(tasks, before))
    _call_off({one.key for one in found})
    return found


def morning_of(day: date) -> datetime:
    return timezone.make_aware(datetime.combine(day, MORNING))


def _of_signed(now: datetime) -> QuerySet[Task]:
    """Return the open tasks of patients whose plan was signed after the doctor said she would watch."""
    signed = Plan.objects.filter(
        patient=OuterRef("patient_id"),
        status__in=(Plan.Status.SIGNED, Plan.Status.REPLACED),
        signed_at__gte=OuterRef("made_at"),
        signed_at__lte=now - SETTLED,
    )
    return Task.objects.filter(Exists(signed), status=Task.Status.OPEN)


def _kind(task: Task) -> str:
    return task.what.partition(":")[0]


def _reminders(tasks: Iterable[Task], before: int) -> Iterator[Wanted]:
    listed = list(tasks)
    items = PlanItem.objects.filter(plan__in={task.plan_id for task in listed}, decision__in=TAKEN)
    told = {(item.plan_id, item.code): words_of(item).get("patient_text") for item in items}
    for task in listed:
        filled_in = _kind(task) == FILLED_IN
        yield Wanted(
            patient_id=task.patient_id,
            key=f"{PREFIX}{task.pk}:{task.due_on:%Y%m%d}",
            due_at=morning_of(max(task.due_on - timedelta(days=before), timezone.localdate(task.made_at))),
            kind=Reminder.Kind.TASK,
            words=told.get((task.plan_id, task.what)) or task.title,
            questionnaire=task.what.partition(":")[2] if filled_in else "",
            path=reverse("portal:home") if filled_in else reverse("portal:plan"),
            source=task.pk,
        )


def _call_off(standing: set[str]) -> None:
    still_open = Reminder.objects.filter(kind=Reminder.Kind.TASK, settled_at=None, key__startswith=PREFIX)
    if gone := set(still_open.values_list("key", flat=True)) - standing:
        alerts.call_off(keys=gone)

"""What a doctor said she would watch: made with the reason "it will be monitored", due on a day, settled in writing."""

from collections.abc import Mapping
from datetime import date, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base.fields import index_of
from webapp.plans.models import Plan, Task
from webapp.plans.refusing import PlanError, check_note, doctor_only
from webapp.plans.selectors import reviewable_by

USUAL, LONGEST = 14, 365  # days
Status = Task.Status


def days_of(text: str) -> int:
    """Return in how many days something is looked at again, two weeks unless said; raise PlanError for what is none."""
    given = text.strip()
    if not given:
        return USUAL
    if not given.isdecimal() or len(given) > len(str(LONGEST)) or not 1 <= int(given) <= LONGEST:
        raise PlanError(_("Write in how many days it is looked at again, from 1 to %(n)d.") % {"n": LONGEST})
    return int(given)


@transaction.atomic
def watch(*, plan: Plan, what: str, title: Mapping[str, str], doctor: User, days: int, today: date) -> Task:
    """Return the task of looking at something again; one that is open already is moved to the new day."""
    doctor_only(doctor)
    values = {"plan": plan, "what": what, "title": dict(title), "due_on": today + timedelta(days=days)}
    task, fresh = _open(plan, what).get_or_create(
        patient_id=plan.patient_id, status=Status.OPEN, defaults=values | {"made_by": doctor}
    )
    if not fresh:
        task.due_on = today + timedelta(days=days)
        task.save(update_fields=["due_on"])
    _record(doctor, "task.made" if fresh else "task.moved", task)
    return task


@transaction.atomic
def settle(*, task_id: UUID, user: User, done: bool, note: str) -> Task:
    """Return the task, done (``note`` says what was found) or dropped (why); settling it twice changes nothing."""
    doctor_only(user)
    task = Task.objects.select_for_update().get(pk=task_id)
    if task.status != Status.OPEN:
        return task
    if not note.strip():
        raise PlanError(_("Write what was found, or why it is not looked at any more."))
    check_note(note)
    task.status = Status.DONE if done else Status.DROPPED
    task.settled_by, task.settled_at, task.note = user, timezone.now(), note.strip()
    task.save()
    _record(user, f"task.{task.status}", task)
    return task


@transaction.atomic
def forget(*, plan: Plan, what: str, doctor: User) -> None:
    """Drop the open task that came with a decision of this plan, where that decision is taken back.

    A draft that took the place of another has its decisions, and so their tasks; those of signed plans stay.
    """
    of_drafts = Q(plan=plan) | Q(plan__status=Plan.Status.DISCARDED)
    task = _open(plan, what).select_for_update(of=("self",)).filter(of_drafts).first()
    if task is not None:
        settle(task_id=task.pk, user=doctor, done=False, note=_("The decision was taken back."))


def _open(plan: Plan, what: str) -> QuerySet[Task]:
    index = index_of(Task, "what_index", plan.patient_id, what)
    return Task.objects.filter(patient_id=plan.patient_id, what_index=index, status=Status.OPEN)


def tasks_for(user: User) -> QuerySet[Task]:
    """Return the tasks this person may see, of every patient, the first due first."""
    plans = reviewable_by(user).values("pk")
    return Task.objects.filter(plan__in=plans).select_related("patient", "made_by", "plan", "settled_by")


def due_for(user: User, today: date) -> QuerySet[Task]:
    """Return what is to be looked at by today."""
    return tasks_for(user).filter(status=Status.OPEN, due_on__lte=today)


def open_of(user: User, patient_id: UUID) -> QuerySet[Task]:
    """Return what is being watched of one patient, due or not."""
    return tasks_for(user).filter(status=Status.OPEN, patient_id=patient_id)


def _record(user: User, verb: str, task: Task) -> None:
    audit.record(actor=user, verb=verb, patient_id=task.patient_id, object_type="task", object_id=str(task.pk))

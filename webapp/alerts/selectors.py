"""Reads of alerts: clinicians see those of the patients they may see, everybody else none."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Case, IntegerField, QuerySet, Value, When

from webapp.accounts.models import User
from webapp.alerts.models import RANK, Alert, Reminder
from webapp.base import fields, house
from webapp.base.roles import Role

RED_FLAG = ("emergency", "same_day", "urgent_2w")


def alerts_for(user: User) -> QuerySet[Alert]:
    """Return the alerts this user may see."""
    return Alert.objects.all() if user.may("record.read") else Alert.objects.none()


def live_for(user: User) -> QuerySet[Alert]:
    """Return open and acknowledged alerts, most urgent first, then the one that waits longest."""
    rank = Case(
        *(When(urgency=urgency, then=Value(place)) for urgency, place in RANK.items()), output_field=IntegerField()
    )
    live = alerts_for(user).exclude(status=Alert.Status.CLOSED)
    return live.annotate(rank=rank).order_by("-rank", "last_raised_at").select_related("patient")


def open_for(user: User) -> QuerySet[Alert]:
    """Return what nobody has taken note of yet."""
    return live_for(user).filter(status=Alert.Status.OPEN)


def of_rule(patient_id: UUID, rule: str) -> QuerySet[Alert]:
    """Return every alert there was of a patient and a rule, for the work of the system."""
    return Alert.objects.filter(
        patient_id=patient_id, rule_index=fields.index_of(Alert, "rule_index", patient_id, rule)
    )


def told_since(patient_id: UUID, rule: str, since: datetime) -> datetime | None:
    """Return when the clinic was last told under this rule, None if not since then; for the page that says so."""
    told = of_rule(patient_id, rule).filter(last_raised_at__gte=since)
    return told.order_by("-last_raised_at").values_list("last_raised_at", flat=True).first()


def live_of(user: User, patient_id: UUID) -> QuerySet[Alert]:
    """Return one patient's alerts that are not closed."""
    return live_for(user).filter(patient_id=patient_id)


def to_do_for(user: User, now: datetime) -> QuerySet[Reminder]:
    """Return what the patient who asks has still to do today, the longest due first."""
    mine = Reminder.objects.filter(patient__user=user, settled_at=None, due_at__lte=now)
    return mine.order_by("due_at") if user.active_role == Role.PATIENT else mine.none()


def reminders_for(user: User) -> QuerySet[Reminder]:
    """Return the open reminders of every patient whose record this user may read, due or to come."""
    still_open = Reminder.objects.filter(settled_at=None).order_by("due_at")
    return still_open if user.may("record.read") else still_open.none()


def silent_for(user: User, now: datetime) -> QuerySet[Reminder]:
    """Return the open reminders of diaries that rest so long that a doctor is told."""
    told = house.now()
    since = now - timedelta(days=max(0, told.silent_after - told.remind_diary_after))
    return reminders_for(user).filter(kind=Reminder.Kind.DIARY, due_at__lte=since)


def reviews_for(user: User, now: datetime) -> QuerySet[Reminder]:
    """Return what has been taken for so long that somebody looks at it again, and nobody has."""
    return reminders_for(user).filter(kind=Reminder.Kind.REVIEW, due_at__lte=now)


def reminders_of(user: User, patient_id: UUID) -> QuerySet[Reminder]:
    """Return one patient's open reminders, due or to come, for clinicians; ``told_at`` None: no message has left."""
    return reminders_for(user).filter(patient_id=patient_id)

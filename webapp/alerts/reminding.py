"""Reminders: made ahead of their day, told once when it has come, gone when done. Part of services.py.

Nothing is queued before its day, so that a message goes to the address and in the language of that day.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from webapp.accounts.models import User
from webapp.alerts.models import Reminder
from webapp.audit import services as audit
from webapp.base import house
from webapp.outbox import services as outbox
from webapp.patients.models import Consent, Patient, Purpose
from webapp.patients.reaching import reached_by

A_BATCH = 200
# Whoever took the consent to be treated back is asked nothing more, unless it is given again.
_WORDS = Consent.objects.filter(patient=OuterRef("patient"), text__purpose=Purpose.TREATMENT).order_by("-line")
_LAST_WORD = Coalesce(Subquery(_WORDS.values("decision")[:1]), Value(""))
HOME = "/portal/"
Kind, Outcome = Reminder.Kind, Reminder.Outcome


@dataclass(frozen=True, slots=True)
class Wanted:
    """A reminder to be made. ``words``: language -> what to do, shown after signing in and never sent."""

    patient_id: UUID
    key: str
    due_at: datetime
    kind: str = Kind.TASK
    template: str = "task_due"
    words: Mapping[str, str] | None = None
    questionnaire: str = ""
    path: str = HOME
    source: UUID | None = None


def remind(
    patient_id: UUID,
    key: str,
    template: str,
    due_at: datetime,
    *,
    words: Mapping[str, str] | None = None,
    path: str = HOME,
) -> Reminder:
    """Return the reminder of this key, made if there was none: shown to the patient and told from ``due_at`` on."""
    remind_all([Wanted(patient_id, key, due_at, template=template, words=words, path=path)])
    return Reminder.objects.get(key=key)


def remind_all(wanted: Iterable[Wanted]) -> None:
    """Make many reminders at once; keys that were made before are left as they are, done or not."""
    rows = [Reminder(**{name: getattr(one, name) for name in Wanted.__slots__}) for one in wanted]
    Reminder.objects.bulk_create(rows, ignore_conflicts=True, batch_size=A_BATCH)


@house.read_once()
def tell_due(now: datetime | None = None) -> int:
    """Queue a message for every reminder whose day has come; return how many. Killed anywhere, none is told twice."""
    told = 0
    while batch := _tell_some(now or timezone.now()):
        told += batch
    return told


@transaction.atomic
def _tell_some(now: datetime) -> int:
    rows = Reminder.objects.select_for_update(skip_locked=True, of=("self",)).select_related("patient__user")
    to_tell = rows.filter(told_at=None, settled_at=None, due_at__lte=now, patient__user__is_active=True)
    wanted = to_tell.annotate(last_word=_LAST_WORD).exclude(last_word=Consent.Decision.WITHDRAWN)
    batch = list(wanted.order_by("due_at", "pk")[:A_BATCH])
    outbox.queue_all(_message(one) for one in batch)
    Reminder.objects.filter(pk__in=[one.pk for one in batch]).update(told_at=now)
    return len(batch)


def _message(reminder: Reminder) -> dict[str, Any]:
    patient: Patient = reminder.patient
    return {
        "key": _key(reminder.key),
        **reached_by(patient),
        "template": reminder.template,
        "language": patient.language,
        "link": HOME,  # where it is done may say too much; the first page leads there
        "recipient": str(patient.pk),
    }


def _key(key: str) -> str:
    return f"reminder:{key}"


def done(*, patient_id: UUID, questionnaire: str, now: datetime | None = None) -> None:
    """Settle what a patient was asked for by sending this questionnaire; of follow-ups, those whose day has come."""
    when = now or timezone.now()
    asked = Reminder.objects.filter(patient_id=patient_id, questionnaire=questionnaire, due_at__lte=when)
    _settle(asked, Outcome.DONE, when)


@transaction.atomic
def settle(reminder: Reminder, actor: User) -> None:
    """Write that somebody of the clinic found a reminder done; twice changes nothing."""
    _settle(Reminder.objects.filter(pk=reminder.pk), Outcome.DONE, timezone.now())
    audit.record(
        actor=actor,
        verb="reminder.done",
        patient_id=reminder.patient_id,
        object_type="reminder",
        object_id=str(reminder.pk),
    )


def call_off(*, sources: Iterable[UUID] = (), keys: Iterable[str] = ()) -> None:
    """Cancel open reminders that came of these plans or responses, or have these keys: nothing more is said of them."""
    now = timezone.now()
    _settle(Reminder.objects.filter(source__in=list(sources)), Outcome.CANCELLED, now)
    _settle(Reminder.objects.filter(key__in=list(keys)), Outcome.CANCELLED, now)


def hush(patient_id: UUID, purpose: str) -> None:
    """Stop what was queued of a patient's reminders and has not left, if the consent taken back is that to be treated.

    What is due later is not told either, unless it is given again.
    """
    if purpose != Purpose.TREATMENT:
        return
    told = Reminder.objects.filter(patient_id=patient_id, settled_at=None).exclude(told_at=None)
    if keys := list(told.values_list("key", flat=True)):
        outbox.cancel(*map(_key, keys))


@transaction.atomic
def _settle(reminders: QuerySet[Reminder], outcome: str, now: datetime) -> None:
    """Close what is open of these and stop messages that have not left."""
    still_open = reminders.filter(settled_at=None).select_for_update()
    keys = dict(still_open.values_list("pk", "key"))
    if keys:
        Reminder.objects.filter(pk__in=keys).update(settled_at=now, outcome=outcome)
        outbox.cancel(*map(_key, keys.values()))

"""Telling doctors that a red flag waits: a message that says so little that it may go anywhere. Part of services.py.

An emergency is told at once, at any hour, to every doctor. The rest is told to the patient's own doctor (to all, where
there is none), by day, one message for all alerts of five minutes.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.alerts.models import Alert, Urgency
from webapp.alerts.selectors import RED_FLAG
from webapp.base.roles import Role
from webapp.outbox import services as outbox
from webapp.patients.models import Patient

SLOT = timedelta(minutes=5)
WORKLIST = "/desk/"


def tell_clinic(alert: Alert, patient: Patient) -> None:
    """Queue a message about an alert that was raised just now, if it is a red flag."""
    if alert.urgency in RED_FLAG:
        outbox.queue_all(_messages(alert, patient))


def _messages(alert: Alert, patient: Patient) -> Iterator[dict[str, Any]]:
    at_once = alert.urgency == Urgency.EMERGENCY
    slot = _end_of_slot(alert.last_raised_at)
    for doctor in _doctors(patient, everybody=at_once):
        yield {
            "key": f"alert:{alert.pk}:{alert.times}:{doctor.pk}"
            if at_once
            else f"alerts:{doctor.pk}:{slot:%Y%m%d%H%M}",
            "address": doctor.email,
            "template": "message_waiting",
            "language": doctor.language,
            "link": WORKLIST,
            "due_at": alert.last_raised_at if at_once else slot,
            "recipient": f"user:{doctor.pk}",
            "haste": "now" if at_once else "uncapped",
        }


def _end_of_slot(moment: datetime) -> datetime:
    begun = moment.astimezone(UTC).replace(second=0, microsecond=0)
    return begun + SLOT - timedelta(minutes=begun.minute % (SLOT.seconds // 60))


def _doctors(patient: Patient, *, everybody: bool) -> list[User]:
    doctors = list(accounts.with_role(Role.DOCTOR))
    own = [doctor for doctor in doctors if doctor.pk == patient.general_practitioner_id]
    return doctors if everybody or not own else own

"""Raise, acknowledge and close alerts; reminders (reminding.py) are changed from here too."""

import json
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.alerts import selectors
from webapp.alerts.models import NOT_ASSESSED, RANK, Alert
from webapp.alerts.reminding import Wanted, call_off, done, hush, remind, remind_all, settle, tell_due
from webapp.alerts.telling import tell_clinic
from webapp.audit import services as audit
from webapp.base.fields import blind
from webapp.patients.models import Patient

__all__ = (
    "AlertError",
    "Wanted",
    "acknowledge",
    "assessed",
    "call_off",
    "close",
    "done",
    "facts_digest",
    "hush",
    "raise_",
    "remind",
    "remind_all",
    "settle",
    "tell_due",
)


class AlertError(ValueError):
    """Why an alert cannot be settled so, in words for the person who tried."""


def facts_digest(facts: Mapping[str, object]) -> str:
    """Return a keyed digest: equal for equal facts, and saying nothing about them."""
    return blind(json.dumps(facts, sort_keys=True, default=str), "alerts.alert.facts").hex()


@transaction.atomic
def raise_(
    *,
    patient_id: UUID,
    rule: str,
    code: str,
    urgency: str,
    text: Mapping[str, str],
    facts: Mapping[str, object],
    newest: date | None = None,
    actor: User | None = None,
) -> Alert:
    """Return the patient's alert of this rule, open if it is new, worse, or rests on other facts than before.

    ``rule`` is what one alert is kept for (``alarm_upper.dysphagia``), ``facts`` what it rests on, ``text`` words by
    language. An alert settled on the same facts at the same urgency stays settled, unless ``newest``, the day of the
    newest of them, is later than the day it was closed: the same finding again is another finding.
    """
    patient = Patient.objects.select_for_update(no_key=True).get(pk=patient_id)  # two raises at once make one alert
    alert = selectors.of_rule(patient_id, rule).order_by("-last_raised_at").first()
    digest, now = facts_digest(facts), timezone.now()
    if alert and not _is_news(alert, urgency, digest, newest):
        return alert
    if alert is None or alert.status == Alert.Status.CLOSED:  # what was closed stays, with who closed it and why
        alert = Alert(patient_id=patient_id, rule=rule, not_assessed=rule == NOT_ASSESSED, raised_at=now, times=0)
    else:
        urgency = max(urgency, alert.urgency, key=RANK.__getitem__)  # a live alert never grows milder by itself
    alert.code, alert.urgency, alert.text, alert.facts_digest = code, urgency, dict(text), digest
    alert.status, alert.last_raised_at, alert.times = Alert.Status.OPEN, now, alert.times + 1
    alert.save()
    tell_clinic(alert, patient)
    _record("alert.raised", alert, actor, urgency=urgency, times=alert.times)
    return alert


def _is_news(alert: Alert, urgency: str, digest: str, newest: date | None) -> bool:
    by_itself = alert.status == Alert.Status.CLOSED and alert.closed_by_id is None  # what nobody settled is not settled
    again = newest is not None and alert.closed_at is not None and newest > timezone.localdate(alert.closed_at)
    return by_itself or again or RANK[urgency] > RANK[alert.urgency] or digest != alert.facts_digest


def acknowledge(*, alert_id: UUID, actor: User, note: str = "", times: int | None = None) -> Alert:
    """Return the alert, taken note of by this clinician; acknowledging twice changes nothing.

    ``times`` is how often it had been raised when the page showed it: raised again since, it is not settled unseen.
    """
    return _settle(alert_id, actor, Alert.Status.ACKNOWLEDGED, note, times)


def close(*, alert_id: UUID, actor: User, note: str, times: int | None = None) -> Alert:
    """Return the alert, closed with what was done; raise AlertError without a note, or if it was raised again since."""
    if not note.strip():
        raise AlertError(_("Write what was done before closing the alert."))
    return _settle(alert_id, actor, Alert.Status.CLOSED, note, times)


@transaction.atomic
def assessed(*, patient_id: UUID) -> None:
    """Close the patient's "not assessed" alert: an evaluation has worked since."""
    live = Alert.objects.select_for_update().filter(patient_id=patient_id, not_assessed=True)
    for alert in live.exclude(status=Alert.Status.CLOSED):
        alert.status, alert.closed_at = Alert.Status.CLOSED, timezone.now()
        alert.save(update_fields=["status", "closed_at"])
        _record("alert.closed", alert, None)


@transaction.atomic
def _settle(alert_id: UUID, actor: User, status: str, note: str, times: int | None = None) -> Alert:
    if not actor.may("alerts.settle"):
        raise AlertError(_("Only a clinician settles an alert."))
    alert = Alert.objects.select_for_update().get(pk=alert_id)
    if times not in (None, alert.times):
        raise AlertError(_("This alert has changed since you opened the page. Read it again."))
    if alert.status in (status, Alert.Status.CLOSED):
        return alert
    _stamp(alert, actor, status, timezone.now())
    alert.note = "\n".join(dict.fromkeys(part for part in (alert.note, note.strip()) if part)) or None
    alert.save()
    _record(f"alert.{status}", alert, actor)
    return alert


def _stamp(alert: Alert, actor: User, status: str, now: datetime) -> None:
    alert.status = status
    if status == Alert.Status.CLOSED:
        alert.closed_by, alert.closed_at = actor, now
    else:
        alert.acknowledged_by, alert.acknowledged_at = actor, now


def _record(verb: str, alert: Alert, actor: User | None, **detail: object) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        patient_id=alert.patient_id,
        object_type="alert",
        object_id=str(alert.pk),
        detail=detail or None,
    )

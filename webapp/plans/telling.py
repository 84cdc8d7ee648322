"""Telling a patient that a plan waits: three minutes after the signature, in a message without a health word."""

import logging

from django.urls import reverse

from webapp.outbox import services as outbox
from webapp.outbox.models import Message
from webapp.patients.reaching import reached_by
from webapp.plans.models import Plan

log = logging.getLogger(__name__)


def tell(plan: Plan, once_more: str = "") -> None:
    """Queue the message about a signed plan for the moment the patient sees it; without an address there is none.

    ``once_more`` makes another message of it, where the first was taken back with a newer plan. An address that no
    mail can go to does not undo the signature: the plan stands in the portal all the same.
    """
    patient = plan.patient
    way = reached_by(patient)
    if not way["address"] or plan.told_at is None:
        return
    try:
        outbox.queue(
            key=f"{_key(plan)}{once_more}",
            **way,
            template="plan_ready",
            language=patient.language,
            link=reverse("portal:plan"),
            due_at=plan.told_at,
            recipient=str(patient.pk),
        )
    except outbox.OutboxError:
        log.warning("No message could be queued about plan %s", plan.pk)


def keep_quiet(plan: Plan) -> None:
    """Take the message back while it has not been sent: the plan is no longer the one to tell of."""
    outbox.cancel(_key(plan))


def tell_again(plan: Plan, instead_of: Plan) -> None:
    """Queue the message about a plan anew if it was taken back for ``instead_of``, which is itself taken back now."""
    if Message.objects.filter(key=_key(plan), state=Message.State.CANCELLED).exists():
        tell(plan, once_more=f":{instead_of.pk}:{instead_of.revision}")


def _key(plan: Plan) -> str:
    """Return the name of the message of one signature: signing again after taking back is another one."""
    return f"plan_ready:{plan.pk}:{plan.revision}"

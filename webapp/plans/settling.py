"""An alert beside the plan settled by one doctor: with a coded reason, and not shown to her again on the same facts."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans import monitoring, noticing, outcomes, selectors
from webapp.plans.models import Plan, Settlement
from webapp.plans.reasons import SettleReason
from webapp.plans.refusing import PlanError, check_note, doctor_only
from webapp.plans.terms import terms_of


@transaction.atomic
@audit.together()
def settle_notice(
    *,
    plan: Plan,
    doctor: User,
    key: str,
    reason_code: str,
    today: date,
    note: str = "",
    days: int = monitoring.USUAL,
    facts: str = "",
) -> Settlement:
    """Return how this doctor settled the alert of this key; settled twice on the same facts it stays as it was.

    "It will be monitored" makes the task of doing so, due in ``days``. ``facts`` is the digest the page showed: an
    alert that rests on other facts by now is not settled unseen. Raises PlanError.
    """
    doctor_only(doctor)
    check_note(note)
    if reason_code not in SettleReason.values:
        raise PlanError(_("Choose why this alert changes nothing."))
    terms = terms_of(plan.evaluation, "es")
    found = noticing.find(doctor, plan, selectors.items_for(doctor, plan), key, terms)
    if found is None or found.item is None or facts not in ("", found.facts):
        raise PlanError(_("This alert has changed since you opened the page. Read it again."))
    if found.mine is not None:
        return found.mine
    rules = found.item.content.get("reasons", ())
    if reason_code == SettleReason.WILL_MONITOR:
        title = found.item.content.get("title", {})
        monitoring.watch(plan=plan, what=found.item.code, title=title, doctor=doctor, days=days, today=today)
    outcomes.settled(doctor, plan, rules, reason_code)
    return _store(plan, doctor, found, reason_code, note)


def _store(plan: Plan, doctor: User, found: noticing.Notice, reason_code: str, note: str) -> Settlement:
    rules = found.item.content.get("reasons", ()) if found.item else ()
    settlement = Settlement.objects.create(
        patient_id=plan.patient_id,
        plan=plan,
        user=doctor,
        key=found.key,
        rule=f"{rules[0]['protocol']}.{rules[0]['rule']}" if rules else "",
        facts_digest=found.facts,
        reason_code=reason_code,
        note=note.strip() or None,
    )
    audit.record(
        actor=doctor,
        verb="plan.alert_settled",
        patient_id=plan.patient_id,
        object_type="plan",
        object_id=str(plan.pk),
        detail={"code": reason_code},
    )
    return settlement

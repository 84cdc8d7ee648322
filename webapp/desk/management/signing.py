"""A doctor of the demo clinic at work: confirms what was reported, deals with each item of a draft, and signs."""

from webapp.accounts.models import User
from webapp.alerts import selectors as alert_selectors
from webapp.alerts import services as alerts
from webapp.patients import services as patients
from webapp.patients.models import Patient
from webapp.plans import closing, leaning, selectors, services
from webapp.plans.models import UNDECIDED_MAY_STAY, Plan, PlanItem
from webapp.plans.reasons import NothingReason


def settle_and_sign(patient: Patient, doctor: User) -> Plan | None:
    """Return the plan this doctor signed; None where the engine drafted nothing."""
    draft = Plan.objects.filter(patient=patient, status=Plan.Status.DRAFT).first()
    if draft is None:
        return None
    for allergy in selectors.unconfirmed_allergies(patient.pk):
        patients.confirm_allergy(allergy=allergy, actor=doctor)
    for alert in alert_selectors.open_for(doctor).filter(patient_id=patient.pk):
        alerts.close(alert_id=alert.pk, actor=doctor, note="Visto en consulta.")
    items = selectors.items_for(doctor, draft)
    services.mark_seen(user=doctor, items=items)
    for item in items:
        _decide_open(draft, item, doctor)
    _reject_what_is_left_alone(draft, doctor)
    services.accept_rest(plan_id=draft.pk, doctor=doctor)
    if closing.gives_nothing(draft.items.all()):
        services.close_without(plan_id=draft.pk, doctor=doctor, reason_code=NothingReason.SEEN_FIRST)
    draft.refresh_from_db()
    return services.sign(plan_id=draft.pk, doctor=doctor, revision=draft.revision)


def _reject_what_is_left_alone(draft: Plan, doctor: User) -> None:
    """Reject what would check on a treatment that is not given."""
    for item in leaning.left_alone(list(draft.items.all())):
        services.decide_item(
            plan_id=draft.pk, item_id=item, doctor=doctor, decision="rejected", reason_code="not_indicated"
        )


def _decide_open(draft: Plan, item: PlanItem, doctor: User) -> None:
    """Put aside what is held: the answer it waits for is not there, and the patient is asked for it."""
    if item.state == "held" and item.kind not in UNDECIDED_MAY_STAY:
        services.decide_item(
            plan_id=draft.pk, item_id=item.pk, doctor=doctor, decision="rejected", reason_code="other_choice"
        )

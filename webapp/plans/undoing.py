"""A signature taken back by its signer, until the patient is told of it. Part of services.py."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.models import Patient
from webapp.plans import drafting, telling
from webapp.plans.models import Plan
from webapp.plans.refusing import PlanError, doctor_only

Status = Plan.Status


@transaction.atomic
@audit.together()
def take_back(*, plan_id: UUID, doctor: User, now: datetime | None = None) -> Plan:
    """Return the draft the signed plan is again, with every decision kept; the plan before it is the patient's again.

    Where newer facts have made another draft meanwhile, the decisions are carried into a draft of those facts.
    Raises PlanError for whoever did not sign it, and once the patient is told.
    """
    doctor_only(doctor)
    patient_id = Plan.objects.values_list("patient_id", flat=True).get(pk=plan_id)
    Patient.objects.select_for_update(no_key=True).get(pk=patient_id)  # an assessment now waits
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    _refuse(plan, doctor, now or timezone.now())
    telling.keep_quiet(plan)
    newer = Plan.objects.select_for_update().filter(patient_id=plan.patient_id, status=Status.DRAFT).first()
    if newer is not None:
        newer.status = Status.DISCARDED
        newer.save(update_fields=["status"])
    plan.status, plan.signed_by, plan.signed_at, plan.revision = Status.DRAFT, None, None, plan.revision + 1
    plan.save(update_fields=["status", "signed_by", "signed_at", "revision"])
    _restore_the_one_before(plan)
    audit.record(
        actor=doctor, verb="plan.taken_back", patient_id=plan.patient_id, object_type="plan", object_id=str(plan.pk)
    )
    return plan if newer is None else drafting.joined(newer, plan, doctor)


def _refuse(plan: Plan, doctor: User, now: datetime) -> None:
    if plan.status != Status.SIGNED or plan.told_at is None:
        raise PlanError(_("This plan is not signed any more. Open the newest."))
    if plan.signed_by_id != doctor.pk:
        raise PlanError(_("Only who signed a plan takes the signature back."))
    if now >= plan.told_at:
        raise PlanError(_("The patient has been told of this plan. Change it with a new one."))


def _restore_the_one_before(plan: Plan) -> None:
    """Make the plan that this one had replaced the signed one again; a message that waited for it waits again."""
    before = plan.replaces
    if before is None:
        return
    before.status = Status.SIGNED
    before.save(update_fields=["status"])
    plan.replaces = None
    plan.save(update_fields=["replaces"])
    telling.tell_again(before, instead_of=plan)

"""A plan signed for a patient, every item accepted."""

from typing import Any

from tests.webapp.plans.factories import a_doctor, a_plan
from webapp.patients.models import Patient
from webapp.plans import deciding
from webapp.plans.models import Plan


def signed(patient: Patient, *items: dict[str, Any]) -> Plan:
    doctor = a_doctor()
    plan = a_plan(patient, *items, seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)
    plan.refresh_from_db()
    return plan

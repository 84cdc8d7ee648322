"""Two doctors decide on one request at the same moment, and a patient presses twice: one request, one decision."""

import pytest
from django.utils import timezone

from tests.flows.test_two_doctors import at_once
from tests.webapp.access.world import on_the_shelf
from tests.webapp.plans.factories import a_doctor, a_plan, later, ppi
from tests.webapp.prescriptions.orders import a_known_patient
from webapp.plans import deciding
from webapp.prescriptions import services
from webapp.prescriptions.models import Renewal
from webapp.prescriptions.services import Decision, PrescriptionError

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_clicks_and_two_doctors_at_once_ask_once_and_decide_once():
    on_the_shelf()
    doctors, patient = [a_doctor("Dra. Vidal"), a_doctor("Dr. Salas")], a_known_patient(email=None)
    plan = a_plan(patient, ppi(code="rx:omeprazole"), seen_by=doctors[0])
    deciding.accept_rest(plan_id=plan.pk, doctor=doctors[0])
    later(deciding.sign(plan_id=plan.pk, doctor=doctors[0], revision=1), 60)
    item, today = plan.items.get(), timezone.localdate()

    def ask():
        return services.ask(patient=patient, item_id=item.pk, user=patient.user, today=today)

    first, second = at_once(ask, ask)
    assert first.pk == second.pk

    def refuse(doctor):
        said = Decision(approves=False, reason="Pida cita")
        try:
            return services.decide(renewal_id=first.pk, doctor=doctor, decision=said, today=today)
        except PrescriptionError as problem:
            return problem

    came = at_once(*(lambda doctor=doctor: refuse(doctor) for doctor in doctors))
    assert sorted(isinstance(one, Renewal) for one in came) == [False, True]
    assert Renewal.objects.get().decided_by in doctors

"""A doctor signs at the moment new answers are assessed: neither is lost, and neither breaks the other."""

import threading

import pytest
from django.db import connection, transaction

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, an_evaluation, content, ppi
from webapp.plans import deciding, drafting
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_plan_signed_in_the_meantime_stays_signed_and_the_new_answers_make_a_draft_beside_it():
    doctor, patient = a_doctor(), a_patient()
    plan = a_plan(patient, ppi(), seen_by=doctor)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    evaluation = an_evaluation(patient)
    asked, results = threading.Event(), []

    def assess():
        asked.set()
        try:
            with transaction.atomic():
                drafting.draft(evaluation, {"items": [content("test:fit")], "urgency": "soon"}, None)
            results.append("drafted")
        finally:
            connection.close()

    worker = threading.Thread(target=assess)
    with transaction.atomic():
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)
        worker.start()
        assert asked.wait(5)
        worker.join(0.5)  # it now waits for the plan that is being signed
        assert results == []
    worker.join(20)
    assert results == ["drafted"]
    plans = {one.status: one for one in Plan.objects.filter(patient=patient)}
    assert set(plans) == {"signed", "draft"}
    assert plans["signed"].pk == plan.pk
    assert [item.code for item in plans["draft"].items.all()] == ["test:fit"]

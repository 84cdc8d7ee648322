"""Two doctors press "sign" at the same moment: one signature, and the other is told whose."""

import threading

import pytest
from django.db import connection

from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, content, ppi
from webapp.plans import deciding
from webapp.plans.models import Plan
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db(transaction=True)


def at_once(*calls):
    """Run the calls in threads that start together; return what each gave or raised."""
    gate, results = threading.Barrier(len(calls)), [None] * len(calls)

    def run(place, call):
        gate.wait()
        try:
            results[place] = call()
        except PlanError as problem:
            results[place] = problem
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)
    return results


def signing(plan, doctor, revision):
    return lambda: deciding.sign(plan_id=plan.pk, doctor=doctor, revision=revision)


@pytest.mark.parametrize("attempt", range(5))
def test_two_doctors_at_once_give_one_signature(attempt):
    doctors = [a_doctor("Dra. Vidal"), a_doctor("Dr. Salas")]
    plan = a_plan(a_patient(), ppi(), content("test:fit"), seen_by=doctors[0])
    deciding.mark_seen(user=doctors[1], items=plan.items.all())
    deciding.accept_rest(plan_id=plan.pk, doctor=doctors[0])
    results = at_once(*(signing(plan, doctor, 1) for doctor in doctors))
    signed = [result for result in results if isinstance(result, Plan)]
    refused = [result for result in results if isinstance(result, PlanError)]
    assert (len(signed), len(refused)) == (1, 1)
    assert Plan.objects.get(status="signed").signed_by == signed[0].signed_by
    assert signed[0].signed_by.display_name in str(refused[0])


def test_a_signature_and_a_change_at_once_never_sign_what_was_not_shown():
    signer, other = a_doctor("Dra. Vidal"), a_doctor("Dr. Salas")
    plan = a_plan(a_patient(), seen_by=signer)
    deciding.accept_rest(plan_id=plan.pk, doctor=signer)
    item = plan.items.get()

    def reject():
        return deciding.decide_item(
            plan_id=plan.pk, item_id=item.pk, doctor=other, decision="rejected", reason_code="not_indicated"
        )

    signed, changed = at_once(signing(plan, signer, 1), reject)
    item.refresh_from_db()
    if isinstance(signed, Plan):
        assert isinstance(changed, PlanError)
        assert item.decision == "accepted"
    else:
        assert item.decision == "rejected"
        assert Plan.objects.get().status == "draft"

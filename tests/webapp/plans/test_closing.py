"""A plan that gives nothing is not signed by accident: it says so, and is closed on purpose with a reason."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import PASSWORD, a_doctor, a_patient, a_plan, a_user, content, item_of, later, ppi
from webapp.plans import deciding, drafting, selectors
from webapp.plans.closing import NOTHING, TEXT
from webapp.plans.models import Plan
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db
ALERT, DX = content("alert:watch"), content("dx:gerd_probable")


@pytest.fixture
def doctor():
    return a_doctor()


def an_empty_plan(doctor, patient=None):
    return a_plan(patient or a_patient(), ALERT, DX, seen_by=doctor)


def close(plan, doctor, **said):
    return deciding.close_without(plan_id=plan.pk, doctor=doctor, **{"reason_code": "not_needed", **said})


def sign(plan, doctor):
    plan.refresh_from_db()
    return deciding.sign(plan_id=plan.pk, doctor=doctor, revision=plan.revision)


def test_a_draft_without_items_is_not_signed(doctor):
    plan = an_empty_plan(doctor)
    with pytest.raises(PlanError, match="No hay nada que firmar"):
        sign(plan, doctor)
    assert not selectors.to_do(doctor, plan, selectors.items_for(doctor, plan)).may_sign


def test_one_whose_items_are_all_rejected_or_blocked_gives_nothing_either(doctor):
    plan = a_plan(a_patient(), ppi(), content("rx:b", "blocked"), seen_by=doctor)
    item = item_of(plan, ppi()["code"])
    deciding.decide_item(
        plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="rejected", reason_code="not_indicated"
    )
    with pytest.raises(PlanError, match="No hay nada que firmar"):
        sign(plan, doctor)


def test_closed_with_a_reason_it_is_signed_and_the_patient_reads_it(doctor):
    patient = a_patient(user=a_user("patient"))
    plan = an_empty_plan(doctor, patient)
    item = close(plan, doctor, note="Control en un año")
    assert (item.decision, item.reason_code, item.note) == ("added", "not_needed", "Control en un año")
    signed = later(sign(plan, doctor))
    [told] = selectors.signed_for(patient.user)
    assert (told.pk, [one.code for one in told.released_items if one.kind == "plan"]) == (signed.pk, [NOTHING])
    assert item_of(signed, NOTHING).final["patient_text"] == TEXT


@pytest.mark.parametrize("said", [{"reason_code": ""}, {"reason_code": "because"}, {"text": "x" * 601}])
def test_it_is_not_closed_without_a_reason_of_the_list_or_with_a_novel(doctor, said):
    plan = an_empty_plan(doctor)
    with pytest.raises(PlanError):
        close(plan, doctor, **said)


def test_a_plan_with_items_is_not_closed_and_only_a_doctor_closes(doctor):
    with pytest.raises(PlanError, match="Rechácelos"):
        close(a_plan(a_patient(), ppi(), seen_by=doctor), doctor)
    with pytest.raises(PlanError):
        close(an_empty_plan(doctor), a_user("dietitian"))


def test_whatever_is_taken_afterwards_takes_it_back(doctor):
    plan = an_empty_plan(doctor)
    close(plan, doctor)
    deciding.add_item(plan_id=plan.pk, doctor=doctor, content=content("test:fit"))
    assert item_of(plan, NOTHING) is None


@pytest.mark.parametrize(("items", "stays"), [((), True), ((ppi(),), False)])
def test_a_newer_draft_keeps_it_only_while_there_is_nothing_to_decide(doctor, items, stays):
    patient = a_patient()
    old = an_empty_plan(doctor, patient)
    close(old, doctor)
    Plan.objects.filter(pk=old.pk).update(status="discarded")
    new = a_plan(patient, ALERT, *items)
    drafting._carry_over(old, new)
    assert (item_of(new, NOTHING) is not None) is stays


def test_the_page_offers_it_and_takes_it_without_a_script(doctor):
    clinic.publish()
    plan, page = an_empty_plan(doctor), Client()
    page.force_login(doctor)
    review = reverse("plans:review", args=[plan.pk])
    assert "Nada llegaría al paciente" in page.get(review).content.decode()
    send = reverse("plans:close_without", args=[plan.pk])
    assert "Elija por qué no hace falta" in page.post(send, {}, follow=True).content.decode()
    text = page.post(send, {"reason": "declined", "text": "Lo dejamos así."}, follow=True).content.decode()
    assert "El paciente no quiere tratamiento" in text
    assert "Nada llegaría al paciente" not in text
    assert "Lo dejamos así." in page.get(reverse("plans:patient_text", args=[plan.pk])).content.decode()
    page.post(reverse("plans:sign", args=[plan.pk]), {"revision": 1, "secret": PASSWORD})
    plan.refresh_from_db()
    assert plan.status == "signed"

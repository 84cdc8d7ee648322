"""What happened since a page was shown: a colleague's decision, a form refused, a consent taken back."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.people import a_text, consented
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, content, ppi
from webapp.base.codes import code_of
from webapp.patients import services as patients
from webapp.plans import deciding, selectors
from webapp.plans.refusing import PlanError

pytestmark = pytest.mark.django_db


def accept(plan, doctor):
    item = plan.items.first()
    return deciding.decide_item(plan_id=plan.pk, item_id=item.pk, doctor=doctor, decision="accepted")


def undo(plan, doctor, shown):
    item = plan.items.first()
    deciding.undecide(plan_id=plan.pk, item_id=item.pk, doctor=doctor, shown=shown)


def test_what_a_colleague_decided_since_is_not_taken_back_unseen():
    mine, other = a_doctor("Dra. Vidal"), a_doctor("Dr. Salas")
    plan = a_plan(a_patient())
    shown = accept(plan, mine).decided_at.isoformat()
    later = accept(plan, other).decided_at.isoformat()  # the same decision, on other grounds
    with pytest.raises(PlanError, match="Salas"):
        undo(plan, mine, shown)
    assert plan.items.get().decision == "accepted"
    undo(plan, mine, later)  # seen, and taken back on purpose
    assert plan.items.get().decision == "pending"


def test_the_page_sends_the_moment_of_the_decision_it_shows():
    clinic.publish()
    mine, other, plan, page = a_doctor(), a_doctor("Dr. Salas"), a_plan(a_patient()), Client()
    page.force_login(mine)
    shown = accept(plan, mine).decided_at.isoformat()
    assert f'name="shown" value="{shown}"' in page.get(reverse("plans:review", args=[plan.pk])).content.decode()
    accept(plan, other)
    send = reverse("plans:undecide", args=[plan.pk, plan.items.get().pk])
    assert "Dr. Salas decidió" in page.post(send, {"shown": shown}, follow=True).content.decode()
    assert plan.items.get().decided_by == other


def test_a_form_that_is_refused_comes_back_as_it_was_filled_in():
    clinic.publish()
    plan, page = a_plan(a_patient(), ppi()), Client()
    page.force_login(a_doctor())
    form = {"decision": "edited", "dose-0": "veinte", "frequency-0": "once daily", "text": "Con agua, por favor"}
    answer = page.post(reverse("plans:decide", args=[plan.pk, plan.items.get().pk]), form)
    text = answer.content.decode()
    assert "Escriba la dosis como número y unidad" in text
    assert 'value="veinte"' in text
    assert "Con agua, por favor" in text
    assert plan.items.get().decision == "pending"


def take_back(patient, purpose="treatment"):
    patients.withdraw_consent(patient=patient, purpose=purpose, channel="portal", actor=patient.user)


def test_after_the_consent_is_taken_back_nothing_is_signed_until_it_is_given_again():
    clinic.publish()
    doctor, patient = a_doctor(), a_patient(user=a_user("patient"))
    plan, page = a_plan(patient, ppi(), content("test:fit"), seen_by=doctor), Client()
    page.force_login(doctor)
    consented(patient)
    deciding.accept_rest(plan_id=plan.pk, doctor=doctor)
    take_back(patient)
    with pytest.raises(PlanError, match="consentimiento"):
        deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1)
    text = page.get(reverse("plans:review", args=[plan.pk])).content.decode()
    assert "ha retirado el consentimiento" in text
    assert reverse("desk:patient", args=[patient.pk]) + "#" + code_of("consents") in text
    consented(patient)
    assert not selectors.to_do(doctor, plan, selectors.items_for(doctor, plan)).no_consent
    assert deciding.sign(plan_id=plan.pk, doctor=doctor, revision=1).status == "signed"


def test_a_consent_to_news_taken_back_stops_no_plan():
    doctor, patient = a_doctor(), a_patient(user=a_user("patient"))
    plan = a_plan(patient, seen_by=doctor)
    patients.accept_consent(patient=patient, text=a_text("marketing"), channel="portal", actor=patient.user)
    take_back(patient, "marketing")
    assert not selectors.to_do(doctor, plan, selectors.items_for(doctor, plan)).no_consent

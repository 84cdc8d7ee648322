"""The review page, through the web, for patients of the shipped protocols: what a doctor sees and can do on it."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import (
    PASSWORD,
    a_doctor,
    a_patient,
    a_plan,
    a_user,
    an_allergy,
    content,
    item_of,
    ppi,
    this_day,
)
from webapp.accounts.models import User
from webapp.audit.models import Entry
from webapp.base.codes import code_of
from webapp.patients import services as patients
from webapp.patients.models import AllergyIntolerance
from webapp.patients.selectors import contents_of
from webapp.plans.assessment import assess
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


@pytest.fixture
def doctor():
    return a_doctor()


@pytest.fixture
def page(doctor):
    client = Client()
    client.force_login(doctor)
    return client


def drafted(patient):
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    return Plan.objects.get(patient=patient, status="draft")


def address(plan, name="review", **more):
    return reverse(f"plans:{name}", kwargs={"pk": plan.pk, **more})


def test_the_page_shows_who_what_and_why(page, doctor):
    patient = clinic.on_warfarin()
    plan = drafted(patient)
    text = page.get(address(plan)).content.decode()
    assert "Ricardo Esteban Mora" in text
    assert "Iniciar" in text
    assert "Una botella de vino los fines de semana" in text
    item = plan.items.filter(kind="rx").first()
    assert item.content["title"]["es"] in text
    assert Entry.objects.filter(verb="patient.viewed", actor_id=doctor.pk, patient_id=patient.pk).exists()


def test_the_page_speaks_english_too(page, doctor):
    plan = drafted(clinic.a_dyspeptic_woman())
    User.objects.filter(pk=doctor.pk).update(language="en")
    text = page.get(address(plan)).content.decode()
    assert "Abnormal or new" in text


def test_nothing_inline_that_the_policy_would_refuse(page):
    text = page.get(address(drafted(clinic.on_warfarin()))).content.decode()
    assert " style=" not in text
    assert "onclick" not in text
    assert "<script>" not in text


@pytest.mark.parametrize("role", ["front_desk", "marketing", "billing", "administrator", "director", "patient"])
def test_who_is_no_clinician_finds_no_page(role):
    client = Client()
    client.force_login(a_user(role))
    assert client.get(address(drafted(clinic.a_dyspeptic_woman()))).status_code == 404


def test_a_dietitian_reads_but_neither_decides_nor_signs():
    plan, client = drafted(clinic.a_dyspeptic_woman()), Client()
    client.force_login(a_user("dietitian"))
    text = client.get(address(plan)).content.decode()
    assert "Leer y firmar" not in text
    item = plan.items.first()
    assert client.post(address(plan, "decide", item=item.pk), {"decision": "accepted"}).status_code == 404
    assert client.post(address(plan, "sign"), {"revision": 0}).status_code == 404


def test_who_does_not_sign_is_not_told_to_confirm_an_allergy(page):
    patient, client = clinic.on_warfarin(), Client()
    plan, _allergy = drafted(patient), an_allergy(patient)
    client.force_login(a_user("dietitian"))
    text = client.get(address(plan)).content.decode()
    assert "Un médico la confirma o la retira antes de firmar." in text
    assert "Confírmela" not in text
    assert "Confírmela o retírela para poder firmar." in page.get(address(plan)).content.decode()


def test_a_plan_goes_from_seen_to_signed_without_a_script(page, doctor):
    plan = a_plan(a_patient(), ppi())
    page.post(address(plan, "seen"))
    page.post(address(plan, "accept_rest"))
    plan.refresh_from_db()
    answer = page.post(address(plan, "sign"), {"revision": plan.revision, "secret": PASSWORD}, follow=True)
    plan.refresh_from_db()
    assert (plan.status, plan.signed_by) == ("signed", doctor)
    assert "El plan está firmado" in answer.content.decode()


def test_a_refused_signature_says_what_is_missing(page):
    plan = a_plan(a_patient(), ppi())
    text = page.post(address(plan, "sign"), {"revision": 0, "secret": PASSWORD}, follow=True).content.decode()
    assert "Falta por ver 1 elemento" in text
    assert Plan.objects.get().status == "draft"


def test_an_item_of_another_plan_is_not_found_through_this_one(page):
    mine, other = a_plan(a_patient()), a_plan(a_patient())
    item = other.items.get()
    assert page.post(address(mine, "decide", item=item.pk), {"decision": "accepted"}).status_code == 404


def test_a_script_gets_the_page_back_with_the_reason(page):
    plan = a_plan(a_patient(), ppi("held"))
    item = plan.items.get()
    send, form = address(plan, "decide", item=item.pk), {"decision": "accepted", "was": "pending"}
    answer = page.post(send, form, headers={"hx-request": "true"})
    assert answer.status_code == 200
    assert "Retenido: conteste lo que falta" in answer.content.decode()


def test_an_unconfirmed_allergy_is_confirmed_from_the_page(page, doctor):
    patient = clinic.on_warfarin()
    plan, allergy = drafted(patient), an_allergy(patient)
    text = page.get(address(plan)).content.decode()
    assert "Alergia sin confirmar" in text
    assert "confirmar la alergia" in text
    page.post(address(plan, "allergy", allergy=allergy.pk), {"confirm": "yes"})
    assert AllergyIntolerance.objects.get().verification == "confirmed"


def test_an_allergy_of_somebody_else_is_not_settled_from_here(page):
    plan, foreign = a_plan(a_patient()), an_allergy(a_patient())
    assert page.post(address(plan, "allergy", allergy=foreign.pk), {"confirm": "yes"}).status_code == 404


def test_the_answer_that_was_missing_frees_the_plan(page):
    plan = drafted(clinic.a_dyspeptic_woman())
    page.post(address(plan, "answer"), {"fact": "heartburn_days", "value": "6"})
    page.post(address(plan, "answer"), {"fact": "regurgitation_days", "value": "4"})
    newest = Plan.objects.get(status="draft")
    assert newest.pk != plan.pk
    assert "Un plan más nuevo" in page.get(address(plan)).content.decode()


def test_a_follow_up_of_a_rejected_treatment_is_told_beside_it_and_left_to_the_doctor(page):
    told = "Se han rechazado todos los medicamentos de este protocolo."
    plan = a_plan(a_patient(), ppi(), content("fu:review_8w"))
    assert told not in page.get(address(plan)).content.decode()
    decide = reverse("plans:decide", kwargs={"pk": plan.pk, "item": plan.items.get(kind="rx").pk})
    page.post(decide, {"decision": "rejected", "reason": "preference", "was": "pending"})
    assert page.get(address(plan)).content.decode().count(told) == 1
    assert plan.items.get(kind="fu").decision == "pending"


NOTHING_TRIED = "Preguntado: sin tratamientos anteriores"


def test_an_item_that_waits_for_a_list_offers_to_say_that_it_is_empty(page):
    plan = a_plan(a_patient(), ppi(state="held", waiting_for=["not_tolerated"]))
    text = page.get(address(plan)).content.decode()
    assert NOTHING_TRIED in text
    assert f"{reverse('desk:patient', kwargs={'pk': plan.patient_id})}#{code_of('treatments')}" in text
    page.post(address(plan, "answer"), {"fact": "not_tolerated", "value": "none"})
    assert "previous_treatments" in contents_of(plan.patient).none


def test_a_list_that_holds_something_is_not_said_to_be_empty_in_one_word(page):
    plan = a_plan(a_patient(), ppi(state="held", waiting_for=["not_tolerated"]))
    given = {"code": "", "text": "unas cápsulas", "outcome": "unknown"}
    patients.add_previous_treatment(patient=plan.patient, actor=None, **given)
    text = page.get(address(plan)).content.decode()
    assert NOTHING_TRIED not in text
    assert "Escribirlo en la historia" in text
    page.post(address(plan, "answer"), {"fact": "not_tolerated", "value": "none"})
    assert "previous_treatments" not in contents_of(plan.patient).none


def test_an_item_that_rests_on_words_nobody_confirmed_asks_for_the_answer(page):
    plan = a_plan(a_patient(), ppi(state="held", unconfirmed=["dysphagia"]))
    text = page.get(address(plan)).content.decode()
    assert "Solo lo escribe el paciente" in text
    assert '<input type="hidden" name="fact" value="dysphagia">' in text


def test_an_item_that_waits_for_no_fact_says_that_the_doctor_settles_it(page):
    plan = a_plan(a_patient(), ppi(state="held"))
    assert "No falta ningún dato" in page.get(address(plan)).content.decode()


@pytest.mark.parametrize("value", ["", "mucho", "-3", "nan", "99999"])
def test_an_answer_that_cannot_be_is_not_written(page, value):
    plan = drafted(clinic.a_dyspeptic_woman())
    page.post(address(plan, "answer"), {"fact": "heartburn_days", "value": value})
    assert Plan.objects.get().pk == plan.pk


def test_an_item_is_added_by_hand_from_the_list_only(page):
    plan = drafted(clinic.a_dyspeptic_woman())
    assert page.get(address(plan, "add")).status_code == 200
    page.post(address(plan, "add"), {"code": "test:fit", "note": ""})
    assert item_of(plan, "test:fit").decision == "added"
    text = page.post(address(plan, "add"), {"code": "test:invented"}).content.decode()
    assert "Elija de la lista" in text


def test_why_shows_the_rule_its_values_and_where_it_stands(page):
    plan = drafted(clinic.on_warfarin())
    item = plan.items.filter(kind="rx").first()
    reason = item.content["reasons"][0]
    for headers in ({}, {"hx-request": "true"}):
        text = page.get(address(plan, "why", item=item.pk), headers=headers).content.decode()
        assert reason["rule"] in text
        assert "desconocido, nunca" in text
        assert str(reason["line"]) in text


def test_why_speaks_to_doctor_patient_and_auditor_and_names_what_was_near(page, doctor):
    plan = drafted(clinic.a_dyspeptic_woman())
    item = plan.items.filter(kind="rx", state="held").first() or plan.items.filter(state="held").first()
    text = page.get(address(plan, "why", item=item.pk)).content.decode()
    assert "Qué lo liberaría" in text
    assert "lo más cercano" in text
    assert all(name in text for name in ("voice-doctor", "voice-patient", "voice-auditor"))
    assert "no se ha preguntado" in text
    User.objects.filter(pk=doctor.pk).update(language="en")
    text = page.get(address(plan, "why", item=item.pk)).content.decode()
    assert "What would free it" in text
    assert "not asked" in text
    assert "no se ha preguntado" not in text


def test_what_the_patient_will_read_is_only_what_was_accepted(page):
    plan = drafted(clinic.a_dyspeptic_woman())
    item = plan.items.filter(kind="test").first()
    title = item.content["patient_text"].get("es") or item.content["title"]["es"]
    assert title not in page.get(address(plan, "patient_text")).content.decode()
    page.post(address(plan, "decide", item=item.pk), {"decision": "accepted", "was": "pending"})
    assert title in page.get(address(plan, "patient_text")).content.decode()


def test_the_page_asks_the_database_no_more_for_more_items(page, django_assert_max_num_queries):
    small, large = a_plan(a_patient(), ppi()), a_plan(a_patient(), *[ppi(code=f"rx:item_{n}") for n in range(40)])
    page.get(address(small))
    with django_assert_max_num_queries(45) as counted:
        page.get(address(small))
    with django_assert_max_num_queries(len(counted)):
        page.get(address(large))


@pytest.mark.parametrize(("items", "drawn"), [(24, True), (25, False)])
def test_a_plan_too_long_to_draw_every_item_in_the_bar_says_how_many(page, items, drawn):
    plan = a_plan(a_patient(), *(content(f"advice:number_{n}") for n in range(items)))
    text = page.get(address(plan)).content.decode()
    assert ('class="ticks"' in text) is drawn
    assert f"{items} propuesto" in text


def test_another_patient_of_the_same_name_is_warned_of(page):
    same = {"given_name": "Marina", "family_name": "Ortega Rey", "birth_date": this_day(), "sex": "female"}
    twins = [patients.register(actor=None, **same) for _n in range(2)]
    text = page.get(address(a_plan(twins[0]))).content.decode()
    assert "Mismo nombre" in text
    assert twins[1].record_number in text
    assert "Mismo nombre" not in page.get(address(a_plan(a_patient("Irene", "Gil")))).content.decode()


def test_an_allergy_is_called_by_its_name_at_the_top_as_on_the_page_of_the_patient(page):
    plan = drafted(clinic.a_dyspeptic_woman())
    an_allergy(plan.patient)
    top = page.get(address(plan)).content.decode().partition("</header>")[0]
    assert "Alergia: Penicilinas (sin confirmar)" in top
    assert "ronchas" not in top


@pytest.mark.parametrize(("status", "words"), [("discarded", "Un plan más nuevo"), ("draft", "")])
def test_only_a_draft_is_stopped_by_what_is_not_checked_and_a_plan_put_aside_leads_to_the_one_that_counts(
    page, status, words
):
    plan = drafted(clinic.a_dyspeptic_woman())
    Plan.objects.filter(pk=plan.pk).update(status=status)
    if status == "discarded":
        a_plan(plan.patient)
    clinic.lab(plan.patient, "hb", 9.1, "g/dL")
    text = page.get(address(plan)).content.decode()
    assert ("comprobar los datos" in text) == (status == "draft")
    assert words in text

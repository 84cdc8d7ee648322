"""What to ask next, values near a threshold and what would change an item, as a doctor finds them beside a plan."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_user, item_of, this_day
from webapp.accounts.models import User
from webapp.audit.models import Entry
from webapp.plans.assessment import assess
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db
BESIDE = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


def drafted(*labs):
    patient = clinic.a_dyspeptic_woman()
    for code, value, unit in labs:
        clinic.lab(patient, code, value, unit)
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    return Plan.objects.get(patient=patient, status="draft")


def text_of(user, plan, name="outlook", language="en", headers=BESIDE, **more):
    User.objects.filter(pk=user.pk).update(language=language)
    client = Client()
    client.force_login(user)
    address = reverse(f"plans:{name}", kwargs={"pk": plan.pk, **more})
    return client.get(address, headers={**headers, "Accept-Language": language}).content.decode()


def test_the_page_asks_for_what_to_ask_next_once_it_stands_and_names_the_address_without_scripts():
    plan = drafted()
    page, address = text_of(a_doctor(), plan, "review", headers={}), reverse("plans:outlook", kwargs={"pk": plan.pk})
    assert f'hx-get="{address}"' in page
    assert f'<a href="{address}">' in page
    assert "Nothing else you ask" not in page


@pytest.mark.parametrize(("language", "words"), [("en", "Ask next"), ("es", "Qué preguntar")])
def test_the_first_questions_stand_in_order_with_what_they_bear_on_and_are_answered_at_once(language, words):
    plan, doctor = drafted(), a_doctor()
    text = text_of(doctor, plan, language=language)
    assert words in text
    assert text.count(f'hx-post="{reverse("plans:answer", kwargs={"pk": plan.pk})}"') >= 1
    assert 'name="value" value="yes"' in text
    assert Entry.objects.filter(verb="plan.explained", patient_id=plan.patient_id).exists()


def test_who_does_not_sign_reads_the_questions_and_answers_none():
    text = text_of(a_user("dietitian"), drafted())
    assert "Ask next" in text
    assert "<form" not in text


def test_a_value_near_a_threshold_says_so_beside_itself_and_names_what_would_change():
    plan = drafted(("hb", 121, "g/L"))
    text = text_of(a_doctor(), plan)
    assert "Near a threshold" in text
    assert f'id="near-{plan.evaluation_id}-hb"' in text
    assert "hx-swap-oob" in text
    assert f'id="near-{plan.evaluation_id}-hb"' in text_of(a_doctor(), plan, "review", headers={})
    assert "Near a threshold" not in text_of(a_doctor(), drafted(("hb", 145, "g/L")))


def test_it_is_a_page_of_its_own_without_scripts():
    plan = drafted(("hb", 121, "g/L"))
    text = text_of(a_doctor(), plan, headers={})
    assert "<html" in text
    assert reverse("plans:review", kwargs={"pk": plan.pk}) in text
    assert "hx-swap-oob" not in text


def test_why_says_what_would_change_the_item_and_what_can_still_be_asked():
    plan = drafted()
    item = item_of(plan, "test:h_pylori_ubt_or_sat")
    text = text_of(a_doctor(), plan, "why", item=item.pk)
    assert "What would change it" in text
    assert "it leaves the plan" in text
    assert ("Ask next" in text) != ("Nothing else you ask can change it." in text)


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", "Nothing else you ask can change it."), ("es", "Nada más que pregunte puede cambiarlo.")],
)
def test_where_no_answer_can_change_an_item_the_page_of_its_reasons_says_so(language, words):
    """Sample s08: elastase of a watery sample is repeated whatever else is asked."""
    patient = clinic.a_patient(birth_date=clinic.years_ago(29))
    clinic.nothing(patient, "allergies", "medications", "history", "family_history")
    clinic.says(patient, chronic_diarrhoea=True, pregnant=False)
    clinic.lab(patient, "faecal_elastase", 80, "ug/g")
    clinic.lab(patient, "stool_sample_form", "watery", "category")
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    plan, doctor = Plan.objects.get(patient=patient, status="draft"), a_doctor()
    settled = item_of(plan, "test:repeat_elastase_formed_stool")
    assert words in text_of(doctor, plan, "why", language, item=settled.pk)
    waiting = next(item for item in plan.items.all() if item.state == "held")
    assert words not in text_of(doctor, plan, "why", language, item=waiting.pk)


def test_what_was_answered_is_not_asked_again_though_no_line_of_the_plan_changed():
    plan, doctor = drafted(), a_doctor()
    asked = re.search(r'name="fact" value="(\w+)"', text_of(doctor, plan))[1]
    clinic.says(plan.patient, **{asked: False})
    assess(patient_id=plan.patient_id, because="questionnaire", today=this_day())
    draft = Plan.objects.get(patient=plan.patient, status="draft")
    again = text_of(doctor, draft)
    assert f'name="fact" value="{asked}"' not in again
    beside = re.search(r'id="outlook-([0-9a-f-]+)"', text_of(doctor, draft, "review", headers={}))[1]
    assert f'id="outlook-{beside}"' in again, "what comes takes the place that waits for it"
    assert "hx-preserve" not in again, "the place that waits would be kept instead of it"

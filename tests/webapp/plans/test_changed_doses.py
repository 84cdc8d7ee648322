"""A dose changed by hand goes through the engine: what it finds is shown before it is saved, and taken in writing."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, a_plan, a_user, item_of, ppi, this_day
from webapp.plans.assessment import assess
from webapp.plans.models import Plan, PlanItem, RuleEvent

pytestmark = pytest.mark.django_db
PPI = "rx:ppi_standard_od_8w"
IN_WRITING = {"reason": "risk_accepted", "note": "Esofagitis grave conocida"}
SCRIPT = {"hx-request": "true"}


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


def with_heartburn(**more):
    patient = clinic.a_dyspeptic_woman()
    clinic.says(
        patient, heartburn_days=6, regurgitation_days=5, pregnant=False, breastfeeding=False, chest_pain=False, **more
    )
    return patient


def drafted(patient=None):
    patient = patient or with_heartburn()
    assess(patient_id=patient.pk, because="answer", today=this_day())
    return Plan.objects.get(patient=patient, status="draft")


def form(dose, often="once daily", **more):
    return {"decision": "edited", "was": "pending", "dose-0": dose, "frequency-0": often, **more}


def send(page, plan, dose, often="once daily", name="decide", **more):
    """Send the form of the medicine; return what the page says."""
    item = item_of(plan, PPI)
    address = reverse(f"plans:{name}", kwargs={"pk": plan.pk, "item": item.pk})
    return page.post(address, form(dose, often, **more), headers=SCRIPT).content.decode()


def ppi_of(plan):
    return item_of(plan, PPI)


def test_a_clear_dose_is_saved_with_its_sum_and_what_the_engine_said(page):
    plan = drafted()
    assert ppi_of(plan).state == "proposed"
    send(page, plan, "40 mg")
    item = ppi_of(plan)
    assert (item.decision, item.final["doses"][0]["dose"], item.final["doses"][0]["daily"]) == ("edited", "40 mg", "40")
    assert item.final["state"] == "proposed"


def test_the_form_speaks_the_reader_s_language_and_keeps_what_was_not_changed(page):
    plan = drafted()
    text = page.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    assert 'name="frequency-0" value="1 al día"' in text
    send(page, plan, "40 mg", "1 al día")
    assert ppi_of(plan).final["doses"][0]["frequency"] == "once daily"
    assert ppi_of(plan).final["doses"][0]["daily"] == "40"


def test_what_the_engine_makes_of_a_dose_is_shown_before_it_is_saved(page):
    plan = drafted()
    clear = send(page, plan, "40 mg", name="try_doses")
    assert "Omeprazol: 40\xa0mg al día, de un máximo de 120\xa0mg" in clear
    assert "no encuentra nada en contra" in clear
    above = send(page, plan, "100 mg", "twice daily", name="try_doses")
    assert "El motor bloquea esta dosis" in above
    assert "Por encima del máximo diario" in above
    assert "Escriba la dosis como número y unidad" in send(page, plan, "veinte", name="try_doses")
    assert send(page, plan, "20 mg", name="try_doses").strip() == ""
    assert ppi_of(plan).decision == "pending"


@pytest.mark.parametrize("written", [{}, {"reason": "risk_accepted"}, {**IN_WRITING, "note": "sí"}])
def test_above_the_maximum_nothing_is_saved_without_a_reason_in_words(page, written):
    plan = drafted()
    text = send(page, plan, "100 mg", "twice daily", **written)
    assert ppi_of(plan).decision == "pending"
    assert "Por encima del máximo diario" in text
    assert 'value="100 mg"' in text  # nothing typed is lost
    assert '<details class="act" open>' in text


def test_a_dose_above_the_maximum_is_taken_in_writing_and_counts_as_overridden(page, doctor):
    plan = drafted()
    send(page, plan, "100 mg", "twice daily", **IN_WRITING)
    item = ppi_of(plan)
    assert (item.decision, item.final["state"], item.reason_code) == ("edited", "blocked", "risk_accepted")
    assert RuleEvent.objects.filter(item=item, what="overridden").exists()
    text = page.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    assert "Por encima del máximo diario" in text
    assert IN_WRITING["note"] in text


@pytest.mark.parametrize(
    ("dose", "often", "said"),
    [("veinte", "once daily", "número y unidad"), ("0 mg", "once daily", "número y unidad"),
     ("20 mg iv", "once daily", "la vía no cambia"), ("20 mg", "a veces", "Escriba cada cuánto"),
     ("20 mL", "once daily", "El motor retiene esta dosis"), ("160 mg", "weekly", "Una sola toma")],
)  # fmt: skip
def test_words_units_and_rare_doses_that_make_no_sense_are_not_saved(page, dose, often, said):
    plan = drafted()
    assert said in send(page, plan, dose, often)
    assert ppi_of(plan).decision == "pending"


def test_without_a_script_the_verdict_stands_on_the_page(page):
    plan = drafted()
    address = reverse("plans:decide", kwargs={"pk": plan.pk, "item": ppi_of(plan).pk})
    answer = page.post(address, form("100 mg", "twice daily"))
    assert answer.status_code == 200
    assert "El motor bloquea esta dosis" in answer.content.decode()


def test_a_dose_the_engine_cannot_check_is_not_saved(page):
    plan = a_plan(a_patient(), ppi())
    assert "no se ha podido comprobar" in send(page, plan, "40 mg")
    assert ppi_of(plan).decision == "pending"
    send(page, plan, "20 mg", **{"days-0": "28"})  # no amount changes: nothing to check
    assert ppi_of(plan).final["doses"][0]["duration_days"] == 28


def test_a_changed_dose_is_kept_on_newer_facts_until_the_engine_sees_it_otherwise(page):
    patient = with_heartburn()
    plan = drafted(patient)
    send(page, plan, "40 mg")
    clinic.lab(patient, "h_pylori_stool_antigen", "negative", "qualitative")
    kept = ppi_of(drafted(patient))
    assert (kept.plan_id != plan.pk, kept.decision, kept.final["doses"][0]["dose"]) == (True, "edited", "40 mg")
    too_much = kept.final | {"doses": [kept.final["doses"][0] | {"dose": "200 mg"}]}  # found clear under other words
    PlanItem.objects.filter(pk=kept.pk).update(final=too_much)
    clinic.says(patient, duration_weeks=10)
    assert ppi_of(drafted(patient)).decision == "pending"


def test_the_same_ingredient_is_not_added_beside_it_without_a_reason(page):
    plan = drafted()
    send(page, plan, "40 mg", "twice daily")
    add, more = reverse("plans:add", kwargs={"pk": plan.pk}), {"dose": "20 mg", "frequency": "once daily"}
    text = page.post(add, {"code": "rx:omeprazole", **more}).content.decode()
    assert "Omeprazol está también en" in text
    assert item_of(plan, "rx:omeprazole") is None
    page.post(add, {"code": "rx:omeprazole", **more, **IN_WRITING})
    assert item_of(plan, "rx:omeprazole").state == "held"


@pytest.mark.parametrize("role", ["dietitian", "front_desk", "patient"])
def test_only_a_doctor_tries_a_dose(role):
    plan, client = drafted(), Client()
    client.force_login(a_user(role))
    address = reverse("plans:try_doses", kwargs={"pk": plan.pk, "item": ppi_of(plan).pk})
    assert client.post(address, form("40 mg")).status_code == 404

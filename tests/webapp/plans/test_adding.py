"""A medicine added by hand is checked like the engine's own: what forbids it, what is missing, what it brings."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, item_of, this_day
from webapp.patients import services as patients
from webapp.plans.assessment import assess
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db
AMOXICILLIN = {"code": "rx:amoxicillin", "dose": "1 g", "frequency": "twice daily", "days": "10"}
DOXYCYCLINE = {"code": "rx:doxycycline", "dose": "100 mg", "frequency": "twice daily", "days": "10"}
METRONIDAZOLE = {"code": "rx:metronidazole", "dose": "500 mg", "frequency": "three times daily", "days": "10"}
OMEPRAZOLE = {"code": "rx:omeprazole", "dose": "20 mg", "frequency": "once daily"}
IN_WRITING = {"reason": "risk_accepted", "note": "Desensibilizada en 2024"}


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


def add(page, plan, form):
    """Send the form; return what the page says, empty once the item is in the plan."""
    answer = page.post(reverse("plans:add", kwargs={"pk": plan.pk}), form)
    return answer.content.decode() if answer.status_code == 200 else ""


def with_allergy(text="Augmentine", code="augmentine"):
    patient = clinic.a_dyspeptic_woman()
    patients.add_allergy(patient=patient, code=code, text=text, actor=None)
    return patient


def test_a_clear_medicine_joins_the_plan_with_its_dose(page):
    plan = drafted(clinic.on_warfarin())
    assert add(page, plan, {**METRONIDAZOLE, "dose": "quinientos"}) != ""
    plan = drafted(clinic.a_dyspeptic_woman())
    says = add(page, plan, OMEPRAZOLE)
    item = item_of(plan, "rx:omeprazole")
    assert item is not None, says
    assert (item.state, item.decision, item.final["doses"][0]["daily"]) == ("proposed", "added", "20")


def test_an_allergy_by_brand_blocks_until_it_is_justified_in_writing(page):
    plan = drafted(with_allergy())
    says = add(page, plan, AMOXICILLIN)
    assert "Bloqueado" in says
    assert "Alergia registrada" in says
    assert "Añadir de todos modos" in says
    assert item_of(plan, "rx:amoxicillin") is None
    assert add(page, plan, {**AMOXICILLIN, "note": "sin motivo elegido"}) != ""
    assert add(page, plan, {**AMOXICILLIN, **IN_WRITING}) == ""
    item = item_of(plan, "rx:amoxicillin")
    assert (item.state, item.reason_code, item.note) == ("blocked", "risk_accepted", IN_WRITING["note"])


def test_no_blocked_addition_without_words_even_past_the_page(page):
    plan = drafted(with_allergy())
    add(page, plan, {**AMOXICILLIN, **IN_WRITING})
    with pytest.raises(IntegrityError), transaction.atomic():
        plan.items.filter(pk=item_of(plan, "rx:amoxicillin").pk).update(note=None)


def test_an_unknown_pregnancy_holds_and_says_what_is_missing(page):
    plan = drafted(clinic.a_dyspeptic_woman())
    says = add(page, plan, DOXYCYCLINE)
    assert "Retenido" in says
    assert "embaraz" in says
    assert item_of(plan, "rx:doxycycline") is None


def test_what_meets_warfarin_comes_with_its_alert_and_leaves_with_it(page):
    plan = drafted(clinic.on_warfarin())
    before = set(plan.items.values_list("code", flat=True))
    form = {"code": "rx:levofloxacin", "dose": "500 mg", "frequency": "once daily", "days": "10"}
    says = add(page, plan, {**form, **IN_WRITING})
    item = item_of(plan, "rx:levofloxacin")
    assert item is not None, says
    assert any("warfarin" in one["subject"] or "vitamin_k" in one["subject"] for one in item.content["safety"])
    along = set(plan.items.values_list("code", flat=True)) - before - {"rx:levofloxacin"}
    page.post(reverse("plans:undecide", kwargs={"pk": plan.pk, "item": item.pk}))
    assert set(plan.items.values_list("code", flat=True)) == before
    assert all(code.partition(":")[0] in {"alert", "test", "plan", "fu", "advice"} for code in along)


def test_an_addition_that_newer_facts_forbid_waits_for_a_new_decision(page, doctor):
    patient = clinic.a_dyspeptic_woman()
    plan = drafted(patient)
    clinic.says(patient, pregnant=False, breastfeeding=False)
    plan = drafted(patient)
    assert add(page, plan, {**AMOXICILLIN, **IN_WRITING}) == ""
    patients.add_allergy(patient=patient, code="augmentine", text="Augmentine", actor=None)
    newer = drafted(patient)
    assert newer.pk != plan.pk
    item = item_of(newer, "rx:amoxicillin")
    assert (item.state, item.decision) == ("blocked", "pending")


def test_an_addition_is_checked_against_facts_that_changed_nothing_else(page):
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, pregnant=False, breastfeeding=False)
    plan = drafted(patient)
    patients.add_allergy(patient=patient, code="augmentine", text="Augmentine", actor=None)
    assert drafted(patient).pk == plan.pk
    drafted(clinic.a_dyspeptic_woman())  # the newest facts of all are somebody else's
    assert "Alergia registrada" in add(page, plan, AMOXICILLIN)


def test_an_addition_that_nothing_speaks_against_stays_added(page):
    patient = clinic.a_dyspeptic_woman()
    plan = drafted(patient)
    add(page, plan, {**OMEPRAZOLE, **IN_WRITING})
    clinic.lab(patient, "h_pylori_stool_antigen", "negative", "qualitative")
    newer = drafted(patient)
    assert item_of(newer, "rx:omeprazole").decision == "added"
    clinic.says(patient, heartburn_days=6)  # now a rule gives the same medicine: twice would be too much
    assert item_of(drafted(patient), "rx:omeprazole").decision == "pending"

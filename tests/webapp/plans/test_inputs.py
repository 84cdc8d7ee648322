"""The left column: what speaks, what disagrees, and what is folded away as normal."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_user, this_day
from webapp.patients import services as patients
from webapp.plans import reviewing
from webapp.plans.assessment import assess
from webapp.plans.models import Plan

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def library():
    clinic.publish()


@pytest.fixture
def doctor():
    return a_doctor()


def column(patient, doctor):
    assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    plan = Plan.objects.get(patient=patient, status="draft")
    return plan, reviewing.page_of(doctor, plan, language="es", today=this_day()).inputs


def names(inputs):
    return {one.name for one in inputs}


def test_a_normal_laboratory_value_is_folded_and_a_deciding_one_is_shown(doctor):
    patient = clinic.on_warfarin()
    clinic.lab(patient, "hb", 14.5, "g/dL")
    _plan, shown = column(patient, doctor)
    assert "hb" in names(shown.rest)
    assert "h_pylori_stool_antigen" in names(shown.decisive)


def test_a_positive_answer_is_shown_and_a_negative_one_is_folded(doctor):
    _plan, shown = column(clinic.a_dyspeptic_woman(), doctor)
    assert "dyspepsia" in names(shown.decisive)
    assert {"dysphagia", "vomiting", "weight_loss"} <= names(shown.rest)


def test_two_sources_that_disagree_are_both_shown_and_neither_is_chosen(doctor):
    patient = clinic.on_warfarin()
    clinic.says(patient, drug_allergies_declared=True)  # and somebody recorded that there are none
    plan, shown = column(patient, doctor)
    client = Client()
    client.force_login(doctor)
    text = client.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    assert shown.conflicts
    assert all(len(one.sides) == 2 and all(value and origin for value, origin in one.sides) for one in shown.conflicts)
    assert "Fuentes que no coinciden" in text
    assert [value for value, _origin in shown.conflicts[0].sides] == ["sí", "ninguna"]


def test_without_a_disagreement_nothing_is_said_of_one(doctor):
    _plan, shown = column(clinic.a_dyspeptic_woman(), doctor)
    assert shown.conflicts == []


def test_what_the_clinic_answered_for_a_patient_says_who_and_what_the_patient_answered_does_not(doctor):
    patient, dietitian = clinic.a_dyspeptic_woman(), a_user("dietitian", "Nuria Soler")
    row = patients.Reading("regurgitation_days", 3, clinic.noon(), "questionnaire")
    lab = patients.Reading("hb", 14.5, clinic.noon(), "lab", "g/dL")
    patients.record_observations(patient=patient, rows=[row, lab], actor=dietitian)
    plan, shown = column(patient, doctor)
    said = {one.name: one.filled_in_by for one in [*shown.decisive, *shown.rest]}
    assert said["regurgitation_days"] == "Nuria Soler"
    assert (said["dyspepsia"], said["hb"]) == ("", "")
    client = Client()
    client.force_login(doctor)
    text = client.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    assert text.count("rellenado por Nuria Soler") == 1


def test_what_was_read_in_the_patients_words_is_shown_as_not_confirmed(doctor):
    patient = clinic.a_dyspeptic_woman()
    clinic.says(patient, other="Se me atasca la comida y tomo Sintrom")
    plan, shown = column(patient, doctor)
    [quote] = [one for one in shown.quotes if "Sintrom" in one.text]
    assert "Disfagia" in quote.read
    assert any("Sintrom" in words for words in quote.read)
    client = Client()
    client.force_login(doctor)
    text = client.get(reverse("plans:review", kwargs={"pk": plan.pk})).content.decode()
    assert "Se lee aquí, sin confirmar:" in text
    assert "Solo lo escribe el paciente, sin confirmar:" in text

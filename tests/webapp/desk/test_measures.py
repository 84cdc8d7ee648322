"""Measurements: in the right unit or asked about, set right with the old value kept, their course in words."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.desk.clinic import address, browser, words
from tests.webapp.people import a_patient
from tests.webapp.plans.clinic import publish
from webapp.desk import measures
from webapp.patients import selectors as people
from webapp.patients import services as patients
from webapp.patients.models import Observation

pytestmark = pytest.mark.django_db


def measured(patient, value, days_ago=0, code="hb", unit="g/L"):
    at = timezone.now() - timedelta(days=days_ago)
    [row] = patients.record_observations(
        patient=patient, rows=[patients.Reading(code, value, at, Observation.Origin.LAB, unit)], actor=None
    )
    return row


def the_page(patient, row):
    return address("measure", patient, measure=row.pk)


def test_a_value_stands_with_unit_day_origin_and_its_course_in_words():
    patient = a_patient()
    measured(patient, 120, days_ago=90)
    measured(patient, 131)
    page = words(browser().get(address("patient", patient)))
    for told in ("131", "g/L", "Laboratorio", "de 120 a 131 desde el"):
        assert told in page


def test_a_correction_keeps_the_wrong_value_in_the_history():
    patient, client = a_patient(), browser()
    row = measured(patient, 13)
    client.post(the_page(patient, row), {"act": "correct", "value": "131", "unit": "g/L"})
    newest = Observation.objects.get(supersedes=row)
    page = words(client.get(the_page(patient, newest)))
    assert newest.value == 131
    assert "<del>13" in page
    assert client.user.display_name in page


def test_one_of_some_words_is_corrected_by_choosing_another():
    publish()
    patient, client = a_patient(), browser()
    row = measured(patient, "negative", code="h_pylori_stool_antigen", unit="qualitative")
    page = words(client.get(the_page(patient, row)))
    assert '<option value="negative" selected>Negativo</option>' in page
    assert 'name="unit"' not in page
    for wrong in ("Quizá", ""):
        assert client.post(the_page(patient, row), {"act": "correct", "value": wrong}).status_code == 422
    client.post(the_page(patient, row), {"act": "correct", "value": "positive"})
    newest = Observation.objects.get(supersedes=row)
    assert (newest.value, newest.unit) == ("positive", "qualitative")


def test_of_two_who_correct_a_value_the_second_keeps_what_was_typed():
    patient, client = a_patient(), browser()
    row = measured(patient, 13)
    patients.correct_observation(observation=row, value=131, actor=None)
    late = client.post(the_page(patient, row), {"act": "correct", "value": "130", "unit": "g/L"})
    assert late.status_code == 409
    assert 'value="130"' in words(late)
    assert Observation.objects.count() == 2


def test_a_value_taken_back_counts_no_more_and_the_one_before_stands_again():
    patient, client = a_patient(), browser()
    measured(patient, 120, days_ago=9)
    wrong = measured(patient, 999)
    client.post(the_page(patient, wrong), {"act": "error", "error-reason": "typing"})
    page = words(client.get(address("patient", patient)))
    assert "120" in page
    assert not re.search(r"\b999\b", page)  # ids hold such digits too


@pytest.mark.parametrize("value", ["muchos", "", "1e999", "NaN", "9" * 40])
def test_a_value_that_is_no_number_is_refused_at_its_field(value):
    patient = a_patient()
    row = measured(patient, 120)
    answer = browser().post(the_page(patient, row), {"act": "correct", "value": value, "unit": "g/L"})
    assert answer.status_code == 422
    assert Observation.objects.count() == 1


@pytest.mark.parametrize(
    ("reason", "stands"), [("typing", 120), ("other_patient", 120), ("not_so", None), ("twice", None)]
)
def test_of_a_wrong_correction_the_value_before_it_stands_again_unless_the_matter_itself_was_wrong(reason, stands):
    patient, client = a_patient(), browser()
    first = measured(patient, 120)
    row = patients.correct_observation(observation=first, value=12, actor=client.user)
    answer = client.post(the_page(patient, row), {"act": "error", "error-reason": reason}, follow=True)
    now = people.current_observations(patient).get("hb")
    assert (now.value if now else None) == stands
    assert ("Vuelve a valer" in words(answer)) == (stands is not None)
    assert Observation.objects.filter(patient=patient).count() == (4 if stands else 3)


def test_a_confirmed_value_marked_as_a_slip_does_not_come_back_unconfirmed():
    patient, client = a_patient(), browser()
    row = patients.confirm_observation(observation=measured(patient, 120), actor=client.user)
    client.post(the_page(patient, row), {"act": "error", "error-reason": "typing"})
    assert people.current_observations(patient) == {}


@pytest.mark.parametrize("name", ["Nivel de humor", "Edad", "sex", "pregnant"])
def test_what_is_not_measured_is_not_taken_for_a_measurement(name):
    patient = a_patient()
    given = {"code": name, "value": "3", "unit": "", "effective_on": timezone.localdate(), "origin": "lab"}
    answer = browser().post(address("measure_add", patient), given)
    assert answer.status_code == 422
    assert "Elija uno de la lista" in words(answer)


def test_one_value_has_no_course_and_neither_have_words_or_other_units():
    patient = a_patient()
    assert measures.spark_of([measured(patient, 1)]) is None
    assert measures.spark_of([measured(patient, "positive"), measured(patient, "negative")]) is None
    assert measures.spark_of([measured(patient, 12, unit="g/dL"), measured(patient, 120, unit="g/L")]) is None


@pytest.mark.parametrize("role", ["front_desk", "administrator", "director", "patient"])
def test_nobody_but_clinicians_opens_a_measurement(role):
    patient = a_patient()
    row, client = measured(patient, 120), browser(role)
    assert client.get(the_page(patient, row)).status_code == 404
    assert client.get(address("measure_add", patient)).status_code == 404


def test_another_patients_value_is_not_found_under_this_one():
    row = measured(a_patient(), 120)
    assert browser().get(the_page(a_patient(), row)).status_code == 404

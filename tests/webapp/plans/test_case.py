"""The record as the engine reads it: dated, silent about what nobody said, and never losing a word it cannot code."""

import json
from datetime import timedelta

import pytest

from tests.webapp.people import a_patient_with_login
from tests.webapp.plans import clinic
from tests.webapp.plans.factories import a_doctor, a_patient, this_day
from webapp.alerts.models import Alert
from webapp.patients import services as patients
from webapp.plans import case as cases
from webapp.plans.assessment import assess

pytestmark = pytest.mark.django_db


def test_a_list_is_empty_only_where_a_person_said_so():
    patient = a_patient()
    assert cases.build(patient, this_day())["allergies"] is None
    clinic.nothing(patient, "allergies")
    assert cases.build(patient, this_day())["allergies"] == []


def test_words_that_no_code_fits_are_passed_on():
    patient = a_patient()
    patients.add_medication(patient=patient, code="", text="unas pastillas azules", actor=None)
    entry = cases.build(patient, this_day())["medications"][0]
    assert entry == {"drug": None, "text": "unas pastillas azules", "dose": None}


def test_values_carry_their_day_and_unit():
    patient = a_patient()
    clinic.lab(patient, "hb", 131, "g/L")
    clinic.says(patient, dyspepsia=True)
    case = cases.build(patient, this_day())
    assert case["labs"] == [{"name": "hb", "value": 131, "unit": "g/L", "date": this_day().isoformat()}]
    assert case["questionnaire"] == {"dyspepsia": {"value": True, "date": this_day().isoformat()}}


def test_the_newest_value_counts_and_what_comes_later_does_not_exist_yet():
    patient = a_patient()
    for days, value in ((3, 2), (1, 5)):
        when = clinic.noon() - timedelta(days=days)
        row = patients.Reading("heartburn_days", value, when, "questionnaire")
        patients.record_observations(patient=patient, rows=[row], actor=None)
    assert cases.build(patient, this_day())["questionnaire"]["heartburn_days"]["value"] == 5
    before = cases.build(patient, this_day() - timedelta(days=2))
    day = this_day() - timedelta(days=3)
    assert before["questionnaire"]["heartburn_days"] == {"value": 2, "date": day.isoformat()}


def test_days_of_the_diary_that_nobody_filled_in_stay_empty():
    patient = a_patient()
    rows = [
        patients.Reading("diary_pain", 6, clinic.noon() - timedelta(days=2), "diary"),
        patients.Reading("diary_stools", [], clinic.noon(), "diary"),
        patients.Reading("diary_pain", 9, clinic.noon() - timedelta(days=20), "diary"),
    ]
    patients.record_observations(patient=patient, rows=rows, actor=None)
    diary = cases.build(patient, this_day())["diary"]
    assert diary["pain_0_10"] == [None] * 11 + [6, None, None]
    assert diary["stools_bristol"] == [None] * 13 + [[]]
    assert diary["heartburn_0_10"] is None


def test_a_sex_the_engine_has_no_word_for_is_unknown():
    assert cases.build(a_patient(sex="other"), this_day())["patient"]["sex"] is None


def test_without_published_protocols_nothing_is_proposed_and_somebody_is_told():
    patient = a_patient()
    evaluation = assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    assert (evaluation.status, evaluation.error) == ("failed", "no_release")
    assert Alert.objects.get().rule == "not_assessed"


def test_codes_the_library_does_not_know_are_words_and_not_a_refusal():
    clinic.publish()
    patient = a_patient()
    patients.add_condition(patient=patient, code="rare_disease_of_2031", actor=None)
    patients.add_medication(patient=patient, code="newdrug", text="Nuevofármaco", actor=None)
    clinic.says(patient, question_of_another_day=True)
    evaluation = assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    assert evaluation.status == "ok"
    assert evaluation.case["medications"][0] == {"drug": None, "text": "Nuevofármaco", "dose": None}
    assert "question_of_another_day" not in evaluation.case["questionnaire"]


def test_what_a_patient_writes_is_read_and_raises_the_alarm():
    clinic.publish()
    patient = a_patient()
    clinic.says(patient, dysphagia=False, other="Se me atasca la comida y tomo Sintrom")
    assert cases.build(patient, this_day())["free_text"] == {"other": "Se me atasca la comida y tomo Sintrom"}
    evaluation = assess(patient_id=patient.pk, because="questionnaire", today=this_day())
    result = json.loads(evaluation.result)
    assert {"dysphagia", "medication"} <= set(result["unconfirmed"])
    assert [each["fact"] for each in result["conflicts"]] == ["dysphagia"]


@pytest.mark.parametrize(("hours", "by_clinic", "decided"), [(1, True, ["dysphagia"]), (1, False, []), (-1, True, [])])
def test_an_answer_of_the_clinic_after_the_words_of_the_patient_decides(hours, by_clinic, decided):
    patient = a_patient()
    clinic.says(patient, other="Se me atasca la comida")
    row = patients.Reading("dysphagia", False, clinic.noon() + timedelta(hours=hours), "questionnaire")
    patients.record_observations(patient=patient, rows=[row], actor=a_doctor() if by_clinic else None)
    assert cases.build(patient, this_day())["decided"] == decided


def test_what_patients_answer_after_their_own_words_decides_nothing():
    patient = a_patient_with_login()
    clinic.says(patient, other="Se me atasca la comida")
    row = patients.Reading("dysphagia", False, clinic.noon() + timedelta(hours=1), "questionnaire")
    patients.record_observations(patient=patient, rows=[row], actor=patient.user)
    assert cases.build(patient, this_day())["decided"] == []

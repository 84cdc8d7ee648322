"""What the record says of allergies, medicines and illnesses is what the engine is told, corrected or not."""

from datetime import date

import pytest

from tests.webapp.patients.lines import a_line
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login
from webapp.patients import services
from webapp.plans import case

pytestmark = pytest.mark.django_db
TODAY = date(2026, 6, 1)


def told(patient, section):
    """What the engine is told of a list: the codes of what stands in it, None where nothing is known."""
    entries = case.build(patient, TODAY)[section]
    named = [entry for entry in entries or () if entry.get("text") != "?"]  # whether that is all stands at the end
    return None if entries is None else [entry.get("drug") or entry.get("code") for entry in named]


def test_an_allergy_the_patient_reports_counts_before_anybody_confirms_it():
    marina, doctor = a_patient_with_login(), a_doctor()
    allergy = a_line("allergy", marina, marina.user)
    assert not allergy.is_confirmed
    assert told(marina, "allergies") == ["penicillins"]
    services.confirm(line=allergy, actor=doctor)
    assert told(marina, "allergies") == ["penicillins"]


def test_a_corrected_allergy_counts_as_corrected_and_once():
    patient, doctor = a_patient(), a_doctor()
    services.correct(line=a_line("allergy", patient, doctor), actor=doctor, code="latex", text="Látex")
    assert told(patient, "allergies") == ["latex"]


@pytest.mark.parametrize(
    ("kind", "section"),
    [
        ("allergy", "allergies"),
        ("medication", "medications"),
        ("condition", "history"),
        ("family_history", "family_history"),
    ],
)
def test_what_was_entered_in_error_is_not_told_and_does_not_become_none(kind, section):
    patient, doctor = a_patient(), a_doctor()
    services.enter_in_error(line=a_line(kind, patient, doctor), actor=doctor)
    assert told(patient, section) is None
    services.record_none(patient=patient, topic=section, actor=doctor)
    assert told(patient, section) == []


def test_a_closed_allergy_corrected_afterwards_does_not_come_back():
    patient, doctor = a_patient(), a_doctor()
    allergy = a_line("allergy", patient, doctor)
    services.close_allergy(allergy=allergy, actor=doctor)
    services.correct(line=allergy, actor=doctor, text="Ronchas en 2019; descartada")
    assert told(patient, "allergies") is None


def test_a_value_taken_back_is_not_told_and_the_one_before_is():
    patient, doctor = a_patient(), a_doctor()
    rows = [
        services.Reading("weight_kg", value, patient.registered_at.replace(year=year), "vital", "kg")
        for value, year in ((64, 2024), (46, 2025))
    ]
    _older, newer = services.record_observations(patient=patient, rows=rows, actor=doctor)
    assert case.build(patient, TODAY)["patient"]["weight_kg"]["value"] == 46
    services.enter_observation_in_error(observation=newer, actor=doctor)
    assert case.build(patient, TODAY)["patient"]["weight_kg"]["value"] == 64

""" "I don't know" as a line of the record: who may write it, what it ends, and what clears it again."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.people import a_patient_with_login, a_user
from webapp.patients import selectors, services
from webapp.patients.models import UNKNOWN, Observation
from webapp.patients.services import NotAllowed, PatientError, Reading

pytestmark = pytest.mark.django_db


def told(patient, code, value, **more):
    given = {"origin": "questionnaire", "effective_at": timezone.now(), **more}
    return services.record_observations(patient=patient, rows=[Reading(code, value, **given)], actor=None)[0]


def test_an_unknown_measurement_is_refused_with_all_that_came_with_it():
    patient = a_patient_with_login()
    moment = timezone.now()
    rows = [Reading("hb", 130, moment, "lab", "g/L"), Reading("ferritin", UNKNOWN, moment, "lab", "ug/L")]
    with pytest.raises(PatientError):
        services.record_observations(patient=patient, rows=rows, actor=a_user("doctor"))
    assert not Observation.objects.exists()


def test_none_is_no_way_to_say_that_something_is_not_known():
    patient = a_patient_with_login()
    first = told(patient, "diary_pain", 7, origin="diary")
    with pytest.raises(PatientError):
        services.correct_observation(observation=first, value=None, actor=None)
    assert selectors.contents_of(patient).current["diary_pain"].value == 7


def test_who_may_not_write_may_not_write_that_either():
    patient = a_patient_with_login()
    first = told(patient, "diary_pain", 7, origin="diary")
    for role in ("front_desk", "director", "marketing"):
        with pytest.raises(NotAllowed):
            services.correct_observation(observation=first, value=UNKNOWN, actor=a_user(role))


def test_a_value_corrected_to_not_known_loses_its_unit_and_stays_readable():
    patient = a_patient_with_login()
    first = told(patient, "weight_kg", 61.5, unit="kg")
    made = services.correct_observation(observation=first, value=UNKNOWN, actor=None)
    assert (made.is_unknown, made.unit, made.supersedes) == (True, "", first)
    assert Observation.objects.filter(patient=patient).count() == 2


def test_a_measurement_older_than_the_doubt_counts_and_a_newer_value_too():
    patient = a_patient_with_login()
    told(patient, "weight_kg", 61.5, origin="vital", unit="kg", effective_at=timezone.now() - timedelta(days=9))
    told(patient, "weight_kg", 64, unit="kg", effective_at=timezone.now() - timedelta(days=5))
    told(patient, "weight_kg", UNKNOWN, effective_at=timezone.now() - timedelta(days=1))
    assert selectors.current_observations(patient)["weight_kg"].value == 61.5
    told(patient, "weight_kg", 63, unit="kg")
    assert selectors.current_observations(patient)["weight_kg"].value == 63


def test_doubt_about_a_list_ends_when_a_clinician_writes_in_it():
    patient = a_patient_with_login()
    services.record_none(patient=patient, topic="allergies", actor=None)
    told(patient, "allergies", UNKNOWN)
    record = selectors.contents_of(patient)
    assert ("allergies" in record.none, "allergies" in record.unsure) == (False, True)
    assert "allergies" not in record.current  # a word on a list is no value
    services.record_none(patient=patient, topic="allergies", actor=a_user("doctor"))
    record = selectors.contents_of(patient)
    assert ("allergies" in record.none, "allergies" in record.unsure) == (True, False)

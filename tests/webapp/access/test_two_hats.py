"""Somebody who works here and is a patient here too: under the hat of work, the own record is nobody's business."""

import pytest
from django.utils import timezone

from tests.webapp.people import a_patient_with_login, a_user, consented
from webapp.alerts import selectors as alerts
from webapp.alerts import services as alert_services
from webapp.base.roles import Role
from webapp.intake import selectors as intake
from webapp.patients import selectors as patients
from webapp.patients import services
from webapp.patients.models import Patient

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    """A patient who is also in marketing, and who has something to do."""
    patient = a_patient_with_login(user=a_user(Role.MARKETING, Role.PATIENT))
    consented(patient)
    alert_services.remind(patient.pk, "two-hats", "task_due", timezone.now())
    return patient


def wearing(patient, role):
    patient.user.active_role = role
    return patient.user


def sees(user, patient):
    """Return what of a patient somebody sees or may do, by name."""
    answers = {
        "identity": patients.patients_for(user).filter(pk=patient.pk).exists(),
        "own": patients.own_patient(user) == patient,
        "record": patients.may_read_record(user, patient),
        "questionnaires": intake.may_fill_in(user, patient),
        "reminders": alerts.to_do_for(user, timezone.now()).filter(patient=patient).exists(),
        "writing": is_written_by(user, patient),
    }
    return {name for name, answer in answers.items() if answer}


def is_written_by(user, patient):
    try:
        services.add_procedure(patient=patient, text="x", actor=user)
    except services.NotAllowed:
        return False
    return True


def test_under_the_hat_of_work_the_own_record_is_closed_and_as_a_patient_it_is_open(person):
    assert sees(wearing(person, Role.MARKETING), person) == set()
    assert sees(wearing(person, Role.PATIENT), person) == {
        "identity", "own", "record", "questionnaires", "reminders", "writing",
    }  # fmt: skip


def test_a_patient_sees_nothing_of_another_by_any_of_these_ways(person):
    other = a_patient_with_login()
    consented(other)
    alert_services.remind(other.pk, "another", "task_due", timezone.now())
    assert sees(wearing(person, Role.PATIENT), other) == set()
    with pytest.raises(Patient.DoesNotExist):
        patients.record_of(person.user, other)

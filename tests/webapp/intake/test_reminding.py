"""A diary that rests and a questionnaire that lies are asked about once, and no longer once they are sent."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, begun
from webapp.alerts.models import Reminder
from webapp.intake import reminding
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import services as patients

pytestmark = pytest.mark.django_db
NOW = timezone.now()


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


def a_page(patient, days_ago):
    """Leave a diary page of some days ago, as it was sent."""
    response = begun(patient)
    day = timezone.localdate(NOW) - timedelta(days=days_ago)
    QuestionnaireResponse.objects.filter(pk=response.pk).update(
        for_day=day, status="completed", completed_at=response.started_at, completed_by=patient.user
    )
    return response


def run(now=NOW):
    return reminding.remind(now)


def test_three_whole_days_without_a_page_are_asked_about_once():
    patient = a_respondent()
    a_page(patient, 10)
    a_page(patient, 4)
    assert run() == 1
    run(NOW + timedelta(hours=5))
    reminder = Reminder.objects.get()
    assert (reminder.patient_id, reminder.kind) == (patient.pk, "diary")


@pytest.mark.parametrize("days_ago", [0, 1, 3, 31])
def test_a_diary_of_late_or_long_given_up_is_not_asked_about(days_ago):
    a_page(a_respondent(), days_ago)
    assert run() == 0


def test_the_clinic_sets_after_how_many_days(settings):
    settings.REMIND_DIARY_AFTER_DAYS = 7
    a_page(a_respondent(), 5)
    assert run() == 0


def test_who_never_wrote_a_diary_is_not_asked_about_one():
    a_respondent()
    assert run() == 0


def test_the_next_gap_is_asked_about_again():
    patient = a_respondent()
    a_page(patient, 8)
    run(NOW - timedelta(days=3))
    a_page(patient, 4)
    assert run() == 1
    assert Reminder.objects.count() == 2


def test_a_questionnaire_begun_and_not_sent_leads_back_to_it():
    response = begun(a_respondent())
    assert run(NOW + timedelta(days=3)) == 1
    run(NOW + timedelta(days=4))
    reminder = Reminder.objects.get()
    assert reminder.path == f"/intake/{response.pk}/"
    assert reminder.questionnaire == response.questionnaire


@pytest.mark.parametrize("days", [1, 40])
def test_one_begun_yesterday_or_long_ago_is_not_asked_about(days):
    begun(a_respondent())
    assert run(NOW + timedelta(days=days)) == 0


def test_who_withdrew_the_consent_is_not_asked_anything():
    patient = a_respondent()
    begun(patient)
    patients.withdraw_consent(patient=patient, purpose="treatment", channel="portal", actor=patient.user)
    assert run(NOW + timedelta(days=3)) == 0


def test_many_patients_take_as_many_queries_as_few(django_assert_max_num_queries):
    for _ in range(5):
        begun(a_respondent())
    with django_assert_max_num_queries(7):
        assert run(NOW + timedelta(days=3)) == 5

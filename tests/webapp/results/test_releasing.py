"""When a patient reads a result: by the clinic's policy or a doctor's hand; what is critical by that hand alone."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from tests.webapp.results.sheets import a_policy, a_report, a_value, released, today
from webapp.alerts.models import Alert
from webapp.base.roles import Role
from webapp.desk import services as desk
from webapp.outbox.models import Message
from webapp.results import selectors, services
from webapp.results.models import ReferenceRange, Release

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("shelf")]


def seen_by(patient):
    return list(selectors.released_to(patient))


def low_potassium():
    return a_value("potassium", 2.1)


def test_where_the_clinic_decided_nothing_a_doctor_releases():
    patient = a_patient_with_login()
    one = a_report(patient)
    assert (one.state, one.due_at, seen_by(patient)) == ("waiting", None, [])
    assert seen_by(patient) == []
    released(one)
    assert seen_by(patient) == [one]


def test_a_released_result_is_seen_and_told_three_minutes_later_without_a_word_of_it():
    patient = a_patient_with_login()
    one = released(a_report(patient), seen=False)
    [message] = Message.objects.all()
    assert seen_by(patient) == []
    assert (message.template, message.due_at >= one.visible_at) == ("message_waiting", True)
    assert message.link.endswith("/portal/sheets/")


def test_it_is_taken_back_before_anybody_is_told():
    patient, doctor = a_patient_with_login(), a_doctor()
    one = released(a_report(patient), doctor, seen=False)
    services.take_back(report_id=one.pk, actor=doctor)
    assert Message.objects.get().state == "cancelled"
    assert [again.pk for again in selectors.waiting_for(doctor)] == [one.pk]
    released(Release.objects.get(pk=one.pk), doctor)
    assert Message.objects.exclude(state="cancelled").count() == 1


def test_at_once_is_at_once_and_some_days_are_some_days():
    a_policy("blood", "at_once")
    a_policy("stool", "after_days", 3)
    patient = a_patient_with_login()
    first, second = a_report(patient), a_report(patient, a_value("faecal_calprotectin", 20))
    assert seen_by(patient) == [first]
    services.release_due(timezone.now() + timedelta(days=2))
    assert seen_by(patient) == [first]
    services.release_due(timezone.now() + timedelta(days=3, minutes=1))
    second.refresh_from_db()
    assert (second.state, second.released_by) == ("released", None)


def test_a_report_of_two_kinds_waits_as_long_as_the_slower():
    a_policy("blood", "at_once")
    one = a_report(a_patient(), a_value("hb", 131), a_value("faecal_calprotectin", 20))
    assert (one.state, one.kind) == ("waiting", "stool")


@pytest.mark.parametrize("mode", [("at_once", 0), ("after_days", 1)])
def test_what_is_critical_waits_for_a_doctor_whatever_the_policy_says(mode):
    a_policy("blood", *mode)
    patient = a_patient_with_login()
    one = a_report(patient, low_potassium())
    services.release_due(timezone.now() + timedelta(days=60))
    one.refresh_from_db()
    assert (one.critical, one.state, one.due_at, seen_by(patient)) == (True, "waiting", None, [])


def test_the_database_refuses_a_critical_result_that_nobody_released():
    one = a_report(a_patient(), low_potassium())
    with pytest.raises(IntegrityError), transaction.atomic():
        Release.objects.filter(pk=one.pk).update(state="released", visible_at=timezone.now())


def test_doctors_are_told_of_a_critical_value_the_same_day_and_of_an_old_one_by_their_list_alone():
    patient = a_patient()
    a_report(patient, low_potassium(), days_ago=40)
    assert not Alert.objects.exists()
    a_report(patient, a_value("potassium", 2.2))
    [alert] = Alert.objects.all()
    assert alert.urgency == "same_day"
    assert "2,2\u00a0" in alert.text["es"]
    assert "2.2\u00a0" in alert.text["en"], "each as its readers write it"


def test_a_value_out_of_range_is_no_alarm_and_waits_marked():
    one = a_report(a_patient(), a_value("hb", 100))
    assert (one.abnormal, one.critical, Alert.objects.count()) == (True, False, 0)


@pytest.mark.parametrize("role", [Role.DIETITIAN, Role.DIRECTOR, Role.FRONT_DESK, Role.PATIENT])
def test_only_a_doctor_releases(role):
    one = a_report(a_patient())
    with pytest.raises(services.ResultError):
        services.release(report_id=one.pk, shown=1, actor=a_user(role))


def test_what_changed_since_it_was_shown_is_not_released_unread():
    one, doctor = a_report(a_patient()), a_doctor()
    with pytest.raises(services.ResultError, match="cambiado"):
        services.release(report_id=one.pk, shown=one.revision + 1, actor=doctor)
    released(one, doctor)
    with pytest.raises(services.ResultError, match="ya"):
        services.release(report_id=one.pk, shown=one.revision, actor=doctor)


def test_a_corrected_value_is_held_back_until_a_doctor_has_read_what_it_says_now():
    a_policy("blood", "at_once")
    patient, doctor = a_patient_with_login(), a_doctor()
    one = a_report(patient, a_value("potassium", 4.2, ends=(3.5, 5.1)))
    [row] = selectors.values_of([one.pk])[one.pk]
    made = desk.measure_again(row=row, value=2.2, unit=row.unit, actor=doctor, today=today())
    one.refresh_from_db()
    assert (one.state, one.critical, seen_by(patient)) == ("waiting", True, [])
    assert ReferenceRange.objects.get(observation=made).ends == [3.5, 5.1]
    assert Alert.objects.count() == 1


def test_a_patient_without_a_login_is_not_written_to():
    a_policy("blood", "at_once")
    one = a_report(a_patient(email="marina@example.org"))
    assert one.state == "released"
    assert not Message.objects.exists()


def test_a_patient_reads_no_result_of_another():
    mine, other = a_patient_with_login(), a_patient_with_login()
    released(a_report(other))
    assert list(selectors.own_releases(mine.user)) == []
    assert selectors.releases_for(mine.user).count() == 0

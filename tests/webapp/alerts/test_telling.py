"""A red flag reaches a doctor by a message that says nothing: at once where it must, never a flood."""

from datetime import timedelta

import pytest

from tests.webapp.outbox.factories import MADRID, NOON, at
from tests.webapp.outbox.health_words import told_in
from tests.webapp.people import a_doctor, a_patient, a_user
from webapp.alerts import services
from webapp.outbox import sending
from webapp.outbox.models import Message

pytestmark = pytest.mark.django_db
TEXT = {"es": "Heces negras", "en": "Black stools"}


def raised(patient, urgency="same_day", moment=NOON, rule="upper.bleeding", **facts):
    with at(moment):
        return services.raise_(
            patient_id=patient.pk, rule=rule, code="alert:gi_bleed", urgency=urgency, text=TEXT, facts=facts
        )


def sent(moment):
    with at(moment):
        return sending.deliver()


def test_the_patients_own_doctor_is_told_and_no_other(mailoutbox):
    own, _other, _desk = a_doctor(), a_doctor(), a_user("front_desk")
    raised(a_patient(general_practitioner=own))
    assert sent(NOON + timedelta(minutes=5)) == 1
    assert mailoutbox[0].to == [own.email]
    assert told_in(f"{mailoutbox[0].subject} {mailoutbox[0].body}") == set()
    assert "/desk/" in mailoutbox[0].body


def test_where_nobody_is_responsible_every_doctor_is_told(mailoutbox):
    doctors = [a_doctor(), a_doctor()]
    raised(a_patient())
    sent(NOON + timedelta(minutes=5))
    assert {mail.to[0] for mail in mailoutbox} == {doctor.email for doctor in doctors}


def test_a_doctor_who_has_left_is_not_told_and_the_others_are(mailoutbox):
    gone, here = a_doctor(), a_doctor()
    patient = a_patient(general_practitioner=gone)
    gone.is_active = False
    gone.save()
    raised(patient)
    sent(NOON + timedelta(minutes=5))
    assert [mail.to for mail in mailoutbox] == [[here.email]]


def test_ten_red_flags_in_five_minutes_are_one_message(mailoutbox):
    doctor = a_doctor()
    for n in range(10):
        raised(a_patient(general_practitioner=doctor), moment=NOON + timedelta(seconds=20 * n))
    sent(NOON + timedelta(minutes=5))
    assert len(mailoutbox) == 1


def test_a_red_flag_after_the_message_makes_another_one_even_the_tenth_of_a_day(mailoutbox):
    doctor = a_doctor()
    for n in range(10):
        raised(a_patient(general_practitioner=doctor), moment=NOON + timedelta(minutes=10 * n))
        assert sent(NOON + timedelta(minutes=10 * n + 5)) == 1
    assert len(mailoutbox) == 10


def test_an_emergency_is_told_at_once_and_at_night_to_every_doctor(mailoutbox):
    night = NOON.replace(hour=3)
    own, other = a_doctor(), a_doctor()
    raised(a_patient(general_practitioner=own), "emergency", night)
    sent(night)
    assert {mail.to[0] for mail in mailoutbox} == {own.email, other.email}


def test_what_is_no_emergency_waits_for_the_morning(mailoutbox):
    night = NOON.replace(hour=3)
    raised(a_patient(general_practitioner=a_doctor()), "same_day", night)
    assert sent(night + timedelta(hours=1)) == 0
    assert sent(night.replace(hour=8, tzinfo=MADRID)) == 1


@pytest.mark.parametrize("urgency", ["soon", "none"])
def test_what_is_no_red_flag_makes_no_message(urgency):
    a_doctor()
    raised(a_patient(), urgency)
    assert not Message.objects.exists()


def test_the_same_facts_again_make_no_second_message_worse_ones_do():
    a_doctor()
    patient = a_patient()
    raised(patient, "emergency")
    raised(patient, "emergency")
    assert Message.objects.count() == 1
    raised(patient, "emergency", syncope=True)
    assert Message.objects.count() == 2


def test_a_clinic_without_a_doctor_keeps_the_alert():
    assert raised(a_patient()).status == "open"
    assert not Message.objects.exists()

"""What is due is asked for once, in the portal and by message, and no longer once it is done."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.webapp.alerts.test_lasting import CLINIC
from tests.webapp.outbox.factories import NOON, at
from tests.webapp.outbox.health_words import told_in
from tests.webapp.people import a_doctor, a_patient, a_patient_with_login, a_user
from webapp.alerts import reminding, selectors, services
from webapp.alerts.models import Reminder
from webapp.clinic import services as clinic
from webapp.outbox import sending
from webapp.outbox.models import Message
from webapp.patients import services as patients
from webapp.patients.models import Patient

pytestmark = pytest.mark.django_db
WORDS = {"es": "Rellene su diario", "en": "Fill in your diary"}


def reminded(patient, key="diary:1", **values):
    return services.remind(patient.pk, key, "task_due", values.pop("due_at", NOON), words=WORDS, **values)


def told(moment=NOON):
    with at(moment):
        return services.tell_due()


def test_a_consent_taken_back_stops_the_letters_of_that_patient_alone(mailoutbox):
    one, other = (a_patient_with_login(email=f"{name}@example.org") for name in ("marina", "otilia"))
    for patient in (one, other):
        reminded(patient, key=f"diary:{patient.pk}")
    assert told() == 2
    reminding.hush(one.pk, "treatment")
    with at(NOON):
        sending.deliver()
    assert [letter.to for letter in mailoutbox] == [["otilia@example.org"]]


def test_a_reminder_is_told_once_though_the_job_runs_twice(mailoutbox):
    reminded(a_patient_with_login(email="marina@example.org"))
    assert (told(), told()) == (1, 0)
    with at(NOON):
        assert sending.deliver() == 1
        assert sending.deliver() == 0
    assert [mail.to for mail in mailoutbox] == [["marina@example.org"]]
    assert "diario" not in mailoutbox[0].body


def test_of_many_reminders_in_a_day_only_as_many_letters_leave_as_the_clinic_says_and_the_rest_are_one(mailoutbox):
    """Each due at another hour; the day after, what was held back is one letter, and each reminder was told once."""
    clinic.change(section="reminders", values=CLINIC | {"most_messages": 2}, shown=0, actor=None)
    patient = a_patient_with_login(email="marina@example.org")
    other = a_patient_with_login(email="otilia@example.org")
    for hour in range(5):
        moment = NOON + timedelta(hours=hour)
        reminded(patient, key=f"diary:{hour}", due_at=moment)
        with at(moment):
            services.tell_due()
            sending.deliver()
    assert len(mailoutbox) == 2
    reminded(other, key="diary:other", due_at=NOON)
    assert told(NOON + timedelta(hours=5)) == 1
    with at(NOON + timedelta(hours=5)):
        sending.deliver()
    assert mailoutbox[-1].to == ["otilia@example.org"], "the cap of one person holds back nobody else"
    with at(NOON + timedelta(days=1)):
        assert sending.deliver() == 1
    assert [mail.to[0] for mail in mailoutbox].count("marina@example.org") == 3
    assert mailoutbox[-1].subject == "Tiene varias cosas pendientes"
    assert Reminder.objects.filter(patient=patient, told_at__isnull=False).count() == 5
    assert set(Message.objects.values_list("state", flat=True)) == {"sent"}


def test_who_chose_text_messages_is_told_by_one_text_message_though_the_job_runs_twice(settings, tmp_path):
    settings.OUTBOX_FOLDER = tmp_path / "outbox"
    patient = a_patient_with_login(email="marina@example.org", phone="600112233")
    Patient.objects.filter(pk=patient.pk).update(channel="sms")
    reminded(patient)
    assert (told(), told()) == (1, 0)
    with at(NOON):
        assert (sending.deliver(), sending.deliver()) == (1, 0)
    [letter] = (tmp_path / "outbox").iterdir()
    assert letter.suffix == ".sms"
    assert letter.read_text().startswith("To: +34600112233\n")
    assert told_in(letter.read_text()) == set()


def test_whoever_withdrew_the_consent_to_be_treated_is_reminded_of_nothing_until_it_is_given_again():
    patient, silent = a_patient_with_login(), a_patient_with_login()
    text = patients.publish_consent_text(purpose="treatment", body_es="Texto", body_en="Text", actor=None)
    patients.accept_consent(patient=patient, text=text, channel="desk", actor=None)
    patients.withdraw_consent(patient=patient, purpose="treatment", channel="desk", actor=None)
    reminded(patient)
    reminded(silent, "diary:2")  # who never was asked has withdrawn nothing
    assert told() == 1
    patients.accept_consent(patient=patient, text=text, channel="desk", actor=None)
    assert told() == 1


@pytest.mark.parametrize(("purpose", "left"), [("treatment", 0), ("marketing", 1)])
def test_a_reminder_that_waits_for_the_morning_does_not_leave_after_the_consent_is_withdrawn(client, purpose, left):
    patient = a_patient_with_login()
    text = patients.publish_consent_text(purpose=purpose, body_es="Texto", body_en="Text", actor=None)
    patients.accept_consent(patient=patient, text=text, channel="desk", actor=None)
    reminded(patient)
    assert told() == 1
    client.force_login(patient.user)
    client.post(reverse("portal:decide", args=[purpose]), {"decision": "withdraw"})
    with at(NOON):
        assert sending.deliver() == left


def test_its_link_says_nothing_wherever_it_leads(mailoutbox):
    reminded(a_patient_with_login(), path="/portal/days/")
    told()
    with at(NOON):
        sending.deliver()
    assert mailoutbox[0].body.count("http") == 1
    assert told_in(f"{mailoutbox[0].subject} {mailoutbox[0].body}") == set()


def test_the_same_key_again_is_the_same_reminder():
    patient = a_patient_with_login()
    assert reminded(patient) == reminded(patient, due_at=NOON + timedelta(days=3))
    assert Reminder.objects.get().due_at == NOON


def test_nothing_is_told_before_its_day():
    reminded(a_patient_with_login(), due_at=NOON + timedelta(days=1))
    assert told() == 0
    assert told(NOON + timedelta(days=1)) == 1


def test_it_goes_to_the_address_and_in_the_language_of_its_day():
    patient = a_patient_with_login(email="old@example.org")
    reminded(patient, due_at=NOON + timedelta(days=30))
    patient.email, patient.language = "new@example.org", "en"
    patient.save()
    told(NOON + timedelta(days=30))
    message = Message.objects.get()
    assert (message.address, message.language) == ("new@example.org", "en")


def test_who_has_no_mail_in_the_record_is_told_where_the_login_is():
    patient = a_patient_with_login()
    reminded(patient)
    told()
    assert Message.objects.get().address == patient.user.email


def test_who_cannot_sign_in_gets_no_message_and_the_clinic_sees_that():
    patient = a_patient(email="marina@example.org")
    reminded(patient)
    assert told() == 0
    assert selectors.reminders_of(a_doctor(), patient.pk).get().told_at is None


def test_what_is_done_is_neither_told_nor_shown():
    patient = a_patient_with_login()
    services.remind_all([services.Wanted(patient.pk, "q:1", NOON, questionnaire="gerdq")])
    told()
    services.done(patient_id=patient.pk, questionnaire="gerdq", now=NOON)
    assert Message.objects.get().state == "cancelled"
    assert not selectors.reminders_of(a_doctor(), patient.pk).exists()
    assert Reminder.objects.get().outcome == "done"


def test_a_follow_up_that_is_not_due_is_not_done_by_todays_questionnaire():
    patient = a_patient_with_login()
    later = NOON + timedelta(days=28)
    services.remind_all([services.Wanted(patient.pk, "fu:1", later, kind="follow_up", questionnaire="gerdq")])
    services.done(patient_id=patient.pk, questionnaire="gerdq", now=NOON)
    assert Reminder.objects.get().settled_at is None


def test_another_questionnaire_or_another_patient_settles_nothing():
    patient, other = a_patient_with_login(), a_patient_with_login()
    services.remind_all([services.Wanted(patient.pk, "q:1", NOON, questionnaire="gerdq")])
    services.done(patient_id=patient.pk, questionnaire="ibs_sss", now=NOON)
    services.done(patient_id=other.pk, questionnaire="gerdq", now=NOON)
    assert Reminder.objects.get().settled_at is None


def test_what_is_called_off_is_not_told_and_done_stays_done():
    patient = a_patient_with_login()
    open_one, settled = reminded(patient, "a"), reminded(patient, "b")
    services.settle(settled, a_doctor())
    services.call_off(keys=["a", "b"])
    assert told() == 0
    assert {one.key: one.outcome for one in Reminder.objects.all()} == {open_one.key: "cancelled", "b": "done"}


def test_the_patient_sees_what_is_due_and_nobody_elses():
    patient, other = a_patient_with_login(), a_patient_with_login()
    due = reminded(patient)
    reminded(patient, "later", due_at=NOON + timedelta(days=2))
    reminded(other, "other")
    assert list(selectors.to_do_for(patient.user, NOON)) == [due]
    assert due.words == WORDS


@pytest.mark.parametrize("role", ["front_desk", "marketing", "administrator", "director"])
def test_who_may_not_read_the_record_sees_no_reminder(role):
    patient = a_patient_with_login()
    reminded(patient)
    somebody = a_user(role)
    assert not selectors.reminders_of(somebody, patient.pk).exists()
    assert not selectors.to_do_for(somebody, NOON).exists()
    assert not selectors.reminders_of(patient.user, patient.pk).exists()


def test_what_is_to_be_done_stands_encrypted():
    reminded(a_patient_with_login())
    with connection.cursor() as cursor:
        cursor.execute("SELECT encode(words, 'escape') FROM alerts_reminder")
        assert "diario" not in cursor.fetchone()[0]


def test_many_are_told_with_as_many_queries_as_few():
    def queries(count, begin):
        patients = [a_patient_with_login() for _ in range(count)]
        services.remind_all([services.Wanted(one.pk, f"{begin}:{one.pk}", NOON) for one in patients])
        with CaptureQueriesContext(connection) as seen:
            assert told() == count
        return len(seen)

    assert queries(2, "a") == queries(6, "b")


def test_an_address_nobody_can_write_to_does_not_hold_up_the_others():
    bad, good = a_patient_with_login(), a_patient_with_login()
    bad.user.email = "a b@example.org"
    bad.user.save()
    reminded(bad, "bad"), reminded(good, "good")
    assert told() == 2
    assert Message.objects.get().address == good.user.email

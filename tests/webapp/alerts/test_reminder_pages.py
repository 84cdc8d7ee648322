"""What is due stands on the patient's first page and in the record, and who may say that it is done."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.people import a_doctor, a_patient_with_login, a_user, consented
from webapp.alerts import services
from webapp.alerts.models import Reminder
from webapp.audit.models import Entry

pytestmark = pytest.mark.django_db
WORDS = {"es": "Cuéntenos cómo le va", "en": "Tell us how you are"}


def a_reminder(**values):
    patient = a_patient_with_login()
    consented(patient)
    wanted = services.Wanted(patient.pk, f"fu:{patient.pk}", timezone.now(), words=WORDS, **values)
    services.remind_all([wanted])
    return Reminder.objects.select_related("patient__user").get(patient=patient)


def home(client, user):
    client.force_login(user)
    return client.get(reverse("portal:home")).content.decode()


def test_a_patient_finds_what_is_due_on_the_first_page(client):
    reminder = a_reminder(path="/portal/plan/")
    page = home(client, reminder.patient.user)
    assert WORDS["es"] in page
    assert 'href="/portal/plan/"' in page


def test_a_follow_up_with_a_questionnaire_begins_it(client):
    reminder = a_reminder(kind="follow_up", questionnaire="gerdq")
    assert 'name="questionnaire" value="gerdq"' in home(client, reminder.patient.user)


def test_nobody_finds_what_is_due_to_another(client):
    a_reminder()
    assert WORDS["es"] not in home(client, a_patient_with_login().user)


def test_what_is_done_is_gone(client):
    reminder = a_reminder()
    services.settle(reminder, actor=a_doctor())
    assert WORDS["es"] not in home(client, reminder.patient.user)


def test_a_doctor_sees_it_in_the_record_and_says_that_it_is_done(client):
    reminder = a_reminder()
    client.force_login(a_doctor())
    page = client.get(reverse("desk:patient", args=[reminder.patient.pk])).content.decode()
    address = reverse("alerts:reminder_done", args=[reminder.pk])
    assert WORDS["es"] in page
    assert address in page
    client.post(address)
    reminder.refresh_from_db()
    assert reminder.outcome == "done"
    assert Entry.objects.get(verb="reminder.done").patient_id == reminder.patient.pk


@pytest.mark.parametrize("role", ["front_desk", "marketing", "administrator", "patient"])
def test_nobody_else_says_that_it_is_done(client, role):
    reminder = a_reminder()
    client.force_login(a_user(role))
    assert client.post(reverse("alerts:reminder_done", args=[reminder.pk])).status_code == 404
    reminder.refresh_from_db()
    assert reminder.settled_at is None

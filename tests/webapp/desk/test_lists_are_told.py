"""A list of patients is a reading of each of them: the book says whom, and a long list costs no more."""

import pytest
from django.test import Client
from django.urls import reverse

from tests.webapp.plans.factories import a_doctor, a_patient
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.audit.models import Entry

pytestmark = pytest.mark.django_db


def an_alert(patient):
    alerts.raise_(
        patient_id=patient.pk,
        rule="alarm_lower.bleeding",
        code="alert:gi_bleed",
        urgency="same_day",
        text={"es": "Heces negras", "en": "Black stools"},
        facts={"melena": True},
    )
    return patient


def the_list(doctor):
    client = Client()
    client.force_login(doctor)
    return client.get(reverse("desk:list"))


def test_each_patient_in_the_worklist_finds_that_she_was_seen_there_and_nobody_else_does():
    doctor, shown, other = a_doctor(), [an_alert(a_patient()), an_alert(a_patient())], a_patient()
    the_list(doctor)
    told = Entry.objects.filter(verb="patient.listed", actor_id=doctor.pk)
    assert sorted(told.values_list("patient_id", flat=True)) == sorted(patient.pk for patient in shown)
    assert not told.filter(patient_id=other.pk).exists()
    assert {entry.path for entry in told} == {reverse("desk:list")}
    assert "negras" not in str(list(told.values()))
    assert audit.verify_chain().whole


def test_two_hundred_who_wait_are_told_of_page_by_page(django_assert_max_num_queries):
    doctor = a_doctor()
    for _n in range(205):
        an_alert(a_patient())
    with django_assert_max_num_queries(44):
        page = the_list(doctor)
    assert "205" in page.content.decode()
    assert Entry.objects.filter(verb="patient.listed").count() == 50


def test_an_empty_list_is_told_of_without_a_patient():
    doctor = a_doctor()
    the_list(doctor)
    assert Entry.objects.get(verb="worklist.viewed").detail == {"shown": 0}
    assert not Entry.objects.filter(verb="patient.listed").exists()

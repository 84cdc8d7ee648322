"""A medicine told the last time and no longer now: how it went is asked, as it is of a clinician's stop."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, answers, begun, say, signed_in
from tests.webapp.people import a_doctor
from tests.webapp.plans.treating import a_shelf_that_remembers
from webapp.intake import services
from webapp.patients import services as patients
from webapp.patients.models import MedicationStatement, PreviousTreatment
from webapp.plans import case as cases

pytestmark = pytest.mark.django_db
ITEM = "medications"
ASKED = "Ya no toma omeprazol. ¿Cómo le fue?"


@pytest.fixture(autouse=True)
def shelf():
    a_shelf_that_remembers()


@pytest.fixture
def patient():
    """Somebody who told the last time of taking omeprazole and a tea."""
    patient = a_respondent()
    first = begun(patient)
    for name in ("omeprazol", "infusión de menta"):
        say(first, ITEM, **{f"{ITEM}-text": name})
    send(first)
    return patient


def send(response):
    say(response, "pregnant", "no")
    say(response, "vomiting", "no")
    services.submit(response_id=response.pk, actor=response.patient.user, today=timezone.localdate())


def went(response, key, result, mark="", text="omeprazol"):
    """Choose how one went; what else is chosen on the screen comes with it."""
    marked = (mark,) if mark else ()
    return say(response, ITEM, *marked, **{f"{ITEM}-went:{key}": result, f"{ITEM}-was:{key}": text})


def taken(patient):
    return {line.code or line.text for line in MedicationStatement.objects.filter(patient=patient, active=True)}


def page_of(response, client):
    shown = signed_in(client, response.patient.user).get(reverse("intake:group", args=[response.pk, "lists"]))
    return shown.content.decode()


def tried(patient):
    return {line.code or line.text: line.outcome for line in PreviousTreatment.objects.filter(patient=patient)}


def test_what_is_no_longer_named_is_asked_about_and_kept_among_the_previous_treatments(patient, client):
    response = begun(patient)
    assert ASKED not in page_of(response, client)
    say(response, ITEM, **{f"{ITEM}-text": "infusión de menta"})
    page = page_of(response, client)
    assert ASKED in page
    assert "Ya no toma infusión" not in page
    went(response, "omeprazole", "failed")
    assert '<option value="failed" selected>' in page_of(response, client)
    send(response)
    assert tried(patient) == {"omeprazole": "failed"}
    assert taken(patient) == {"infusión de menta"}
    built = cases.build(patient, timezone.localdate())["previous_treatments"]
    assert [(one["code"], one["result"]) for one in built if one["code"]] == [("omeprazole", "failed")]


def test_who_takes_nothing_any_more_is_asked_of_each_and_may_not_know(patient, client):
    response = begun(patient)
    say(response, ITEM, "__none")
    page = page_of(response, client)
    assert ASKED in page
    assert "Ya no toma infusión de menta" in page
    went(response, "omeprazole", "worked", "__none")
    said = answers(response)[ITEM]
    assert (said["none"], [one["result"] for one in said["stopped"]]) == (True, ["worked"])
    send(response)
    assert tried(patient) == {"omeprazole": "worked"}


def test_the_last_look_and_the_record_tell_it_and_the_next_time_it_is_not_told_again(patient, client):
    response = begun(patient)
    say(response, ITEM, **{f"{ITEM}-text": "infusión de menta"})
    went(response, "omeprazole", "not_tolerated")
    signed_in(client, patient.user)
    check = client.get(reverse("intake:check", args=[response.pk])).content.decode()
    assert "ya no: omeprazol (Me sentó mal y lo dejé)" in check
    send(response)
    again = begun(patient)
    assert "omeprazol" not in page_of(again, client)


def test_what_is_named_again_was_not_stopped(patient):
    response = begun(patient)
    say(response, ITEM, **{f"{ITEM}-text": "infusión de menta"})
    went(response, "omeprazole", "failed")
    say(response, ITEM, **{f"{ITEM}-text": "omeprazol"})
    assert "stopped" not in answers(response)[ITEM]
    send(response)
    assert tried(patient) == {}
    assert "omeprazole" in taken(patient)


@pytest.mark.parametrize("result", ["cured", ""])
def test_a_result_nobody_offers_says_nothing(patient, result):
    response = begun(patient)
    went(response, "omeprazole", result, "__none")
    assert "stopped" not in answers(response)[ITEM]


def test_of_a_medicine_of_the_clinic_nothing_is_ended_or_judged(patient):
    doctor = a_doctor()
    patients.add_medication(patient=patient, code="metformin", text="Metformina", dose="850 mg", actor=doctor)
    response = begun(patient)
    went(response, "metformin", "failed", "__none", "metformina")
    send(response)
    assert tried(patient) == {}
    assert taken(patient) == {"metformin"}


def test_who_does_not_know_what_is_taken_has_stopped_nothing(patient, client):
    response = begun(patient)
    say(response, ITEM, "__unknown")
    assert ASKED not in page_of(response, client)
    send(response)
    assert MedicationStatement.objects.filter(patient=patient, active=True).count() == 2

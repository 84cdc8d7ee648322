"""What a patient took before, asked in the questionnaire: each with how it went, and none told apart from unknown."""

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, answers, begun, say, signed_in
from tests.webapp.people import a_doctor
from tests.webapp.plans.treating import a_shelf_that_remembers
from webapp.intake import services
from webapp.patients import services as patients
from webapp.patients.models import NoneRecorded, PreviousTreatment
from webapp.plans import case as cases

pytestmark = pytest.mark.django_db
ITEM = "previous_treatments"


@pytest.fixture
def response():
    a_shelf_that_remembers()
    return begun(a_respondent())


def went(response, key, result):
    """Choose how one treatment went, as its list on the page does."""
    return say(response, ITEM, **{f"{ITEM}-result:{key}": result})


def send(response):
    say(response, "pregnant", "no")
    say(response, "vomiting", "no")
    services.submit(response_id=response.pk, actor=response.patient.user, today=timezone.localdate())


def lines(patient):
    return {line.text: line.outcome for line in PreviousTreatment.objects.filter(patient=patient, active=True)}


def test_each_treatment_is_kept_with_how_it_went(response):
    say(response, ITEM, **{f"{ITEM}-text": "omeprazol"})
    say(response, ITEM, **{f"{ITEM}-text": "unas cápsulas"})
    went(response, "omeprazole", "failed")
    assert [(one["code"], one["result"]) for one in answers(response)[ITEM]["entries"]] == [
        ("omeprazole", "failed"),
        (None, "unknown"),
    ]
    send(response)
    assert lines(response.patient) == {"omeprazol": "failed", "unas cápsulas": "unknown"}
    assert not PreviousTreatment.objects.filter(verification="confirmed").exists()
    built = cases.build(response.patient, timezone.localdate())[ITEM]
    assert [(one["code"], one["result"]) for one in built] == [("omeprazole", "failed"), (None, "unknown")]


def test_a_result_nobody_offers_changes_nothing(response):
    say(response, ITEM, **{f"{ITEM}-text": "omeprazol"})
    went(response, "omeprazole", "cured")
    went(response, "amoxicillin", "failed")
    assert [one["result"] for one in answers(response)[ITEM]["entries"]] == ["unknown"]


def test_none_is_said_outright_and_not_knowing_is_not_none(response):
    say(response, ITEM, "__none")
    send(response)
    patient = response.patient
    assert [line.list for line in NoneRecorded.objects.filter(patient=patient)] == [ITEM]
    assert cases.build(patient, timezone.localdate())[ITEM] == []
    again = begun(patient)
    say(again, ITEM, "__unknown")
    send(again)
    assert ITEM not in cases.build(patient, timezone.localdate())


def test_what_is_told_anew_corrects_the_own_line_and_stands_beside_a_doctors(response):
    patient, doctor = response.patient, a_doctor()
    say(response, ITEM, **{f"{ITEM}-text": "omeprazol"})
    send(response)
    patients.add_previous_treatment(
        patient=patient, code="amoxicillin", text="Amoxicilina", outcome="worked", actor=doctor
    )
    again = begun(patient)
    for name, key in (("omeprazol", "omeprazole"), ("amoxicilina", "amoxicillin")):
        say(again, ITEM, **{f"{ITEM}-text": name})
        went(again, key, "not_tolerated")
    send(again)
    told = PreviousTreatment.objects.filter(patient=patient, active=True)
    assert sorted((line.code, line.outcome) for line in told) == [
        ("amoxicillin", "not_tolerated"),
        ("amoxicillin", "worked"),
        ("omeprazole", "not_tolerated"),
    ]


def test_the_page_asks_how_each_went_and_the_overview_tells_it(response, client):
    say(response, ITEM, **{f"{ITEM}-text": "Triple con omeprazol"})
    went(response, "triple", "partial")
    page = signed_in(client, response.patient.user).get(reverse("intake:group", args=[response.pk, "lists"]))
    told = page.content.decode()
    assert f'name="{ITEM}-result:triple"' in told
    assert '<option value="partial" selected>Me ayudó un poco</option>' in told
    assert "Kept as you wrote it" not in told
    check = client.get(reverse("intake:check", args=[response.pk])).content.decode()
    assert "Triple con omeprazol (Me ayudó un poco)" in check


def test_the_names_offered_hold_regimens(response, client):
    found = signed_in(client, response.patient.user).post(
        reverse("intake:search", args=[response.pk, "lists", ITEM]), {f"{ITEM}-text": "triple"}
    )
    assert "Triple con omeprazol" in found.content.decode()

""" "I don't know" ends what was said before: the engine gets null, the record keeps the older value to read."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, begun, save, say, signed_in
from tests.webapp.people import a_user
from webapp.intake import services
from webapp.intake.keeping import Delivery
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import UNKNOWN, Observation
from webapp.patients.services import PatientError, Reading
from webapp.plans import case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def patient():
    return a_respondent()


def sends(patient, **said):
    """Send a questionnaire; what a person must answer is "no" unless told otherwise."""
    response = begun(patient)
    for item, value in {"vomiting": "no", "pregnant": "no", **said}.items():
        say(response, item, value)
    services.submit(response_id=response.pk, actor=patient.user, today=timezone.localdate())
    return response


def before(patient, code, value, origin="questionnaire", unit=""):
    row = Reading(code, value, timezone.now() - timedelta(days=90), origin, unit)
    patient_services.record_observations(patient=patient, rows=[row], actor=None)


def now(patient):
    return case.build(patient, timezone.localdate())


def test_a_value_of_months_ago_ends_when_the_person_does_not_know_any_more(patient):
    before(patient, "heartburn_days", 2)
    sends(patient, heartburn_days="__unknown")
    assert now(patient)["questionnaire"]["heartburn_days"] is None


def test_what_must_always_be_answered_is_unknown_when_not_known(patient):
    sends(patient, pregnant="no")
    assert now(patient)["patient"]["pregnant"]["value"] is False
    sends(patient, pregnant="__unknown", vomiting="yes", gi_bleeding="__unknown")
    assert now(patient)["patient"]["pregnant"] is None
    assert now(patient)["questionnaire"]["gi_bleeding"] is None


def test_the_older_value_stays_in_the_record_and_a_new_one_counts_again(patient):
    before(patient, "heartburn_days", 2)
    sends(patient, heartburn_days="__unknown")
    record = patients.contents_of(patient)
    assert record.current["heartburn_days"].is_unknown
    assert record.known_before("heartburn_days").value == 2
    sends(patient, heartburn_days="4")
    assert now(patient)["questionnaire"]["heartburn_days"]["value"] == 4


def test_the_case_of_an_earlier_day_does_not_know_of_it_yet(patient):
    before(patient, "heartburn_days", 2)
    sends(patient, heartburn_days="__unknown")
    yesterday = case.build(patient, timezone.localdate() - timedelta(days=1))
    assert yesterday["questionnaire"]["heartburn_days"]["value"] == 2


def test_a_question_left_open_ends_nothing(patient):
    before(patient, "heartburn_days", 2)
    sends(patient)
    assert now(patient)["questionnaire"]["heartburn_days"]["value"] == 2


def test_not_knowing_undoes_no_measurement(patient):
    before(patient, "weight_kg", 61.5, "vital", unit="kg")
    sends(patient, weight_kg="__unknown")
    assert now(patient)["patient"]["weight_kg"]["value"] == 61.5
    before(patient, "heartburn_days", 2, "staff")
    sends(patient, heartburn_days="__unknown")
    assert now(patient)["questionnaire"]["heartburn_days"] is None


def test_a_measurement_that_is_not_known_is_refused_and_so_is_nothing_at_all(patient):
    for value, origin in ((UNKNOWN, "lab"), (UNKNOWN, "vital"), (None, "questionnaire")):
        with pytest.raises(PatientError):
            before(patient, "heartburn_days", value, origin)
    assert not Observation.objects.exists()


def test_nobody_else_writes_that_a_patient_does_not_know(patient):
    row = Reading("pregnant", UNKNOWN, timezone.now(), "questionnaire")
    for other in (a_user("front_desk"), a_user("director"), a_respondent().user):
        with pytest.raises(patient_services.NotAllowed):
            patient_services.record_observations(patient=patient, rows=[row], actor=other)


@pytest.mark.parametrize("topic", ["medications", "allergies"])
def test_a_list_that_was_empty_is_unknown_and_then_empty_again(patient, topic):
    for said, expected in (("__none", []), ("__unknown", None), ("__none", [])):
        sends(patient, **{topic: said})
        assert now(patient)[topic] == expected


def test_a_list_with_names_is_incomplete_until_it_is_told_again(patient):
    response = begun(patient)
    say(response, "medications", medications__text="omeprazol")
    sends(patient)
    sends(patient, medications="__unknown")
    assert [entry["drug"] for entry in now(patient)["medications"]] == ["omeprazole", None]
    response = begun(patient)
    say(response, "medications", medications__text="omeprazol")
    sends(patient)
    assert [entry["drug"] for entry in now(patient)["medications"]] == ["omeprazole"]


def test_a_day_of_the_diary_that_is_not_remembered_is_no_number(patient):
    day = timezone.localdate()
    for pain in ("7", "__unknown"):
        page = begun(patient, "diary", for_day=day)
        say(page, "diary_pain", pain)
        services.submit(response_id=page.pk, actor=patient.user, today=day)
    assert now(patient)["diary"] is None


def test_what_is_taken_out_of_a_day_of_the_diary_again_is_not_known_any_more(patient):
    day = timezone.localdate()
    page = begun(patient, "diary", for_day=day)
    say(page, "diary_pain", "7")
    say(page, "diary_stools", diary_stools__4="2")
    services.submit(response_id=page.pk, actor=patient.user, today=day)
    again = begun(patient, "diary", for_day=day)
    say(again, "diary_stools", diary_stools__4="0")
    services.submit(response_id=again.pk, actor=patient.user, today=day)
    assert now(patient)["diary"]["stools_bristol"] is None
    assert now(patient)["diary"]["pain_0_10"][-1] == 7


def test_an_answer_that_came_too_late_does_not_keep_alive_what_was_taken_out(patient):
    day, actor = timezone.localdate(), patient.user
    page = begun(patient, "diary", for_day=day)
    say(page, "diary_pain", "7")
    say(page, "diary_stools", diary_stools__4="1")
    services.submit(response_id=page.pk, actor=actor, today=day)
    again = begun(patient, "diary", for_day=day)
    services.take_back(response_id=again.pk, item="diary_pain", actor=actor)
    late = Delivery(uuid4(), timedelta(hours=1), kept=True)
    assert save(again, "diary_pain", "6", delivery=late).late
    services.submit(response_id=again.pk, actor=actor, today=day)
    assert now(patient)["diary"]["pain_0_10"] is None


def test_a_page_begun_anew_and_left_half_empty_ends_nothing_that_was_said_before(patient):
    day = timezone.localdate()
    for item, value in (("diary_pain", "7"), ("diary_stools", "__none")):
        page = begun(patient, "diary", for_day=day)
        page.answers.all().delete()  # as where the questionnaire is of another version by now
        say(page, item, value)
        services.submit(response_id=page.pk, actor=patient.user, today=day)
    assert now(patient)["diary"]["pain_0_10"][-1] == 7
    assert now(patient)["diary"]["stools_bristol"][-1] == []


def test_the_diary_of_a_day_not_remembered_shows_no_bar(client, patient):
    page = begun(patient, "diary", for_day=timezone.localdate())
    say(page, "diary_pain", "__unknown")
    services.submit(response_id=page.pk, actor=patient.user, today=timezone.localdate())
    shown = signed_in(client, patient.user).get("/portal/days/").content.decode()
    assert 'class="s-bar' not in shown


def test_the_doctor_reads_that_it_is_not_known_and_what_was_said_before(client, patient):
    before(patient, "heartburn_days", 2)
    sends(patient, heartburn_days="__unknown")
    page = signed_in(client, a_user("doctor")).get(f"/desk/patients/{patient.pk}/").content.decode()
    assert "no se sabe; antes: 2" in page

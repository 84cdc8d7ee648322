"""What was told before is offered with its day, for one tap; red flags and pregnancy never are."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.rules.texts import VOCABULARY
from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, say, signed_in
from webapp.intake import selectors, services
from webapp.intake.answers import NotAccepted
from webapp.intake.known import known_to
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import UNKNOWN
from webapp.patients.services import Reading

pytestmark = pytest.mark.django_db
FRESH = VOCABULARY.replace(
    "heartburn_days: {type: integer,", "heartburn_days: {type: integer, fresh_for: 4 weeks,"
).replace("  vomiting: {type: yes_no,", "  vomiting: {type: yes_no, fresh_for: 3 months,")


@pytest.fixture(autouse=True)
def shelf():
    a_shelf(**{"vocabulary/small.yaml": FRESH})


@pytest.fixture
def patient():
    return a_respondent()


def told(patient, days_ago, **said):
    """Put answers into the record as a questionnaire of that day would have."""
    when = timezone.localtime() - timedelta(days=days_ago)  # the same hour by the wall, on both sides of a change
    rows = [
        Reading(code, value, when, "questionnaire", "kg" if code == "weight_kg" else "") for code, value in said.items()
    ]
    patient_services.record_observations(patient=patient, rows=rows, actor=patient.user)


def offers(response):
    sheet = selectors.sheet_of(response)
    return known_to(response, sheet, sheet.questions)


def test_a_fresh_answer_is_offered_with_its_day_and_a_stale_one_is_asked_anew(patient):
    told(patient, 40, heartburn_days=3, vomiting=True)
    found = offers(begun(patient))
    assert set(found) == {"vomiting"}
    assert found["vomiting"].value == {"value": True}
    assert found["vomiting"].day == timezone.localdate() - timedelta(days=40)


def test_red_flags_and_pregnancy_are_never_offered(patient):
    told(patient, 2, gi_bleeding=False, pregnant=False, vomiting=True)
    response = begun(patient)
    assert set(offers(response)) == {"vomiting"}
    for item in ("gi_bleeding", "pregnant"):
        with pytest.raises(NotAccepted):
            say(response, item, **{f"{item}__still": "yes"})
    assert not answers(response)


def test_a_fact_the_vocabulary_calls_a_red_flag_is_asked_even_where_the_questionnaire_forgot_to_say_so(patient):
    plain = FRESH.replace("  vomiting: {type: yes_no,", "  vomiting: {type: yes_no, red_flag: yes,")
    a_shelf(**{"vocabulary/small.yaml": plain.replace("version: 1.0.0", "version: 1.1.0")})
    told(patient, 2, vomiting=False)
    assert offers(begun(patient)) == {}


def test_one_tap_makes_it_an_answer_of_today_that_says_where_it_comes_from(patient):
    told(patient, 10, weight_kg=61.5)
    response = begun(patient)
    say(response, "weight_kg", weight_kg__still="yes")
    day = timezone.localdate() - timedelta(days=10)
    assert answers(response)["weight_kg"] == {"value": "61.5", "unit": "kg", "since": day.isoformat()}
    for item in ("vomiting", "pregnant"):
        say(response, item, "no")
    services.submit(response_id=response.pk, actor=patient.user, today=timezone.localdate())
    row = patients.current_observations(patient)["weight_kg"]
    assert (row.value, row.source_id, timezone.localdate(row.effective_at)) == (
        61.5, response.pk, timezone.localdate()
    )  # fmt: skip


def test_what_is_not_confirmed_is_not_taken_for_an_answer(client, patient):
    told(patient, 10, weight_kg=61.5, vomiting=True)
    response = begun(patient)
    browser = signed_in(client, patient.user)
    page = browser.post(reverse("intake:group", args=[response.pk, "body"]), {"weight_kg": "", "go": "next"})
    assert page.status_code == 302
    assert not answers(response)
    assert "weight_kg" in {one.item for one in selectors.sheet_of(response).open_questions}


def test_the_page_says_what_was_told_when_and_offers_yes_or_change(client, patient):
    told(patient, 10, weight_kg=61.5)
    response = begun(patient)
    browser = signed_in(client, patient.user)
    page = browser.get(reverse("intake:group", args=[response.pk, "body"])).content.decode()
    assert "nos dijo: <b>61,5 kg</b>. ¿Sigue igual?" in page
    assert 'name="weight_kg-still" value="yes"' in page
    assert 'name="weight_kg" id="weight_kg-value" value=""' in page
    at = reverse("intake:answer", args=[response.pk, "body", "weight_kg"])
    shown = browser.post(at, {"weight_kg-still": "yes"}, HTTP_HX_REQUEST="true").content.decode()
    assert "Como nos dijo el" in shown


def test_lists_are_offered_as_they_were_told_and_none_is_told_too(patient):
    first = begun(patient)
    say(first, "medications", medications__text="Losec", medications__dose="20 mg")
    say(first, "allergies", "__none")
    for item in ("vomiting", "pregnant"):
        say(first, item, "no")
    services.submit(response_id=first.pk, actor=patient.user, today=timezone.localdate())
    found = offers(begun(patient))
    assert found["medications"].value["entries"][0]["text"] == "Losec"
    assert found["allergies"].value == {"none": True}


def test_a_measurement_or_what_staff_wrote_is_not_told_by_the_patient(patient):
    row = Reading("weight_kg", 80, timezone.now() - timedelta(days=1), "vital", "kg")
    patient_services.record_observations(patient=patient, rows=[row], actor=None)
    assert "weight_kg" not in offers(begun(patient))


def test_not_known_and_doubtful_values_are_asked_anew(patient):
    told(patient, 1, vomiting=UNKNOWN, weight_kg=7)
    assert offers(begun(patient)) == {}


def test_a_diary_asks_every_day_anew(patient):
    told(patient, 1, vomiting=True)
    page = begun(patient, "diary", for_day=timezone.localdate())
    assert offers(page) == {}


def test_another_persons_answers_are_not_offered(patient):
    told(a_respondent(), 1, vomiting=True)
    assert offers(begun(patient)) == {}


def test_an_answer_that_vanished_meanwhile_is_asked_again_and_nothing_is_written(patient):
    response = begun(patient)
    with pytest.raises(NotAccepted):
        say(response, "weight_kg", weight_kg__still="yes")
    assert QuestionnaireResponse.objects.get().answers.count() == 0

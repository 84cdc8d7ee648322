"""Answers a device kept without network: sent once, in order, beside what was said elsewhere meanwhile."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, save, say, signed_in
from webapp.alerts.models import Alert
from webapp.intake import services
from webapp.intake.keeping import Delivery
from webapp.intake.models import PastAnswer
from webapp.patients import services as patients
from webapp.patients.models import Observation

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def response():
    made = begun(a_respondent())
    type(made).objects.filter(pk=made.pk).update(started_at=timezone.now() - 3 * HOUR)
    return made


@pytest.fixture
def browser(client, response):
    return signed_in(client, response.patient.user)


def waited(hours=0, key=None):
    return Delivery(key=key or uuid4(), waited=hours * HOUR, kept=True)


def post(browser, response, data, key=None, hours=0, **headers):
    given = {"HTTP_X_ANSWER_KEY": str(key or uuid4()), "HTTP_X_ANSWER_WAITED": str(hours * 3_600_000), **headers}
    return browser.post(reverse("intake:kept", args=[response.pk]), data, **given)


def past(response):
    return [(one.item, one.value.get("value"), one.because) for one in response.past_answers.all()]


def test_an_answer_sent_twice_is_written_once(browser, response):
    key = uuid4()
    first = post(browser, response, {"item": "heartburn_days", "heartburn_days": "3"}, key)
    say(response, "heartburn_days", "5")
    again = post(browser, response, {"item": "heartburn_days", "heartburn_days": "3"}, key)
    assert answers(response)["heartburn_days"] == {"value": 5}
    assert first["X-Answer-Key"] == again["X-Answer-Key"] == str(key)
    assert past(response) == [("heartburn_days", 3, "changed")]


def test_an_answer_saved_on_the_page_whose_reply_was_lost_is_not_written_again(browser, response):
    key = str(uuid4())
    at = reverse("intake:answer", args=[response.pk, "stomach", "heartburn_days"])
    done = browser.post(at, {"heartburn_days": "3"}, HTTP_HX_REQUEST="true", HTTP_X_ANSWER_KEY=key)
    assert done["X-Answer-Key"] == key
    post(browser, response, {"item": "heartburn_days", "heartburn_days": "3"}, key)
    assert (answers(response)["heartburn_days"], past(response)) == ({"value": 3}, [])


def test_a_newer_answer_from_another_device_stays_and_the_person_is_told(browser, response):
    say(response, "heartburn_days", "5")
    told = post(browser, response, {"item": "heartburn_days", "heartburn_days": "2"}, hours=1).json()["told"]
    assert answers(response)["heartburn_days"] == {"value": 5}
    assert past(response) == [("heartburn_days", 2, "late")]
    assert "¿Cuántos días ha tenido ardor?" in told[0]
    assert "más reciente" in told[0]


def test_an_older_answer_from_another_device_gives_way(response):
    save(response, "heartburn_days", "5", delivery=waited(hours=2))
    save(response, "heartburn_days", "2", delivery=waited(hours=1))
    assert answers(response)["heartburn_days"] == {"value": 2}


def test_an_answer_taken_back_elsewhere_meanwhile_stays_open(response):
    say(response, "heartburn_days", "5")
    services.take_back(response_id=response.pk, item="heartburn_days", actor=response.patient.user)
    assert save(response, "heartburn_days", "2", delivery=waited(hours=1)).late == "late"
    assert "heartburn_days" not in answers(response)


@pytest.mark.parametrize("said", ["-5", "999999999999999", "soon", "9" * 11])
def test_a_device_whose_clock_is_wrong_dates_nothing_into_the_future_or_before_the_beginning(browser, response, said):
    response.refresh_from_db()
    post(browser, response, {"item": "vomiting", "vomiting": "no"}, HTTP_X_ANSWER_WAITED=said)
    assert response.started_at <= response.answers.get().answered_at <= timezone.now()


def test_names_added_without_network_join_the_list(response):
    say(response, "medications", medications__text="amoxicilina")
    save(response, "medications", medications__text="omeprazol", delivery=waited(hours=1))
    assert [entry["code"] for entry in answers(response)["medications"]["entries"]] == ["amoxicillin", "omeprazole"]


def test_a_red_flag_kept_without_network_tells_the_clinic_and_shows_its_screen_when_it_arrives(browser, response):
    key = uuid4()
    for _twice in range(2):  # the first reply may be lost: the screen comes with the second too
        reply = post(browser, response, {"item": "gi_bleeding", "gi_bleeding": "yes"}, key).json()
        assert "Llame ahora al 112" in reply["screen"]
    assert Alert.objects.get(patient=response.patient).times == 1


def test_a_red_flag_that_a_newer_answer_contradicts_is_told_all_the_same(response):
    say(response, "gi_bleeding", "no")
    saved = save(response, "gi_bleeding", "yes", delivery=waited(hours=1))
    assert answers(response)["gi_bleeding"] == {"value": False}
    assert [one.flag.instruction for one in saved.raised] == ["bleeding"]
    assert Alert.objects.get(patient=response.patient).status == "open"


def test_an_answer_to_a_question_that_was_closed_elsewhere_is_kept_beside(browser, response):
    say(response, "vomiting", "no")
    told = post(browser, response, {"item": "vomiting_days", "vomiting_days": "4"}).json()["told"]
    assert "ya no se pregunta" in told[0]
    assert "vomiting_days" not in answers(response)
    say(response, "vomiting", "yes")
    assert answers(response)["vomiting_days"] == {"value": 4}


def test_what_arrives_after_sending_changes_nothing_sent_and_is_kept_for_the_doctor(browser, response):
    for item, value in (("vomiting", "no"), ("pregnant", "no")):
        say(response, item, value)
    services.submit(response_id=response.pk, actor=response.patient.user, today=timezone.localdate())
    told = post(browser, response, {"item": "heartburn_days", "heartburn_days": "6"}, hours=1).json()["told"]
    assert "después de enviar" in told[0]
    assert past(response) == [("heartburn_days", 6, "after_sending")]
    assert not Observation.objects.filter(code="heartburn_days").exists()


def test_a_doubtful_value_kept_without_network_is_not_lost_but_marked(browser, response):
    post(browser, response, {"item": "weight_kg", "weight_kg": "7", "weight_kg-unit": "kg"})
    assert answers(response)["weight_kg"] == {"value": "7", "unit": "kg", "doubted": True}


def test_what_is_no_answer_at_all_is_told_and_its_question_stays_open(browser, response):
    reply = post(browser, response, {"item": "heartburn_days", "heartburn_days": "muchos"})
    assert "sigue abierta" in reply.json()["told"][0]
    assert reply["X-Answer-Key"]
    assert not answers(response)


def test_a_whole_page_of_the_diary_is_sent_once(browser, response):
    page = begun(response.patient, "diary", for_day=timezone.localdate())
    post(browser, page, {"item": "diary_pain", "diary_pain": "4"})
    for _twice in range(2):
        assert post(browser, page, {}).json()["go"] == reverse("intake:thanks", args=[page.pk])
    assert Observation.objects.filter(code="diary_pain").count() == 1


def test_a_page_that_still_needs_an_answer_goes_to_the_last_look(browser, response):
    assert post(browser, response, {}).json()["go"] == reverse("intake:check", args=[response.pk])
    assert not Observation.objects.exists()


def test_nothing_kept_is_taken_from_another_person_or_after_the_consent_is_withdrawn(client, response):
    stranger = signed_in(client, a_respondent().user)
    reply = post(stranger, response, {"item": "heartburn_days", "heartburn_days": "3"})
    assert reply.status_code == 404
    assert "X-Answer-Key" not in reply.headers
    patients.withdraw_consent(
        patient=response.patient, purpose="treatment", channel="portal", actor=response.patient.user
    )
    own = signed_in(client, response.patient.user)
    assert post(own, response, {"item": "heartburn_days", "heartburn_days": "3"}).json()["told"]
    assert not answers(response)


def test_a_person_signed_out_meanwhile_is_told_nothing_that_a_device_would_take_for_saved(client, response):
    reply = post(client, response, {"item": "heartburn_days", "heartburn_days": "3"})
    assert "X-Answer-Key" not in reply.headers
    assert not answers(response)


def test_what_was_said_before_is_only_ever_added_to(response):
    for days in "123":
        say(response, "heartburn_days", days)
    assert past(response) == [("heartburn_days", 1, "changed"), ("heartburn_days", 2, "changed")]
    for change in (
        lambda: PastAnswer.objects.update(because="late"),
        lambda: PastAnswer.objects.all().delete(),
    ):
        with pytest.raises(DatabaseError), transaction.atomic():
            change()


def test_only_the_patients_own_pages_hold_the_key_of_the_device(client, response):
    def key_on(user, path):
        page = signed_in(client, user).get(path).content.decode()
        return page.partition('name="pauta-device" content="')[2].partition('"')[0]

    own = key_on(response.patient.user, "/portal/")
    assert len(own) == 44
    assert key_on(response.patient.user, reverse("intake:group", args=[response.pk, "stomach"])) == own
    assert key_on(a_respondent().user, "/portal/") not in ("", own)
    client.logout()
    assert "pauta-device" not in client.get("/accounts/login/").content.decode()

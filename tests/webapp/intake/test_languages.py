"""One version, several languages: a switch keeps every answer, and each is read later as it was asked."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from tests.rules.texts import INTAKE
from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, save, say, signed_in
from webapp.intake import services
from webapp.intake.keeping import Delivery
from webapp.intake.reading import reading_of

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def response():
    return begun(a_respondent())


def lines(response):
    return {line.item: line for _name, _title, group in reading_of(response).groups for line in group}


def test_each_answer_is_read_in_the_language_it_was_asked_in(response):
    say(response, "heartburn_days", "3")
    save(response, "vomiting", "no", delivery=Delivery(language="en"))
    told = lines(response)
    assert (told["heartburn_days"].question, told["heartburn_days"].language) == (
        "¿Cuántos días ha tenido ardor?",
        "es",
    )
    assert (told["vomiting"].question, told["vomiting"].said) == ("Have you vomited?", "No")


def test_a_switch_in_the_middle_keeps_the_answers_and_asks_on_in_the_other_language(client, response):
    browser = signed_in(client, response.patient.user)
    at = reverse("intake:group", args=[response.pk, "stomach"])
    browser.post(at, {"heartburn_days": "3"})
    assert 'lang="en"' in browser.get(at).content.decode()  # the switch stands on the page
    browser.post(reverse("set_language"), {"language": "en", "next": at})
    response.patient.user.refresh_from_db()
    response.patient.user.language = "en"
    response.patient.user.save(update_fields=["language"])
    page = browser.get(at).content.decode()
    assert "How many days have you had heartburn?" in page
    assert 'value="3" checked' in page
    browser.post(at, {"heartburn_days": "3", "vomiting": "no"})
    assert {row.item: row.language for row in response.answers.all()} == {"heartburn_days": "es", "vomiting": "en"}


def test_whoever_changes_the_language_comes_back_to_the_same_group(client, response):
    browser = signed_in(client, response.patient.user)
    at = reverse("intake:group", args=[response.pk, "stomach"])
    done = browser.post(reverse("set_language"), {"language": "en", "next": at}, follow=True)
    assert done.redirect_chain[-1][0] == at
    assert "Have you vomited?" in done.content.decode()


def test_a_new_version_changes_nothing_of_what_was_asked(response):
    say(response, "vomiting", "no")
    say(response, "pregnant", "no")
    services.submit(response_id=response.pk, actor=response.patient.user, today=timezone.localdate())
    newer = INTAKE.replace("version: 1.0.0", "version: 1.1.0").replace("¿Ha vomitado?", "¿Vomita?")
    a_shelf(**{"questionnaires/intake/1.1.0.yaml": newer})
    response.refresh_from_db()
    assert lines(response)["vomiting"].question == "¿Ha vomitado?"


def test_an_answer_kept_without_network_stays_in_the_language_of_its_page(client, response):
    browser = signed_in(client, response.patient.user)
    at = reverse("intake:kept", args=[response.pk])
    for language, item in (("en", "vomiting"), ("xx", "heartburn_days")):
        browser.post(at, {"item": item, item: "no" if item == "vomiting" else "3"}, HTTP_X_ANSWER_LANGUAGE=language)
    assert {row.item: row.language for row in response.answers.all()} == {"vomiting": "en", "heartburn_days": "es"}


def test_numbers_and_days_are_written_as_the_language_writes_them(response):
    save(response, "weight_kg", "61.5", weight_kg__unit="kg")
    assert lines(response)["weight_kg"].said == "61,5 kg"
    save(response, "weight_kg", "61.4", weight_kg__unit="kg", delivery=Delivery(language="en"))
    assert lines(response)["weight_kg"].said == "61.4 kg"
    assert answers(response)["weight_kg"] == {"value": "61.4", "unit": "kg"}


def test_a_page_of_the_diary_is_read_with_its_day_and_its_scale():
    day = timezone.localdate() - timedelta(days=2)
    page = begun(a_respondent(), "diary", for_day=day, language="en")
    say(page, "diary_pain", "5", delivery=Delivery(language="en"))
    with override("en"):
        assert reading_of(page).title == f"Diary, {date_format(day, 'DATE_FORMAT')}"
    assert lines(page)["diary_pain"].said == "5 of 10"

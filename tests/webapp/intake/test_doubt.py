"""A value that can hardly be is asked about beside its field, never corrected and never lost."""

import pytest
from django.urls import reverse
from django.utils import timezone

from engine.language.cases import read_case
from rules import services as shelf_services
from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, say, signed_in
from tests.webapp.people import a_doctor
from webapp.intake import selectors, services
from webapp.intake.answers import NotAccepted
from webapp.plans import case

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def response():
    return begun(a_respondent())


def asked(response, item, value, **more):
    with pytest.raises(NotAccepted) as problem:
        say(response, item, value, **more)
    return problem.value


def test_the_question_names_the_other_unit_and_offers_to_keep_what_was_written(response):
    doubt = asked(response, "weight_kg", "61500", weight_kg__unit="kg")
    assert "¿Son 61500 g?" in doubt.words
    assert (doubt.fixes[0].unit, doubt.keep) == ("g", "61500 kg")
    assert not answers(response)


def test_what_is_kept_is_marked_and_the_engine_asks_about_it(response):
    say(response, "weight_kg", "7", weight_kg__unit="kg", weight_kg__keep="7 kg")
    assert answers(response)["weight_kg"] == {"value": "7", "unit": "kg", "doubted": True}
    assert selectors.sheet_of(response).case.queries == ("weight_kg",)
    for item in ("vomiting", "pregnant"):
        say(response, item, "no")
    services.submit(response_id=response.pk, actor=response.patient.user, today=timezone.localdate())
    edition = shelf_services.edition()
    built = case.fit(case.build(response.patient, timezone.localdate()), edition)
    assert read_case(built, edition.vocabulary, edition.formulary).queries == ("weight_kg",)


def test_keeping_one_value_keeps_no_other(response):
    assert asked(response, "weight_kg", "8", weight_kg__unit="kg", weight_kg__keep="7 kg").keep == "8 kg"
    assert asked(response, "weight_kg", "8", weight_kg__unit="kg", weight_kg__keep="__any").keep == "8 kg"


def test_a_kept_value_sent_again_with_its_screen_is_not_asked_about_twice(response):
    say(response, "weight_kg", "7", weight_kg__unit="kg", weight_kg__keep="7 kg")
    say(response, "weight_kg", "7", weight_kg__unit="kg")
    assert answers(response)["weight_kg"]["doubted"]
    say(response, "weight_kg", "70", weight_kg__unit="kg")
    assert answers(response)["weight_kg"] == {"value": "70", "unit": "kg"}


def test_a_count_out_of_its_range_can_be_kept_but_no_cell_that_does_not_exist(response):
    say(response, "vomiting", "yes")
    say(response, "vomiting_days", "400", vomiting_days__keep="400")
    assert answers(response)["vomiting_days"] == {"value": 400, "doubted": True}
    assert asked(response, "heartburn_days", "9", heartburn_days__keep="9").keep == ""


@pytest.mark.parametrize("words", ["1e99999999", "0x10", "1_000", "٣", "--5", "5" * 16, "1e3", "inf"])
def test_a_number_is_written_in_digits_and_nothing_is_worked_out_for_minutes(response, words):
    assert "número" in asked(response, "weight_kg", words, weight_kg__unit="kg").words


def test_the_page_asks_with_both_buttons_and_keeps_at_a_tap_or_without_scripts(client, response):
    browser = signed_in(client, response.patient.user)
    at = reverse("intake:group", args=[response.pk, "body"])
    page = browser.post(at, {"weight_kg": "7", "weight_kg-unit": "kg", "go": "next"}).content.decode()
    assert 'name="weight_kg-keep" value="7 kg"' in page
    page = browser.post(at, {"weight_kg": "7", "weight_kg-unit": "kg", "weight_kg-keep": "7 kg"}).content.decode()
    assert "Su médico le preguntará" in page
    assert answers(response)["weight_kg"]["doubted"] is True


def test_the_doctor_sees_what_was_kept_after_a_question(client, response):
    say(response, "weight_kg", "7", weight_kg__unit="kg", weight_kg__keep="7 kg")
    for item in ("vomiting", "pregnant"):
        say(response, item, "no")
    services.submit(response_id=response.pk, actor=response.patient.user, today=timezone.localdate())
    at = reverse("desk:answers", args=[response.patient_id, response.pk])
    page = signed_in(client, a_doctor()).get(at).content.decode()
    assert "7 kg" in page
    assert "se mantuvo al preguntar" in page

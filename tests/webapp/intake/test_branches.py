"""An answer that closes a later question: what was said to it does not count, is kept, and may come back."""

from dataclasses import replace

import pytest
from django.urls import reverse

from tests.rules.texts import INTAKE, VOCABULARY
from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, save, say, signed_in
from webapp.intake import keeping, selectors, services
from webapp.intake.models import PastAnswer

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def shelf():
    a_shelf()


@pytest.fixture
def response():
    made = begun(a_respondent())
    say(made, "vomiting", "yes")
    say(made, "vomiting_days", "3")
    say(made, "gi_bleeding", "no")
    return made


def test_the_answer_of_a_closed_question_no_longer_counts_and_stays_readable(response):
    saved = save(response, "vomiting", "no")
    assert saved.gone == {"vomiting_days", "gi_bleeding"}
    assert answers(response) == {"vomiting": {"value": False}}
    assert set(response.past_answers.values_list("item", "because")) == {
        ("vomiting", "changed"),
        ("vomiting_days", "hidden"),
        ("gi_bleeding", "hidden"),
    }


def test_no_condition_reads_it_any_more(response):
    save(response, "vomiting", "no")
    assert "vomiting_days" not in selectors.sheet_of(response).case.values


def test_it_comes_back_when_its_question_is_asked_again(response):
    say(response, "vomiting", "no")
    saved = save(response, "vomiting", "yes")
    assert saved.back == {"vomiting_days"}
    assert answers(response)["vomiting_days"] == {"value": 3}


def test_a_red_flag_does_not_come_back_but_is_asked_anew(response):
    say(response, "vomiting", "no")
    say(response, "vomiting", "yes")
    assert "gi_bleeding" not in answers(response)
    assert "gi_bleeding" in {one.item for one in selectors.sheet_of(response).must_answer}


def test_what_was_taken_back_before_does_not_come_back(response):
    services.take_back(response_id=response.pk, item="vomiting_days", actor=response.patient.user)
    say(response, "vomiting", "no")
    say(response, "vomiting", "yes")
    assert "vomiting_days" not in answers(response)


def test_not_knowing_closes_nothing(response):
    assert save(response, "vomiting", "__unknown").gone == frozenset()
    assert answers(response)["vomiting_days"] == {"value": 3}


def test_opening_a_question_again_closes_nothing_either(response):
    services.take_back(response_id=response.pk, item="vomiting", actor=response.patient.user)
    assert answers(response)["vomiting_days"] == {"value": 3}


def test_a_chain_of_questions_closes_and_opens_together():
    chained = INTAKE.replace(
        "        when: vomiting\n  - group: body",
        "        when: vomiting\n"
        "      - item: heartburn_after\n"
        "        kind: yes_no\n"
        "        text: {es: ¿Y ardor después?, en: And heartburn after?}\n"
        "        when: vomiting and vomiting_days >= 2\n  - group: body",
    )
    facts = VOCABULARY.replace(
        "  gi_bleeding: {", "  heartburn_after: {type: yes_no, title: {es: Después, en: After}}\n  gi_bleeding: {"
    )
    a_shelf(
        **{
            "questionnaires/intake/1.1.0.yaml": chained.replace("version: 1.0.0", "version: 1.1.0"),
            "vocabulary/small.yaml": facts.replace("version: 1.0.0", "version: 1.1.0"),
        }
    )
    response = begun(a_respondent())
    for item, value in (("vomiting", "yes"), ("vomiting_days", "3"), ("heartburn_after", "yes")):
        say(response, item, value)
    assert save(response, "vomiting", "no").gone == {"vomiting_days", "heartburn_after"}
    assert save(response, "vomiting", "yes").back == {"vomiting_days", "heartburn_after"}
    assert save(response, "vomiting_days", "1").gone == {"heartburn_after"}
    assert save(response, "vomiting_days", "2").back == {"heartburn_after"}


def test_the_page_tells_what_stopped_counting_and_what_counts_again(client, response):
    browser = signed_in(client, response.patient.user)
    at = reverse("intake:answer", args=[response.pk, "stomach", "vomiting"])
    gone = browser.post(at, {"vomiting": "no"}, HTTP_HX_REQUEST="true").headers["HX-Trigger"]
    assert "\\u00bfDesde hace cu\\u00e1ntos d\\u00edas?" in gone
    back = browser.post(reverse("intake:group", args=[response.pk, "stomach"]), {"vomiting": "yes"}).content.decode()
    assert "vuelve a contar" in back


def test_settling_ends_even_where_an_answer_that_comes_back_closes_its_own_question(response):
    sheet = selectors.sheet_of(response)
    closed = replace(sheet, answers={"vomiting": {"value": False}})
    settled = keeping.settle(closed, {"vomiting_days": {"value": 3}, "vomiting": {"value": True}})
    assert settled.sheet.answers == {"vomiting": {"value": False}}


def test_nothing_is_written_twice_into_the_past(response):
    for said in ("no", "yes", "no"):
        say(response, "vomiting", said)
    assert PastAnswer.objects.filter(item="vomiting_days", because="hidden").count() == 2
    assert PastAnswer.objects.filter(item="gi_bleeding").count() == 1

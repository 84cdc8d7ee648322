"""The month of the diary by days, and the page of today that one tap begins."""

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.webapp.intake.factories import a_respondent, a_shelf, answers, begun, say, signed_in
from webapp.intake import services
from webapp.intake.models import QuestionnaireResponse
from webapp.portal.month import first_of, month_of

TODAY = date(2026, 11, 18)


def states(month):
    return {day.day.day: day.state for day in month.days}


def test_each_day_says_whether_it_was_written_down_from_memory_or_not_at_all():
    month = month_of(date(2026, 11, 1), TODAY, {date(2026, 11, 3): False, date(2026, 11, 4): True}, 7)
    assert [states(month)[day] for day in (3, 4, 5, 18, 19)] == ["written", "recalled", "missing", "missing", "later"]
    assert (month.written, month.over) == (2, 18)


def test_only_the_last_days_can_still_be_filled_in():
    month = month_of(date(2026, 11, 1), TODAY, {}, 7)
    assert [day.day.day for day in month.days if day.open] == list(range(11, 19))


def test_a_month_begins_on_its_weekday_and_has_all_its_days():
    for first, length in ((date(2026, 11, 1), 30), (date(2026, 2, 1), 28), (date(2028, 2, 1), 29)):
        month = month_of(first, date(2029, 1, 1), {}, 7)
        assert [day.day for day in month.days] == [first + timedelta(days=place) for place in range(length)]
        assert all(len(week) == 7 for week in month.weeks)
        assert [day.day.weekday() for day in month.weeks[1] if day] == list(range(7))


def test_one_leafs_back_to_the_first_page_and_not_into_what_is_to_come():
    pages = {date(2026, 9, 30): False}
    now = month_of(date(2026, 11, 1), TODAY, pages, 7)
    assert (now.before, now.after) == (date(2026, 10, 1), None)
    oldest = month_of(date(2026, 9, 1), TODAY, pages, 7)
    assert (oldest.before, oldest.after) == (None, date(2026, 10, 1))


@pytest.mark.parametrize("asked", ["", "2026-13", "x", "2027-05", "2026-11-01", "'"])
def test_a_month_that_is_none_shows_this_one(asked):
    assert first_of(asked, TODAY) == date(2026, 11, 1)


def test_a_month_is_asked_for_by_its_number():
    assert first_of("2026-09", TODAY) == date(2026, 9, 1)


@pytest.fixture
def patient(db):
    a_shelf()
    return a_respondent()


def test_the_page_tells_the_month_in_words_too(client, patient):
    today = timezone.localdate()
    page = begun(patient, "diary", for_day=today)
    say(page, "diary_pain", "3")
    services.submit(response_id=page.pk, actor=patient.user, today=today)
    shown = signed_in(client, patient.user).get(reverse("portal:diary")).content.decode()
    cell = shown.partition('aria-current="date"')[2].partition("</td>")[0]
    assert "anotado" in cell


def test_a_correction_is_one_day_and_another_persons_days_are_not_shown(client, patient):
    today, other = timezone.localdate(), a_respondent()
    for who, times in ((patient, 2), (other, 1)):
        for _time in range(times):
            page = begun(who, "diary", for_day=today - timedelta(days=who is other))
            say(page, "diary_pain", "3")
            services.submit(response_id=page.pk, actor=who.user, today=today)
    shown = signed_in(client, patient.user).get(reverse("portal:diary")).content.decode()
    assert shown.partition('id="month"')[2].partition("<table")[0].count("1 de ") == 1


def start(browser, **data):
    given = {"questionnaire": "diary", "day": timezone.localdate().isoformat(), "item": "diary_pain", **data}
    return browser.post(reverse("intake:start"), given)


def test_one_tap_on_a_number_begins_the_page_with_its_first_answer(client, patient):
    browser = signed_in(client, patient.user)
    page = browser.get(reverse("portal:diary")).content.decode()
    assert 'name="diary_pain" value="10"' in page
    start(browser, diary_pain="4")
    assert answers(QuestionnaireResponse.objects.get()) == {"diary_pain": {"value": 4}}


@pytest.mark.parametrize("said", ["99", "", "lots"])
def test_a_tap_that_is_no_answer_begins_the_page_without_one(client, patient, said):
    assert start(signed_in(client, patient.user), diary_pain=said).status_code == 302
    assert answers(QuestionnaireResponse.objects.get()) == {}


def test_a_tap_on_no_question_of_the_diary_writes_nothing(client, patient):
    start(signed_in(client, patient.user), item="weight_kg", weight_kg="70")
    assert answers(QuestionnaireResponse.objects.get()) == {}

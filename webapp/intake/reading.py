"""A questionnaire as it was asked and answered: every line in the language of its day, by the version of its day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import date_format
from django.utils.translation import override

from webapp.accounts.models import User
from webapp.intake import selectors
from webapp.intake.facts import Sheet
from webapp.intake.models import PastAnswer, QuestionnaireResponse
from webapp.intake.screens import Line, overview, said, words


@dataclass(frozen=True, slots=True)
class Past:
    """What was said and does not count, and why."""

    question: str
    said: str
    language: str
    because: str
    at: datetime
    by: User | None


@dataclass(frozen=True, slots=True)
class Reading:
    response: QuestionnaireResponse
    title: str
    groups: Sequence[tuple[str, str, Sequence[Line]]]
    past: Sequence[Past]


def reading_of(response: QuestionnaireResponse) -> Reading:
    """Return a response as it was asked: the texts of its version, each answer in the language it was given in."""
    sheet, language = selectors.sheet_of(response), response.language
    spoken = {answer.item: answer.language for answer in response.answers.all()}
    with override(language):
        groups = overview(sheet, language, spoken)
        title = _title(response, words(sheet.book.questionnaire.title, language))
    past = response.past_answers.select_related("answered_by")
    return Reading(
        response=response,
        title=title,
        groups=groups,
        past=[_past(sheet, one, one.language or language) for one in past],
    )


def _title(response: QuestionnaireResponse, title: str) -> str:
    """Return the title; a page of the diary names its day, since its own words say "today"."""
    return f"{title}, {date_format(response.for_day, 'DATE_FORMAT')}" if response.for_day else title


def _past(sheet: Sheet, past: PastAnswer, language: str) -> Past:
    question = sheet.book.question(past.item)
    with override(language):
        asked = words(question.text, language) if question else past.item
        answer = said(question, past.value, language) if question else ""
    return Past(asked, answer, language, past.get_because_display(), past.answered_at, past.answered_by)

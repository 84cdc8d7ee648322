"""What a person told us before and may still be true: offered with its day, for one tap. Red flags are always asked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from engine.language.documents import Question
from webapp.intake.answers import LISTS, Given, NotAccepted, Stored, bare, read
from webapp.intake.facts import Book, Sheet, code_of
from webapp.intake.models import Answer, QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.patients.models import Observation

NEVER_OLDER = 365  # days, for what the vocabulary gives no freshness
TOLD_AGAIN = ("text", "stools")  # words and days are told anew
PREGNANCY = frozenset({"pregnant", "breastfeeding", "gestational_week", "pregnancy_test", "pregnancy_planned"})


@dataclass(frozen=True, slots=True)
class Known:
    """An earlier answer in the form of a new one, and the day it was told."""

    value: Stored
    day: date


def known_to(response: QuestionnaireResponse, sheet: Sheet, questions: Iterable[Question]) -> dict[str, Known]:
    """Return by item what was told before this questionnaire was begun and is still fresh.

    Nothing for red flags, pregnancy and whatever else is always asked, nor for diaries and scores, which tell of now.
    """
    if sheet.book.questionnaire.kind != "intake":
        return {}
    asked = [one for one in questions if not _is_always_asked(sheet.book, one)]
    named = [one for one in asked if one.kind in LISTS]
    return _values(response, sheet, [one for one in asked if one.fact]) | _lists(response, sheet, named)


def _is_always_asked(book: Book, question: Question) -> bool:
    spec = book.spec(question)
    marked = question.always_ask or bool(question.red_flags) or question.kind in TOLD_AGAIN
    return marked or question.fact in PREGNANCY or bool(spec and spec.red_flag)


def _values(response: QuestionnaireResponse, sheet: Sheet, asked: Sequence[Question]) -> dict[str, Known]:
    codes = [code_of(one) for one in asked]
    rows = patients.observations_of(response.patient, *codes) if codes else ()
    newest = patients.newest_by_code(rows)
    found = ((one, newest.get(code_of(one))) for one in asked)
    told = ((one, row) for one, row in found if row is not None and _was_told(row, response))
    offers = {one.item: _offer(sheet.book, one, row) for one, row in told}
    return {item: offer for item, offer in offers.items() if offer and _is_fresh(sheet, item, offer.day)}


def _was_told(row: Observation, response: QuestionnaireResponse) -> bool:
    """Whether it comes from a questionnaire sent earlier; what staff measured or wrote is not the person's word."""
    return row.origin == Observation.Origin.QUESTIONNAIRE and row.recorded_at < response.started_at


def _offer(book: Book, question: Question, row: Observation) -> Known | None:
    """Return a value of the record as an answer to this question; None for what it would ask about again."""
    given = _given(question, row)
    try:
        value = read(question, book.spec(question), given, None) if given else None
    except NotAccepted:
        return None
    return Known(value, timezone.localdate(row.effective_at)) if value else None


def _given(question: Question, row: Observation) -> Given | None:
    value: Any = row.value
    if row.is_unknown:
        return None
    if isinstance(value, bool):
        return Given(("yes" if value else "no",)) if question.kind == "yes_no" else None
    values = value if isinstance(value, list) else [value]
    return Given(tuple(str(one) for one in values), row.unit or question.unit or "")


def _is_fresh(sheet: Sheet, item: str, day: date) -> bool:
    question = sheet.book.question(item)
    spec = sheet.book.spec(question) if question else None
    lasts = (spec.fresh_for_days if spec else None) or NEVER_OLDER
    return (sheet.day - day).days <= min(lasts, NEVER_OLDER)


def _lists(response: QuestionnaireResponse, sheet: Sheet, named: Sequence[Question]) -> dict[str, Known]:
    """Return the lists as they were told the last time, "none" included."""
    if not named:
        return {}
    earlier = Answer.objects.filter(
        response__patient=response.patient,
        response__questionnaire=response.questionnaire,
        response__completed_at__lt=response.started_at,
        item__in=[one.item for one in named],
    ).select_related("response")
    told: dict[str, Answer] = {}
    for answer in earlier.order_by("response__completed_at"):
        told[answer.item] = answer
    offers = {item: _told(answer) for item, answer in told.items() if not answer.value.get("unknown")}
    return {item: offer for item, offer in offers.items() if _is_fresh(sheet, item, offer.day)}


def _told(answer: Answer) -> Known:
    told = {name: part for name, part in (bare(answer.value) or {}).items() if name != "stopped"}  # told once
    return Known(told, timezone.localdate(answer.response.completed_at))

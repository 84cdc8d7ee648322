"""Red flags of a questionnaire: which an answer raises, and what the clinic was told of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import override

from engine.language.documents import Question, RedFlag
from engine.urgency import URGENCIES
from webapp.accounts.models import User
from webapp.alerts import selectors as alert_list
from webapp.alerts import services as alerts
from webapp.intake import selectors
from webapp.intake.answers import Stored
from webapp.intake.facts import Book, Sheet
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.screens import said as in_words


@dataclass(frozen=True, slots=True)
class Raised:
    """A red flag that an answer raised, and when the clinic was told; None if it could not be told."""

    question: Question
    flag: RedFlag
    told_at: datetime | None


def raise_new(response: QuestionnaireResponse, before: Sheet, after: Sheet, actor: User) -> list[Raised]:
    """Tell the clinic of the flags that ``after`` raises and ``before`` did not; return them, most urgent first."""
    known = before.red_flags()
    new = [pair for key, pair in after.red_flags().items() if key not in known]
    return [Raised(question, flag, _tell(response, after, question, flag, actor)) for question, flag in new]


def raise_late(
    response: QuestionnaireResponse, sheet: Sheet, question: Question, said: Stored, actor: User
) -> list[Raised]:
    """Tell the clinic of the flags of an answer that arrived too late to count; return them, most urgent first."""
    there = sheet.having(question.item, said)
    flags = sorted(question.red_flags, key=lambda flag: -URGENCIES.index(flag.urgency))
    return [
        Raised(question, flag, _tell(response, there, question, flag, actor))
        for flag in flags
        if there.truth(flag.when) is True
    ]


def _tell(
    response: QuestionnaireResponse, sheet: Sheet, question: Question, flag: RedFlag, actor: User
) -> datetime | None:
    """Tell the clinic and return when; None if that could not be written, so that the page does not claim it."""
    said = sheet.answers[question.item]
    text = {language: _words(sheet.book, question, flag, said, language) for language in ("es", "en")}
    try:
        with transaction.atomic():
            alert = alerts.raise_(
                patient_id=response.patient_id,
                rule=_rule(response, question, flag),
                code=flag.alert,
                urgency=flag.urgency,
                text=text,
                facts={"response": str(response.pk), "item": question.item, "value": said},
                actor=actor,
            )
    except DatabaseError:  # the instruction on the screen matters more than the line in our list
        return None
    return alert.last_raised_at


def _words(book: Book, question: Question, flag: RedFlag, said: Stored, language: str) -> str:
    """Return what the clinic reads of an answer: what was asked, what was said, and what the patient was told to do."""
    shown = book.questionnaire.instructions[flag.instruction].title.get(language, flag.instruction)
    with override(language):
        return _("%(asked)s %(said)s. The patient was told: “%(shown)s”") % {
            "asked": question.text.get(language, question.item),
            "said": in_words(question, said, language),
            "shown": shown,
        }


def _rule(response: QuestionnaireResponse, question: Question, flag: RedFlag) -> str:
    return f"{response.questionnaire}.{question.item}.{flag.instruction}"[:120]


def raised_by(response: QuestionnaireResponse, item: str) -> list[Raised]:
    """Return the red flags the answer to an item raises as it stands, and what the clinic's list says of each."""
    flags = [pair for pair in selectors.sheet_of(response).red_flags().values() if pair[0].item == item]
    return [Raised(question, flag, _told(response, question, flag)) for question, flag in flags]


def _told(response: QuestionnaireResponse, question: Question, flag: RedFlag) -> datetime | None:
    return alert_list.told_since(response.patient_id, _rule(response, question, flag), response.started_at)


def would_raise(sheet: Sheet, questions: Iterable[Question]) -> dict[str, list[str]]:
    """Return, by item of a yes-or-no question, the instructions a "yes" would show; for a device without network."""
    found: dict[str, list[str]] = {}
    for question in questions:
        if question.kind == "yes_no" and question.red_flags:
            sheet_if = sheet.having(question.item, {"value": True})
            names = [flag.instruction for one, flag in sheet_if.red_flags().values() if one.item == question.item]
            if names:
                found[question.item] = list(dict.fromkeys(names))
    return found

"""The screen that takes the place of the page when an answer raises a red flag, with a network or without."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from engine.language.documents import Question, Questionnaire
from webapp.intake import flags, screens, selectors
from webapp.intake.facts import Sheet
from webapp.intake.flags import Raised
from webapp.intake.models import QuestionnaireResponse


def show(request: HttpRequest, response: QuestionnaireResponse, group: str, raised: Sequence[Raised]) -> HttpResponse:
    """Show, within the request that raised it, what to do now."""
    item = raised[0].question.item
    answer = render(request, "intake/urgent.html", context(response, group, item, raised))
    if request.htmx:
        answer["HX-Retarget"], answer["HX-Reswap"] = "body", "innerHTML show:window:top"
    return answer


def context(response: QuestionnaireResponse, group: str, item: str, raised: Sequence[Raised]) -> dict[str, Any]:
    language = screens.reader()
    texts = selectors.book_of(response).questionnaire
    parts = _advice(texts, (one.flag.instruction for one in raised), language)
    return {
        "response": response,
        "group": group,
        "item": item,
        "first": parts[0],
        "others": parts[1:],
        "told_at": max(told) if all(told := [one.told_at for one in raised]) else None,
        "doctor": response.patient.general_practitioner,
    }


def _advice(texts: Questionnaire, names: Iterable[str], language: str) -> list[screens.Advice]:
    return [screens.instruction(texts.instructions[name], language) for name in dict.fromkeys(names)]


def without_network(sheet: Sheet, items: Iterable[str], language: str) -> dict[str, list[screens.Advice]]:
    """Return, by item, what a "yes" would show, for the device to show by itself when we cannot be reached."""
    asked: list[Question] = [one for item in items if (one := sheet.book.question(item))]
    would = flags.would_raise(sheet, asked)
    return {item: _advice(sheet.book.questionnaire, names, language) for item, names in would.items()}

"""Between the page and the device: how an answer was delivered, and what is told back about it."""

import json
from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from webapp.intake import selectors
from webapp.intake.keeping import Delivery
from webapp.intake.models import PastAnswer, QuestionnaireResponse
from webapp.intake.screens import reader, words
from webapp.intake.services import Saved

KEY, WAITED, LANGUAGE = "X-Answer-Key", "X-Answer-Waited", "X-Answer-Language"  # of a request; the key comes back
LONGEST = timedelta(days=2)  # what a device says beyond that is not believed


def delivery(request: HttpRequest, kept: bool = False) -> Delivery:
    """Return how an answer came; what a device says wrongly is taken as not said."""
    language = request.headers.get(LANGUAGE, "") if kept else ""
    spoken = language if language in dict(settings.LANGUAGES) else reader()
    return Delivery(_key(request), _waited(request) if kept else timedelta(0), spoken, kept)


def _key(request: HttpRequest) -> UUID | None:
    try:
        return UUID(request.headers.get(KEY, ""))
    except ValueError:
        return None


def _waited(request: HttpRequest) -> timedelta:
    said = request.headers.get(WAITED, "")
    milliseconds = int(said) if said.isascii() and said.isdigit() and len(said) < 12 else 0
    return min(timedelta(milliseconds=milliseconds), LONGEST)


def acknowledged(request: HttpRequest, answer: HttpResponse) -> HttpResponse:
    """Return the answer with the key of what was delivered: the device may let go of it."""
    if key := _key(request):
        answer[KEY] = str(key)
    return answer


def told(answer: HttpResponse, sentences: Sequence[str]) -> HttpResponse:
    """Return a fragment that also shows a notice."""
    if sentences:
        answer["HX-Trigger"] = json.dumps({"toast": " ".join(sentences)})
    return answer


def changed(response: QuestionnaireResponse, saved: Saved) -> list[str]:
    """Return what an answer did to others, in words for the person."""
    told = []
    if saved.gone:
        gone = _("“%(questions)s” is not asked any more; what you had answered does not count.")
        told.append(gone % {"questions": _named(response, saved.gone)})
    if saved.back:
        back = _("“%(questions)s” is asked again; your earlier answer counts again.")
        told.append(back % {"questions": _named(response, saved.back)})
    return told


def _named(response: QuestionnaireResponse, items: Collection[str]) -> str:
    names = _questions(response)
    return "”, “".join(names[item] for item in names if item in items)


def _questions(response: QuestionnaireResponse) -> Mapping[str, str]:
    groups = selectors.book_of(response).questionnaire.groups
    return {one.item: words(one.text, reader()) for group in groups for one in group.questions}


def late(response: QuestionnaireResponse, item: str, because: str) -> str:
    """Return what became of an answer that arrived too late to count."""
    sentences: Mapping[str, Any] = {
        PastAnswer.Because.LATE: _("“%(question)s”: a newer answer, given elsewhere, stands. The older one is kept."),
        PastAnswer.Because.HIDDEN: _("“%(questions)s” is not asked any more; what you had answered does not count."),
        PastAnswer.Because.AFTER_SENDING: _(
            "“%(question)s” arrived after the questionnaire was sent and is not part of it. Your doctor can read it."
        ),
    }
    asked = question(response, item)
    return str(sentences[because] % {"question": asked, "questions": asked})


def question(response: QuestionnaireResponse, item: str) -> str:
    return _questions(response).get(item, item)

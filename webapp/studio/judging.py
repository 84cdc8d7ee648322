"""The judge of the editor: what is wrong with a text being written, and what one click mends. It keeps nothing."""

import json
from bisect import bisect_left
from typing import Any

from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from engine.errors import Problem
from rules.judging import judged
from rules.models import Draft
from webapp.base import access
from webapp.studio import working
from webapp.studio.fixes import Fix, Page, fixes_of, span_of
from webapp.studio.problem_words import meaning

MOST_BYTES, MOST_SHOWN = 2_000_000, 200
TOO_LONG, NOT_UNDERSTOOD = 413, 400


@access.may("protocols.write")
@require_POST
def judge(request: HttpRequest, draft: int) -> JsonResponse:
    """Judge the text in the body as if it were the draft's."""
    try:
        held = working.draft_of(request.user, draft)
    except Draft.DoesNotExist:
        raise Http404 from None
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BYTES or len(request.body) > MOST_BYTES:
        return JsonResponse({"refused": _("The text is too long to be judged.")}, status=TOO_LONG)
    text = _text_of(request.body)
    if text is None:
        return JsonResponse({"refused": _("The text could not be read.")}, status=NOT_UNDERSTOOD)
    path, problems = judged(held, text)
    return JsonResponse(_told(path, problems, text))


def _text_of(body: bytes) -> str | None:
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return None
    text = sent.get("text") if isinstance(sent, dict) else None
    return text if isinstance(text, str) else None


def _told(path: str, problems: tuple[Problem, ...], text: str) -> dict[str, Any]:
    """Return the problems of the text; those it makes in other files only once it has none of its own."""
    own = [each for each in problems if each.place.file == path]
    elsewhere = [] if own else [str(each.place) + " " + each.message for each in problems]
    page, units = Page(text), _Units(text)
    return {
        "path": path,
        "problems": [_problem(each, page, units) for each in own[:MOST_SHOWN]],
        "more": max(0, len(own) - MOST_SHOWN),
        "elsewhere": elsewhere[:MOST_SHOWN],
    }


class _Units:
    """Where a character stands as browsers count: a character beyond the first 65,536 is two of theirs."""

    def __init__(self, text: str) -> None:
        self.wide = [index for index, letter in enumerate(text) if letter > "\uffff"] if not text.isascii() else []

    def __call__(self, index: int) -> int:
        return index + bisect_left(self.wide, index)


def _problem(problem: Problem, page: Page, units: _Units) -> dict[str, Any]:
    begin, end = span_of(problem, page)
    return {
        "line": problem.place.line,
        "column": problem.place.column,
        "from": units(begin),
        "to": units(end),
        "code": problem.code,
        "meaning": meaning(problem.code, (get_language() or "es")[:2]),
        "message": problem.message,
        "hint": problem.hint,
        "fixes": [_fix(each, units) for each in fixes_of(problem, page)],
    }


def _fix(fix: Fix, units: _Units) -> dict[str, Any]:
    return {"from": units(fix.begin), "to": units(fix.end), "insert": fix.insert, "label": fix.label}

"""What a device kept while there was no network, and sends now: one answer at a time, or the whole page."""

from collections.abc import Sequence
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from webapp.base import access
from webapp.intake import selectors, services, telling, urgency
from webapp.intake.answers import NotAccepted
from webapp.intake.flags import Raised
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.services import ConsentMissing, Saved, Unfinished, UnknownItem

fillers = access.patient_or_may(selectors.FILL_IN)


@fillers
@require_POST
def kept(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take what waited on a device. The reply tells what became of it: words, a screen to show, a page to go to."""
    response = get_object_or_404(selectors.fillable_by(request.user), pk=pk)
    item = request.POST.get("item", "")
    reply = _answer(request, response, item) if item else _send(request, response)
    return telling.acknowledged(request, reply)


def _answer(request: HttpRequest, response: QuestionnaireResponse, item: str) -> HttpResponse:
    saved = Saved()
    try:
        saved = services.save_answer(
            response_id=response.pk,
            item=item,
            form=request.POST,
            actor=request.user,
            delivery=telling.delivery(request, kept=True),
        )
    except NotAccepted as problem:
        words = _("“%(question)s” is still open: %(words)s")
        told = [words % {"question": telling.question(response, item), "words": problem.words}]
    except UnknownItem:
        told = []
    except ConsentMissing as problem:
        told = [str(problem)]
    else:
        told = [telling.late(response, item, saved.late)] if saved.late else telling.changed(response, saved)
    return _reply(told=told, screen=_screen(request, response, item, saved.raised))


def _reply(told: list[str], screen: str = "", go: str = "") -> HttpResponse:
    saved = time_format(timezone.localtime(), "H:i")
    return JsonResponse({"saved": _("Saved %(time)s") % {"time": saved}, "told": told, "screen": screen, "go": go})


def _screen(request: HttpRequest, response: QuestionnaireResponse, item: str, raised: Sequence[Raised]) -> str:
    if not raised:
        return ""
    groups = selectors.book_of(response).questionnaire.groups
    group = next(group.name for group in groups for one in group.questions if one.item == item)
    context = urgency.context(response, group, item, raised)
    return render_to_string("intake/_urgent.html", context, request)


def _send(request: HttpRequest, response: QuestionnaireResponse) -> HttpResponse:
    check, thanks = (reverse(f"intake:{name}", args=[response.pk]) for name in ("check", "thanks"))
    try:
        services.submit(response_id=response.pk, actor=request.user, today=timezone.localdate())
    except (ConsentMissing, Unfinished) as problem:
        return _reply(told=[str(problem)], go=check)
    return _reply(told=[], go=thanks)

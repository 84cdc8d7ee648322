"""The pages of versions on trial: which there are, what they would have said or said, stopped and promoted."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rules.drafting import DraftError
from rules.models import Trial
from webapp.base import access
from webapp.studio import trialling, trials_seen, working

REFUSED, A_PAGE = 422, 50
readers = access.may("protocols.read")
deciders = access.may("protocols.publish")
writers = access.may("protocols.write")


@readers
@require_GET
def trials(request: HttpRequest) -> HttpResponse:
    """List every trial there was, the last approved first."""
    page = Paginator(trials_seen.trials_for(request.user), A_PAGE).get_page(request.GET.get("page"))
    rows = [(one, trials_seen.title_of(one, _language())) for one in page]
    return render(request, "studio/trials.html", {"page": page, "rows": rows})


@readers
@require_GET
def trial(request: HttpRequest, trial: int) -> HttpResponse:
    """Show a trial: for whom, how far, and in what it differs."""
    return _page(request, _held(request, trial))


def _held(request: HttpRequest, pk: int) -> Trial:
    try:
        return trials_seen.trial_of(request.user, pk)
    except Trial.DoesNotExist:
        raise Http404 from None


def _language() -> str:
    return (get_language() or "es")[:2]


def _page(request: HttpRequest, held: Trial, problem: str = "", status: int = 200) -> HttpResponse:
    user = request.user
    shown: dict[str, Any] = {
        "trial": held,
        "title": trials_seen.title_of(held, _language()),
        "doctors": trials_seen.doctors_of(held),
        "promotion": trials_seen.promotion_of(held),
        "may_publish": user.may(working.PUBLISH),
        "may_write": user.may(working.WRITE),
        "problem": problem,
        "typed": request.POST,
    }
    if held.kind == Trial.Kind.PILOT:
        shown["piloted"] = trials_seen.piloted(user, held)
    else:
        shown["shadowed"] = trials_seen.shadowed(user, held)
        shown["page"], shown["cases"] = trials_seen.cases_of(
            user, held, _language(), request.GET.get("page", "1"), request.path
        )
    return render(request, "studio/trial.html", shown, status=status)


@deciders
@require_POST
def stop(request: HttpRequest, trial: int) -> HttpResponse:
    """Stop a trial at once, with a reason."""
    return _done(request, trial, trialling.stop, _("It is stopped. New plans come by what is in force."))


@writers
@require_POST
def promote(request: HttpRequest, trial: int) -> HttpResponse:
    """Propose that the tried version come into force."""
    return _done(request, trial, trialling.promote, _("It is proposed. Another director decides; the trial runs on."))


def _done(request: HttpRequest, pk: int, deed: Callable[..., object], said: str) -> HttpResponse:
    held = _held(request, pk)
    try:
        deed(request.user, held.pk, request.POST.get("reason", ""))
    except DraftError as problem:
        return _page(request, held, f"{problem} {problem.hint}", REFUSED)
    messages.success(request, said)
    return redirect("studio:trial", trial=held.pk)

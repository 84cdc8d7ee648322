"""The page of jobs, and the two addresses at which monitors ask."""

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST, require_safe

from webapp.base import access
from webapp.jobs import selectors, services


@access.may("jobs.read")
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Show what works unseen, and what of it stands still."""
    now = timezone.now()
    shown = selectors.overview(now, request.GET.get("page", "1"))
    return render(request, "jobs/overview.html", {"jobs": shown, "now": now})


@access.may("jobs.read")
@require_POST
def retry(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a failed job run again."""
    if services.retry(pk=pk, actor=request.user):
        messages.success(request, _("The job waits again."))
    else:
        messages.warning(request, _("This job is not failed any more, or the same waits already."))
    return redirect("jobs:overview")


@access.may("jobs.read")
@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a message that was given up be sent again."""
    if services.send_again(pk=pk, actor=request.user):
        messages.success(request, _("The message waits again."))
    else:
        messages.warning(request, _("This message has left meanwhile, or comes too late to be of use."))
    return redirect("jobs:overview")


@access.public
@require_safe
@never_cache
def healthz(request: HttpRequest) -> HttpResponse:
    """Say that the web server answers; asks nothing of the database."""
    return HttpResponse("ok", content_type="text/plain")


@access.public
@require_safe
@never_cache
def readyz(request: HttpRequest) -> HttpResponse:
    """Say, a word each, whether database, worker, messages and disk are as they must be; 503 if one is not."""
    found = services.readiness(timezone.now())
    return JsonResponse(asdict(found), status=200 if found.ready else 503)

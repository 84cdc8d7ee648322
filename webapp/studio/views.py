"""The shelf on screen, read only: what is in force, and every text as it was written."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from rules.models import Version
from webapp.base import access
from webapp.plans import uses
from webapp.studio import incidents, selectors, trials_seen, word_views, working

SPANS = (30, 90, 365)  # days


@access.may("protocols.read")
@require_GET
def shelf(request: HttpRequest) -> HttpResponse:
    """List what stands on the shelf; with ``q``, what in everything in force is called so."""
    user = request.user
    if request.GET.get("q", "").strip():
        found = word_views.searched(user, request.GET["q"], request.GET.get("page"))
        return render(request, "studio/search.html", found)
    on_trial = list(trials_seen.open_for(user))
    shown = {
        "parts": selectors.parts_for(user, _language(), timezone.localdate(), on_trial),
        "writes": user.may(working.WRITE) or user.may(working.PUBLISH),
        "drafts": working.drafts_for(user).exclude(state="submitted"),
        "proposals": working.proposals_for(user),
        "asks": incidents.incidents_for(user).count(),
        "on_trial": [(one, trials_seen.title_of(one, _language())) for one in on_trial],
    }
    return render(request, "studio/list.html", shown)


@access.may("protocols.read")
@require_GET
def version(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one version: its exact text by line, a sentence a rule, its tests and sources."""
    try:
        reading = selectors.reading_of(request.user, pk, _language(), timezone.localdate())
    except Version.DoesNotExist:
        raise Http404 from None
    rights = {"may_write": request.user.may(working.WRITE), "may_publish": request.user.may(working.PUBLISH)}
    return render(request, "studio/version.html", {"reading": reading} | rights)


@access.may("protocols.read")
@require_GET
def in_use(request: HttpRequest) -> HttpResponse:
    """Show what doctors did with each rule in the last days; ``days`` is one of the offered spans."""
    days = int(request.GET.get("days", "")) if request.GET.get("days", "") in {str(one) for one in SPANS} else SPANS[0]
    since = timezone.now() - timedelta(days=days)
    shown = {
        "rows": selectors.rules_in_use(request.user, since, _language()),
        "burden": uses.burden(request.user, since),
        "budget": uses.BUDGET,
        "days": days,
        "spans": SPANS,
    }
    return render(request, "studio/in_use.html", shown)


def _language() -> str:
    return (get_language() or "es")[:2]

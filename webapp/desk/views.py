"""The worklist: who waits for a clinician, what has come meanwhile, and who comes next."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from webapp.accounts import selectors as accounts
from webapp.audit import services as audit
from webapp.base import access
from webapp.desk import choosing, selectors, views_kept
from webapp.desk.choosing import Choice
from webapp.desk.models import SavedView
from webapp.desk.waitlist import Waitlist
from webapp.plans import reviewing
from webapp.results.presenting import undo_of
from webapp.results.selectors import undoable_by

clinicians = access.may("plans.read")
NOTHING_NEW = 204


def _language() -> str:
    return (get_language() or "es")[:2]


@dataclass(frozen=True, slots=True)
class Listed:
    """The worklist as one reader chose to see it, by plain columns: nothing of it is decrypted yet."""

    choice: Choice
    entries: Waitlist  # of every kind
    chosen: Waitlist
    page: Page
    stamp: str
    now: datetime


def _listed(request: HttpRequest, choice: Choice) -> Listed:
    now = timezone.now()
    entries = selectors.chosen_among(request.user, selectors.entries_for(request.user), choice, now)
    chosen = entries.in_tab(choice.tab)
    page = Paginator(chosen, selectors.PAGE).get_page(request.GET.get("page"))
    return Listed(choice, entries, chosen, page, entries.stamp(), now)


def _shown(request: HttpRequest, listed: Listed) -> dict[str, Any]:
    """Return what the list's part of the page says; whom it shows is written into the book."""
    rows = selectors.rows_of(request.user, list(listed.page), _language())
    with audit.together():
        audit.record(actor=request.user, verb="worklist.viewed", path=request.path, detail={"shown": len(rows)})
        seen = [row.patient.pk for row in rows]
        audit.record_list(actor=request.user, verb="patient.listed", patient_ids=seen, path=request.path)
    counts = selectors.tab_counts(listed.entries)
    choice = listed.choice
    return {
        "bands": selectors.banded(rows, listed.chosen),
        "page": listed.page,
        "choice": choice,
        "tabs": [(name, title, counts[name], choice.query(tab=name)) for name, title in selectors.TABS.items()],
        "query": choice.query(),
        "total": len(listed.entries),
        "now": listed.entries.of_rank(selectors.BANDS[0][0]),
        "today": timezone.localdate(),
        "moment": listed.now,
        "stamp": listed.stamp,
        "back": reverse("desk:list"),
    }


@clinicians
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """Show who waits for a clinician: red flags, drafts, what could not be assessed."""
    views = list(views_kept.views_of(request.user))
    view = _view(request, views)
    choice = view.choice if view and not choosing.is_made(request.GET) else _choice(request)
    context = _shown(request, _listed(request, choice)) | {
        "views": views,
        "view": view,
        "doctors": list(accounts.doctors()),
        "waits": choosing.WAITS.items(),
        "undoable": reviewing.undoable(request.user),
        "results_undoable": [undo_of(one) for one in undoable_by(request.user, timezone.now())],
    }
    return render(request, "desk/worklist.html", context)


def _choice(request: HttpRequest) -> Choice:
    return choosing.choice_in(request.GET, selectors.TABS)


def _view(request: HttpRequest, views: list[SavedView]) -> SavedView | None:
    """Return the view an address names, or the one this person begins with where it chooses nothing."""
    if "view" in request.GET:
        return next((view for view in views if str(view.pk) == request.GET["view"]), None)
    return None if choosing.is_made(request.GET) else views_kept.begun_with(views)


@clinicians
@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Give the list anew where it has changed; to who is busy in it only how many have come."""
    listed = _listed(request, _choice(request))
    if listed.stamp == request.GET.get("stamp"):
        return HttpResponse(status=NOTHING_NEW)
    come = listed.chosen.come_since(_moment(request) or listed.now)
    if request.GET.get("busy"):
        answer = render(request, "desk/_news.html", {"come": come, "held": True})
        answer["HX-Retarget"], answer["HX-Reswap"] = "#news", "innerHTML"
        return answer
    return render(request, "desk/_waiting.html", _shown(request, listed) | {"come": come, "live": True})


def _moment(request: HttpRequest) -> datetime | None:
    try:
        found = parse_datetime(request.GET.get("seen", ""))
    except ValueError:
        return None
    return found if found and timezone.is_aware(found) else None


@clinicians
@require_GET
def following(request: HttpRequest) -> HttpResponse:
    """Go to whoever comes next in the list, after the plan in ``after``."""
    entry = selectors.after(selectors.entries_for(request.user), request.GET.get("after", ""))
    if entry is None:
        messages.success(request, _("Nothing else to review."))
        return redirect("desk:list")
    if entry.plan_id is not None:
        return redirect(reverse("plans:review", kwargs={"pk": entry.plan_id}))
    if result := next(iter(entry.waiting.get("results", ())), None):
        return redirect("results:report", report=result)
    return redirect("desk:patient", pk=entry.patient_id)

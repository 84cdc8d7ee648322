"""The worklist: who waits for a clinician, and who comes next."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from webapp.audit import services as audit
from webapp.base import access
from webapp.desk import selectors
from webapp.plans import reviewing
from webapp.results.presenting import undo_of
from webapp.results.selectors import undoable_by

clinicians = access.may("plans.read")


def _language() -> str:
    return (get_language() or "es")[:2]


@clinicians
@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    """Show who waits for a clinician: red flags, drafts, what could not be assessed."""
    entries = selectors.entries_for(request.user)
    tab = request.GET.get("tab", "all")
    tab = tab if tab in selectors.TABS else "all"
    chosen = [entry for entry in entries if entry.in_tab(tab)]
    page = Paginator(chosen, selectors.PAGE).get_page(request.GET.get("page"))
    rows = selectors.rows_of(request.user, list(page), _language())
    with audit.together():
        audit.record(actor=request.user, verb="worklist.viewed", path=request.path, detail={"shown": len(rows)})
        seen = [row.patient.pk for row in rows]
        audit.record_list(actor=request.user, verb="patient.listed", patient_ids=seen, path=request.path)
    counts = selectors.tab_counts(entries)
    context = {
        "bands": selectors.banded(rows, chosen),
        "page": page,
        "tab": tab,
        "tabs": [(name, title, counts[name]) for name, title in selectors.TABS.items()],
        "total": len(entries),
        "now": sum(entry.rank >= selectors.BANDS[0][0] for entry in entries),
        "today": timezone.localdate(),
        "undoable": reviewing.undoable(request.user),
        "results_undoable": [undo_of(one) for one in undoable_by(request.user, timezone.now())],
    }
    return render(request, "desk/worklist.html", context)


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

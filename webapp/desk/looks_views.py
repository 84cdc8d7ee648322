"""Who looked at a record: whom to ask about, and the answer. Reading it is itself written into the book."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET, require_http_methods

from webapp.audit import services as audit
from webapp.base import access
from webapp.desk import looks, selectors

auditors = access.may("audit.read")


@auditors
@require_http_methods(["GET", "POST"])
def search(request: HttpRequest) -> HttpResponse:
    """Find the patient to ask about; the words searched travel in the form, never in an address."""
    text = selectors.searched(request.POST.get("q", ""))
    found = selectors.auditable(request.user, text) if text else []
    if text:
        audit.record_list(
            actor=request.user, verb="patient.found", patient_ids=[one.pk for one in found], path=request.path
        )
    return render(request, "desk/looks_search.html", {"q": text, "found": found})


@auditors
@require_GET
def looks_at(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show who looked at one record, newest first."""
    patient = get_object_or_404(selectors.auditable_by(request.user), pk=pk)
    asked = looks.question_in(request.GET)
    found = looks.looks_at(patient, asked, request.GET.get("page", "1"))
    audit.record(actor=request.user, verb="looks.viewed", patient_id=patient.pk, path=request.path)
    return render(request, "desk/looks.html", {"patient": patient, "looks": found, "query": _query(request)})


def _query(request: HttpRequest) -> str:
    """Return the question as it stands in the address, without the page."""
    kept = request.GET.copy()
    kept.pop("page", None)
    return kept.urlencode()

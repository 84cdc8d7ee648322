"""Taking a summary for another doctor: asked again who it is, as for every copy that leaves."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_http_methods

from webapp.accounts import confirming, ways
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.desk import summary as summaries
from webapp.patients import selectors as people


@access.may("record.export")
@require_http_methods(["GET", "POST"])
def summary(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give a clinician the summary of a record as a PDF."""
    person = get_object_or_404(people.patients_for(request.user), pk=pk)
    if not confirming.is_fresh(request):
        return ways.by_way_of(request, "accounts:confirm")
    if request.method == "GET":
        return render(request, "desk/summary.html", {"patient": person, "reads_in": (get_language() or "es")[:2]})
    language = request.POST.get("language", "")
    if language not in summaries.LANGUAGES:
        raise Http404
    made = summaries.take(
        patient=person, actor=request.user, language=language, today=timezone.localdate(), path=request.path
    )
    return attachment(made, name=f"summary-{person.record_number}.pdf", content_type="application/pdf")

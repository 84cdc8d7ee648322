"""The page on which a doctor looks at a patient of a recall again, and says what was done."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from webapp.accounts import ways
from webapp.audit import services as audit
from webapp.base import access
from webapp.plans import recalling
from webapp.plans.refusing import PlanError


@access.may("plans.sign")
@require_http_methods(["GET", "POST"])
def recalled(request: HttpRequest, recalled: UUID) -> HttpResponse:
    """Show why a patient is looked at again; close it with what was done."""
    task = get_object_or_404(recalling.tasks_for(request.user), pk=recalled)
    problem = ""
    if request.method == "POST":
        try:
            recalling.settle(task_id=task.pk, doctor=request.user, note=request.POST.get("note", ""))
        except PlanError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Settled. It no longer stands in the list."))
            return redirect(ways.wanted(request))
    audit.record(actor=request.user, verb="recall.viewed", patient_id=task.patient_id, path=request.path)
    page = {"task": task, "patient": task.patient, "problem": problem, "note": request.POST.get("note", "")}
    return render(request, "plans/recalled.html", page, status=422 if problem else 200)

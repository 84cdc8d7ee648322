"""The own results in the portal: listed, read, drawn, taken along."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from webapp.audit import services as audit
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.base.roles import Role
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.plans.lines import terms_now
from webapp.plans.terms import Terms
from webapp.portal import results
from webapp.results import files

of_patients = access.roles(Role.PATIENT)


def _patient(request: HttpRequest) -> Patient:
    patient = patients.own_patient(request.user)
    if patient is None:
        raise Http404
    return patient


def _terms() -> Terms:
    return terms_now((get_language() or "es")[:2], timezone.localdate())


@of_patients
@require_GET
def listed(request: HttpRequest) -> HttpResponse:
    """List the results that are released, newest first."""
    patient = _patient(request)
    audit.record(actor=request.user, verb="results.viewed", patient_id=patient.pk, path=request.path)
    found = results.listed(request.user, _terms(), request.GET.get("page", "1"))
    return render(request, "portal/results.html", {"rows": found.rows, "page": found.page, "patient": patient})


@of_patients
@require_GET
def show(request: HttpRequest, report: UUID) -> HttpResponse:
    """Show one report: each value with its range, what it means and how it moved."""
    patient, one = _patient(request), results.report(request.user, report, _terms())
    if one is None:
        raise Http404
    audit.record(actor=request.user, verb="result.viewed", patient_id=patient.pk, path=request.path)
    return render(request, "portal/result.html", {"one": one, "patient": patient})


@of_patients
@require_GET
def file(request: HttpRequest, report: UUID) -> HttpResponse:
    """Give the original of a report that is released, under a name of ours."""
    _patient(request)
    found = results.original(request.user, report, request.path)
    if found is None:
        raise Http404
    return attachment(found.content, name=found.name, content_type=found.content_type)


@of_patients
@require_GET
def figures(request: HttpRequest, analyte: str) -> HttpResponse:
    """Give the figures behind a drawing as CSV."""
    patient = _patient(request)
    found = results.course(request.user, patient, analyte, _terms())
    if found is None:
        raise Http404
    audit.record(actor=request.user, verb="record.printed", patient_id=patient.pk, path=request.path)
    made = files.figures(found, day=_("Day"), value=_("Value"), unit=_("Unit"))
    return attachment(made, name=f"results-{patient.record_number}.csv", content_type="text/csv; charset=utf-8")

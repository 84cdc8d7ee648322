"""Taking a copy of a whole record: the clinic's for a doctor, the own one for a patient. Asked again who it is."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_GET, require_http_methods

from webapp.accounts import confirming, ways
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.base.roles import Role
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.privacy import selectors, services, tasks
from webapp.privacy.models import Export

REFUSED = 422


@access.may("record.export")
@require_http_methods(["GET", "POST"])
def export(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Give a clinician a copy of the whole record of a patient."""
    person = get_object_or_404(patients.patients_for(request.user), pk=patient)
    return _taken(request, person, "privacy/export.html")


@access.roles(Role.PATIENT)
@require_http_methods(["GET", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Give a patient everything the clinic knows about the patient."""
    person = patients.own_patient(request.user)
    if person is None:
        raise Http404
    return _taken(request, person, "privacy/own.html")


def _taken(request: HttpRequest, person: Patient, template: str) -> HttpResponse:
    if not confirming.is_fresh(request):
        return ways.by_way_of(request, "accounts:confirm")
    problem, long = "", services.takes_long(person)
    if request.method == "POST":
        try:
            return _begun(request, person) if long else _given(request, person)
        except services.ExportError as refused:
            problem = str(refused)
    page = {"patient": person, "long": long, "problem": problem}
    return render(request, template, page, status=REFUSED if problem else 200)


def _given(request: HttpRequest, person: Patient) -> HttpResponse:
    made = services.take(patient=person, language=_language(), actor=request.user, path=request.path)
    return _file(made, person)


def _begun(request: HttpRequest, person: Patient) -> HttpResponse:
    asked = services.ask(
        patient=person, language=_language(), actor=request.user, path=request.path, enqueue=tasks.enqueue
    )
    return redirect("privacy:waiting", pk=asked.pk)


def _language() -> str:
    return (get_language() or "es")[:2]


def _file(content: bytes, person: Patient) -> HttpResponse:
    return attachment(content, name=f"record-{person.record_number}.zip", content_type="application/zip")


def _mine(request: HttpRequest, pk: UUID) -> Export:
    mine = selectors.exports_for(request.user, timezone.now()).select_related("patient")
    return get_object_or_404(mine, pk=pk)


@access.patient_or_may("record.export")
@require_GET
def waiting(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how far a copy is, and where to fetch it."""
    mine = _mine(request, pk)
    own_one = mine.kind == Export.Kind.PATIENT
    shell = "base/patient.html" if own_one else "base/staff.html"
    page = {"export": mine, "patient": mine.patient, "own": own_one, "shell": shell}
    return render(request, "privacy/waiting.html", page)


@access.patient_or_may("record.export")
@require_GET
def file(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give out a copy that a job has made."""
    mine = _mine(request, pk)
    if not confirming.is_fresh(request):
        return ways.by_way_of(request, "accounts:confirm")
    if mine.state != Export.State.READY:
        return redirect("privacy:waiting", pk=mine.pk)
    try:
        return _file(services.give(export=mine, actor=request.user, path=request.path), mine.patient)
    except services.ExportError as problem:
        messages.error(request, str(problem))
        return redirect("privacy:waiting", pk=mine.pk)

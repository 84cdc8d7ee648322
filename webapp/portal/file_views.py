"""The files of the own record: opened, sent to the clinic, and taken out again while nobody has confirmed them."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.base import access
from webapp.base.codes import code_of
from webapp.base.downloads import attachment
from webapp.base.roles import Role
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import DocumentReference, Patient
from webapp.patients.services import NotAllowed, PatientError
from webapp.portal import files

REFUSED = 422
of_patients = access.roles(Role.PATIENT)


def _patient(request: HttpRequest) -> Patient:
    patient = patients.own_patient(request.user)
    if patient is None:
        raise Http404
    return patient


def _back() -> HttpResponse:
    return redirect(f"{reverse('portal:record')}#{code_of('documents')}")


@of_patients
@require_GET
def document(request: HttpRequest, document: UUID) -> HttpResponse:
    """Give one of the own files, under a name of ours; none that is not released, as if it were not there."""
    if not patients.shown_to(request.user, _patient(request)).filter(pk=document).exists():
        raise Http404
    found = patients.document_for(request.user, document, path=request.path)
    return attachment(found.content, name=found.name, content_type=found.content_type)


@of_patients
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Send a file to the clinic: a report of elsewhere, a photograph of a paper."""
    patient = _patient(request)
    form = files.FileForm(request.POST, request.FILES) if request.method == "POST" else files.FileForm()
    if form.is_valid():
        try:
            files.keep(patient=patient, given=form.cleaned_data, actor=request.user)
        except (PatientError, NotAllowed) as problem:
            form.add_error("file", str(problem))
        else:
            messages.success(request, _("Sent. Your doctor sees it in your record."))
            return _back()
    context = {"form": form, "patient": patient}
    return render(request, "portal/send_file.html", context, status=REFUSED if form.is_bound else 200)


@of_patients
@require_POST
def drop(request: HttpRequest, document: UUID) -> HttpResponse:
    """Take out a file one sent oneself, while nobody has confirmed it; it stays in the history."""
    line = DocumentReference.objects.filter(
        patient=_patient(request), recorded_by=request.user, active=True, pk=document
    ).first()
    if line is None:
        raise Http404
    try:
        patient_services.enter_in_error(line=line, actor=request.user)
        messages.success(request, _("Taken out of the list."))
    except (PatientError, NotAllowed) as problem:
        messages.warning(request, str(problem))
    return _back()

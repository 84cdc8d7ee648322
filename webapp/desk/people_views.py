"""Finding patients and registering them. What is searched travels in forms: no name stands in an address or a log."""

import re
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from webapp.audit import services as audit
from webapp.base import access, shown
from webapp.desk import changes, selectors
from webapp.desk import services as desk
from webapp.desk.identity_form import RegistrationForm
from webapp.patients import selectors as people
from webapp.patients import services
from webapp.patients.models import Patient
from webapp.patients.registering import PossibleDuplicate

PATIENTS_A_PAGE = 50
CONFLICT, REFUSED = 409, 422
_A_NUMBER = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@access.may("patients.search")
@require_http_methods(["GET", "POST"])
def patients(request: HttpRequest) -> HttpResponse:
    """Show the patients by surname, or those a search finds; a search with one hit leads to that patient."""
    text = selectors.searched(request.POST.get("q", ""))
    directory = people.directory(request.user, text, path=request.path)
    typing = request.headers.get("HX-Request") == "true"
    if text and not typing and len(directory.patients) == 1:
        return redirect("desk:patient", pk=directory.patients[0].pk)
    number = request.POST.get("page") or request.GET.get("page", "1")
    page = Paginator(directory.patients, PATIENTS_A_PAGE).get_page(number)
    verb, seen = "patient.found" if text else "patient.listed", [one.pk for one in page]
    audit.record_list(actor=request.user, verb=verb, patient_ids=seen, path=request.path)
    context = {
        "directory": directory,
        "page": page,
        "q": text,
        "today": timezone.localdate(),
        "may_register": request.user.may("patients.register"),
    }
    return render(request, "desk/_people.html" if typing else "desk/patients.html", context)


@access.may("patients.register")
@require_http_methods(["GET", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    """Register a person; whoever seems registered already is shown first."""
    form = RegistrationForm(request.POST or None)
    if not form.is_valid():
        return render(request, "desk/register.html", {"form": form}, status=REFUSED if form.is_bound else 200)
    try:
        patient = services.register(actor=request.user, another_than=_told_apart(request), **form.cleaned_data)
    except PossibleDuplicate as found:
        context = {"form": form, "likely": found.candidates}
        return render(request, "desk/register.html", context, status=CONFLICT)
    except services.PatientError as problem:
        form.add_error(None, str(problem))
        return render(request, "desk/register.html", {"form": form}, status=REFUSED)
    messages.success(request, _("Registered with the record number %(number)s.") % {"number": patient.record_number})
    return redirect("desk:patient", pk=patient.pk)


def _told_apart(request: HttpRequest) -> list[UUID]:
    """Return whom somebody looked at and said not to be this person."""
    if request.POST.get("another") != "yes":
        return []
    return [UUID(one) for one in request.POST.getlist("shown") if _A_NUMBER.fullmatch(one)]


@access.may("patients.register")
@require_http_methods(["GET", "POST"])
def identity(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Set right who a patient is and how to reach the person, and say of who seems the same that they are two."""
    patient = get_object_or_404(people.patients_for(request.user), pk=pk)
    if request.POST.get("apart"):
        return _two_people(request, patient)
    form = _identity_form(patient, request.POST or None)
    if form.is_valid():
        try:
            _set_right(request, patient, form)
        except services.ChangedMeanwhile as problem:
            patient.refresh_from_db()
            form = _identity_form(patient, shown.as_it_stands(form, _identity_of(patient)))
            form.add_error(None, str(problem))
        except services.PatientError as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Corrected. What it said before stands in the history."))
            return redirect("desk:patient", pk=patient.pk)
    likely = people.duplicates_of(request.user, patient, path=request.path)
    history = changes.steps_of(people.history_of(request.user, patient, "patient", path=request.path))
    context = {"form": form, "patient": patient, "history": history, "likely": likely}
    return render(request, "desk/identity_edit.html", context, status=REFUSED if form.is_bound else 200)


def _identity_of(patient: Patient) -> dict[str, Any]:
    return {name: getattr(patient, name) for name in RegistrationForm.base_fields}


def _identity_form(patient: Patient, data: QueryDict | None) -> RegistrationForm:
    """Return the form of who a patient is, which remembers what it showed."""
    form = RegistrationForm(data, initial=_identity_of(patient))
    shown.remember(form)
    return form


def _set_right(request: HttpRequest, patient: Patient, form: RegistrationForm) -> None:
    desk.set_identity_right(
        patient=patient,
        given=shown.given(form),
        shown=shown.shown(form),
        actor=request.user,
        today=timezone.localdate(),
    )


def _two_people(request: HttpRequest, patient: Patient) -> HttpResponse:
    """Write that somebody looked at both and that they are two people."""
    chosen = request.POST["apart"]
    number = chosen if _A_NUMBER.fullmatch(chosen) else None
    other = get_object_or_404(people.patients_for(request.user), pk=number)
    try:
        services.tell_apart(patient=patient, other=other, actor=request.user)
    except services.PatientError as problem:
        messages.error(request, str(problem))
    else:
        messages.success(request, _("Written down: they are two people."))
    return redirect("desk:identity", pk=patient.pk)

"""The own record in the portal: read, printed, taken along as PDF; who looked; and what patients set right."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.base import access, pdf, shown
from webapp.base.codes import code_of
from webapp.base.downloads import attachment
from webapp.base.roles import Role
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import Patient, RelatedPerson
from webapp.patients.services import NotAllowed, PatientError
from webapp.plans.lines import terms_now
from webapp.portal import looks, profile, record, results, services

REFUSED = 422
of_patients = access.roles(Role.PATIENT)
forms_only = require_http_methods(["GET", "POST"])


def _patient(request: HttpRequest) -> Patient:
    patient = patients.own_patient(request.user)
    if patient is None:
        raise Http404
    return patient


def _language() -> str:
    return (get_language() or "es")[:2]


def _context(request: HttpRequest) -> dict[str, Any]:
    patient, today = _patient(request), timezone.localdate()
    found = patients.record_of(request.user, patient, path=request.path)
    return {
        "patient": patient,
        "lists": record.lists_of(request.user, found, _language(), today),
        "files": record.files_of(request.user, found),
        "today": today,
    }


@of_patients
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show the six lists of the own record."""
    return render(request, "portal/record.html", _context(request))


@of_patients
@require_GET
def download(request: HttpRequest) -> HttpResponse:
    """Give the own record as a PDF to take along, with the results that are released."""
    context = _context(request)
    context["reports"] = results.all_of(request.user, terms_now(_language(), context["today"]))
    services.note_taking(user=request.user, patient=context["patient"], what="record", path=request.path)
    made = pdf.render("portal/record_pdf.html", context, _language())
    name = f"record-{context['patient'].record_number}.pdf"
    return attachment(made, name=name, content_type="application/pdf")


@of_patients
@require_GET
def who_looked(request: HttpRequest) -> HttpResponse:
    """Show who read or changed the own record, day by day."""
    patient, with_own = _patient(request), request.GET.get("own") == "1"
    number = request.GET.get("page", "1")
    found = looks.looks_at(request.user, patient, with_own=with_own, number=number)
    services.note_reading(user=request.user, patient=patient, what="looks", path=request.path)
    return render(request, "portal/looks.html", {"looks": found, "query": "own=1&" if with_own else ""})


@of_patients
@forms_only
def reach(request: HttpRequest) -> HttpResponse:
    """Set right how the clinic reaches one."""
    patient = _patient(request)
    now = {name: getattr(patient, name) for name in profile.ReachForm.base_fields}
    form = profile.ReachForm(request.POST or None, initial=now)
    shown.remember(form)

    def save(_given: Mapping[str, Any]) -> None:
        seen, changed = shown.shown(form), shown.given(form)
        patient_services.correct_identity(patient=patient, actor=request.user, shown=seen, **changed)

    return _kept(request, form, save, "portal/reach.html", patient=patient)


@of_patients
@forms_only
def add_contact(request: HttpRequest) -> HttpResponse:
    """Name somebody to call in an emergency."""
    patient, form = _patient(request), profile.ContactForm(request.POST or None)

    def save(given: Mapping[str, Any]) -> None:
        patient_services.add_contact(patient=patient, actor=request.user, is_emergency_contact=True, **given)

    return _kept(request, form, save, "portal/contact.html", patient=patient)


@of_patients
@require_POST
def drop_contact(request: HttpRequest, contact: UUID) -> HttpResponse:
    """Take somebody out of those to call; it stays in the history."""
    patient = _patient(request)
    line = RelatedPerson.objects.filter(patient=patient, active=True, pk=contact).first()
    if line is None:
        raise Http404
    try:
        patient_services.enter_in_error(line=line, actor=request.user)
        messages.success(request, _("Taken out of the list."))
    except (PatientError, NotAllowed) as problem:
        messages.warning(request, str(problem))
    return redirect("portal:more")


@of_patients
@forms_only
def add_allergy(request: HttpRequest) -> HttpResponse:
    """Report an allergy: the doctor sees it as unconfirmed, and the rules heed it at once."""
    patient, today = _patient(request), timezone.localdate()
    form, terms = profile.AllergyForm(request.POST or None), terms_now(_language(), today)

    def save(given: Mapping[str, Any]) -> None:
        profile.add_allergy(patient=patient, given=given, actor=request.user, terms=terms, today=today)

    return _kept(request, form, save, "portal/allergy.html", to="portal:record", names=profile.allergens(terms))


_SAID = {
    "whole": gettext_lazy("Saved: that is all. Tell us when something changes."),
    "more": gettext_lazy("Saved: there may be more. Your clinic will ask you."),
    "none": gettext_lazy("Saved: there is none."),
}


@of_patients
@require_POST
def say_of_list(request: HttpRequest, name: str, said: str) -> HttpResponse:
    """Write what one says of a list as a whole: that is all, there may be more, or there is none."""
    patient, today = _patient(request), timezone.localdate()
    seen = request.POST.get("seen", "")
    try:
        services.say_of_list(patient=patient, name=name, said=said, seen=seen, actor=request.user, today=today)
        messages.success(request, _SAID[said])
    except (PatientError, NotAllowed) as problem:
        messages.warning(request, str(problem))
    return redirect(f"{reverse('portal:record')}#{code_of(name)}")


def _kept(
    request: HttpRequest,
    form: forms.Form,
    save: Callable[[Mapping[str, Any]], None],
    template: str,
    to: str = "portal:more",
    **context: Any,
) -> HttpResponse:
    """Save a form that holds and go back; else show it again with what is to be looked at."""
    if form.is_valid():
        try:
            save(form.cleaned_data)
        except (PatientError, NotAllowed) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return redirect(to)
    return render(request, template, {"form": form, **context}, status=REFUSED if form.is_bound else 200)

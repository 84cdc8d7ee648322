"""The patient's own pages: what to do now, the plan, the diary, the answers, the consents."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.alerts import selectors as alerts
from webapp.alerts import services as reminding
from webapp.alerts.models import Reminder
from webapp.base import access
from webapp.base.roles import Role
from webapp.intake import selectors as intake
from webapp.intake.reading import reading_of
from webapp.patients import consenting
from webapp.patients import selectors as patients
from webapp.patients import services as patient_services
from webapp.patients.models import Patient, Purpose
from webapp.portal import selectors, services

ASKED = "asked_for_consent"  # in this session


def _patient(request: HttpRequest) -> Patient:
    patient = patients.own_patient(request.user)
    if patient is None:
        raise Http404
    return patient


def _language() -> str:
    return (get_language() or "es")[:2]


def _page(request: HttpRequest, patient: Patient, what: str, template: str, **context: Any) -> HttpResponse:
    """Show a part of the own record, and write that it was read."""
    services.note_reading(user=request.user, patient=patient, what=what, path=request.path)
    return render(request, template, {"patient": patient, **context})


@access.roles(Role.PATIENT)
@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """Say what to do now; first, once a login, ask anew who agreed to a consent text that is no longer in force."""
    patient, now = _patient(request), timezone.localtime()
    if ASKED not in request.session:
        request.session[ASKED] = True
        if consenting.is_asked_anew(patient, Purpose.TREATMENT):
            return redirect("intake:consent")
    shown = selectors.home_of(request.user, patient, now.date(), _language())
    hello = _greeting(now.hour) % {"name": patient.given_name}
    to_do = alerts.to_do_for(request.user, now).exclude(kind=Reminder.Kind.QUESTIONNAIRE)  # begun: has its own card
    return _page(request, patient, "portal", "portal/home.html", home=shown, hello=hello, now=now, to_do=list(to_do))


def _greeting(hour: int) -> str:
    if 6 <= hour < 14:
        return _("Good morning, %(name)s")
    return _("Good afternoon, %(name)s") if 14 <= hour < 21 else _("Good evening, %(name)s")


@access.roles(Role.PATIENT)
@require_GET
def plan(request: HttpRequest) -> HttpResponse:
    """Show the signed plan in plain words."""
    patient = _patient(request)
    sheet = selectors.sheet_for(request.user, _language())
    return _page(request, patient, "plan", "portal/plan.html", sheet=sheet, now=timezone.localtime())


@access.roles(Role.PATIENT)
@require_GET
def answers(request: HttpRequest) -> HttpResponse:
    """List what was answered, newest first; the days of the diary by months."""
    patient = _patient(request)
    asked = request.GET.get("month", "")
    shown = selectors.answered_by(request.user, _language(), request.GET.get("page", "1"), asked)
    return _page(request, patient, "responses", "portal/answers.html", shown=shown)


@access.roles(Role.PATIENT)
@require_GET
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one questionnaire as it was asked and answered."""
    patient = _patient(request)
    response = get_object_or_404(intake.responses_for(request.user), pk=pk)
    return _page(request, patient, "response", "portal/answer.html", response=response, reading=reading_of(response))


@access.roles(Role.PATIENT)
@require_GET
def consent(request: HttpRequest) -> HttpResponse:
    """Show what was agreed to, when and how, and let it be changed."""
    patient = _patient(request)
    ledger = consenting.ledger_for(patient, _language())
    return _page(request, patient, "consents", "portal/consent.html", ledger=ledger)


@access.roles(Role.PATIENT)
@require_POST
def decide(request: HttpRequest, purpose: str) -> HttpResponse:
    """Write that a consent is given or withdrawn."""
    patient, text = _patient(request), patients.current_text(purpose)
    if text is None or request.POST.get("decision") not in ("accept", "withdraw"):
        raise Http404
    try:
        if request.POST["decision"] == "withdraw":
            patient_services.withdraw_consent(patient=patient, purpose=purpose, channel="portal", actor=request.user)
            reminding.hush(patient.pk, purpose)
            messages.success(request, _("Withdrawn."))  # what follows from it stands on the page
        elif str(text.pk) != request.POST.get("text"):
            messages.warning(request, _("There is a newer text. Please read it before deciding."))
        else:
            patient_services.accept_consent(patient=patient, text=text, channel="portal", actor=request.user)
            messages.success(request, _("Noted: you agree."))
    except patient_services.PatientError as problem:
        messages.warning(request, str(problem))
    return redirect("portal:consent")


@access.roles(Role.PATIENT)
@require_GET
def more(request: HttpRequest) -> HttpResponse:
    """Show who we think you are, and the way to everything else."""
    patient = _patient(request)
    contacts = patients.contacts_of(request.user, patient, path=request.path)
    called = [one for one in contacts if one.is_emergency_contact]
    return _page(request, patient, "profile", "portal/more.html", contacts=called)

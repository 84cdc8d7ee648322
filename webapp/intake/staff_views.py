"""Clinicians who fill in a questionnaire for a patient, saying so."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from webapp.base import access
from webapp.intake import asking, screens, selectors, services
from webapp.intake.models import QuestionnaireResponse
from webapp.intake.screens import reader
from webapp.intake.services import ConsentMissing, IntakeError
from webapp.patients import selectors as patients
from webapp.patients.models import Patient


@access.may(selectors.FILL_IN)
@require_http_methods(["GET", "POST"])
def for_patient(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Show what can be filled in for a patient; begin it, or go on where it was left."""
    person = get_object_or_404(patients.patients_for(request.user), pk=patient)
    if request.method == "POST" and (begun := _begin(request, person)):
        return redirect("intake:resume", begun.pk)
    services.note_patient(patient=person, actor=request.user, path=request.path)
    return render(request, "intake/for_patient.html", _choices(request, person))


@access.may("plans.sign")
@require_POST
def ask(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Ask a patient the questions that were chosen, and go back to where they were."""
    person = get_object_or_404(patients.patients_for(request.user), pk=patient)
    try:
        asking.ask(patient_id=person.pk, facts=request.POST.getlist("ask"), doctor=request.user)
        messages.success(request, _("The questions wait in the portal. The answers will be assessed when they come."))
    except ConsentMissing:
        messages.warning(request, str(services.NO_CONSENT_FOR))
    except IntakeError as problem:
        messages.warning(request, str(problem))
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else reverse("intake:for_patient", args=[person.pk]))


def _choices(request: HttpRequest, person: Patient) -> Mapping[str, Any]:
    language, today = reader(), timezone.localdate()
    known = [
        {"name": one.name, "title": screens.words(one.title, language), "minutes": one.minutes}
        for one in selectors.questionnaires().values()
        if one.kind != "diary"
    ]
    diary = next((one.name for one in selectors.questionnaires().values() if one.kind == "diary"), None)
    return {
        "patient": person,
        "age": person.age_on(today),
        "questionnaires": known,
        "diary": diary,
        "today": today,
        "consented": patients.has_current_consent(person, services.TREATMENT),
        "responses": list(selectors.fillable_by(request.user).filter(patient=person)[:20]),
    }


def _begin(request: HttpRequest, person: Patient) -> QuestionnaireResponse | None:
    day = request.POST.get("day", "")
    try:
        return services.start(
            patient=person,
            questionnaire=request.POST.get("questionnaire", ""),
            actor=request.user,
            language=reader(),
            today=timezone.localdate(),
            for_day=date.fromisoformat(day) if day else None,
        )
    except ConsentMissing:
        messages.warning(request, str(services.NO_CONSENT_FOR))
    except (IntakeError, ValueError) as problem:
        messages.warning(request, str(problem) if isinstance(problem, IntakeError) else _("Choose a day."))
    return None

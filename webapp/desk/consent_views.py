"""A patient's consents at the desk: how they stand, every decision, and writing down what came on paper or by phone."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.alerts import services as reminding
from webapp.audit import services as audit
from webapp.base import access
from webapp.patients import consenting, services
from webapp.patients import selectors as people
from webapp.patients.models import Consent, Patient

CHANNELS = (Consent.Channel.DESK, Consent.Channel.PHONE)


def _patient(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(people.patients_for(request.user), pk=pk)


@access.may("patients.search")
@require_GET
def consents(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a patient agreed to and withdrew, with the texts."""
    patient = _patient(request, pk)
    audit.record(actor=request.user, verb="consents.viewed", patient_id=patient.pk, path=request.path)
    context = {
        "patient": patient,
        "ledger": consenting.ledger_for(patient, (get_language() or "es")[:2]),
        "channels": CHANNELS,
        "may_write": request.user.may("consents.write"),
    }
    return render(request, "desk/consents.html", context)


@access.may("consents.write")
@require_POST
def write(request: HttpRequest, pk: UUID, purpose: str) -> HttpResponse:
    """Write down a decision that the patient took on paper or by telephone."""
    patient, text, form = _patient(request, pk), people.current_text(purpose), request.POST
    channel, decision = form.get("channel", ""), form.get("decision", "")
    if text is None or channel not in CHANNELS or decision not in ("accept", "withdraw"):
        raise Http404
    try:
        if decision == "withdraw":
            services.withdraw_consent(patient=patient, purpose=purpose, channel=channel, actor=request.user)
            reminding.hush(patient.pk, purpose)
        elif str(text.pk) != form.get("text"):
            raise services.PatientError(_("There is a newer text. Please read it before deciding."))
        else:
            services.accept_consent(patient=patient, text=text, channel=channel, actor=request.user)
    except services.PatientError as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("Written down. The patient sees it in the portal."))
    return redirect("desk:consents", pk=pk)

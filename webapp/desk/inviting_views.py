"""Inviting patients to the portal: a patient's invitations, the sheet with the code, the list of those waiting."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.audit import services as audit
from webapp.base import access
from webapp.patients import inviting
from webapp.patients import selectors as people
from webapp.patients.invitation import in_groups
from webapp.patients.models import Invitation, Patient
from webapp.patients.reaching import sms_reaches
from webapp.patients.services import PatientError

A_PAGE = 50
inviters = access.may("patients.invite")


def _patient(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(people.patients_for(request.user), pk=pk)


@inviters
@require_GET
def waiting(request: HttpRequest) -> HttpResponse:
    """List the patients whose invitation was not used: the locked ones first."""
    now = timezone.now()
    page = Paginator(inviting.waiting_for(request.user), A_PAGE).get_page(request.GET.get("page"))
    seen = [one.patient_id for one in page]
    audit.record_list(actor=request.user, verb="patient.listed", patient_ids=seen, path=request.path)
    rows = [(one, one.standing(now)) for one in page]
    return render(request, "desk/invitations.html", {"page": page, "rows": rows})


@inviters
@require_GET
def invitation(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show how a patient stands with the portal, and what can be done."""
    return _show(request, _patient(request, pk))


def _show(request: HttpRequest, patient: Patient, problem: str = "") -> HttpResponse:
    now = timezone.now()
    audit.record(actor=request.user, verb="patient.identity_viewed", patient_id=patient.pk, path=request.path)
    rows = [(one, one.standing(now)) for one in inviting.of_patient(request.user, patient)]
    context = {
        "patient": patient,
        "rows": rows,
        "open": next((one for one, standing in rows if standing == Invitation.State.OPEN), None),
        "problem": problem,
        "by_sms": sms_reaches(patient),
    }
    return render(request, "desk/invitation.html", context, status=422 if problem else 200)


@inviters
@require_POST
def invite(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Invite by mail or text message, or print a code; an invitation that was open ends with it."""
    patient, way = _patient(request, pk), request.POST.get("way", "")
    if way not in Invitation.Way.values:
        raise Http404
    try:
        made, secret = inviting.invite(patient=patient, way=way, actor=request.user)
    except PatientError as refused:
        return _show(request, patient, str(refused))
    if way != Invitation.Way.PAPER:
        messages.success(request, _("The invitation is on its way. It works once, for 72 hours."))
        return redirect("desk:invitation", pk=pk)
    address = request.build_absolute_uri(reverse("portal:join"))
    context = {"patient": patient, "invitation": made, "code": in_groups(secret), "address": address}
    answer = render(request, "desk/invitation_sheet.html", context)
    add_never_cache_headers(answer)
    return answer


@inviters
@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take an open invitation back."""
    ended = inviting.withdraw(patient=_patient(request, pk), actor=request.user)
    messages.success(request, _("The invitation no longer works.") if ended else _("There was no open invitation."))
    return redirect("desk:invitation", pk=pk)

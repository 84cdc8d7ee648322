"""What patients share: with whom and until when, opening it, changing it, taking it back, and who has read what."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.audit import services as audit
from webapp.base import access
from webapp.base.roles import Role
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.sharing import presenting, selectors, services
from webapp.sharing.choosing import ExtentForm, ShareForm, change_form
from webapp.sharing.models import Share

REFUSED = 422
of_patients = access.roles(Role.PATIENT)


def _patient(request: HttpRequest) -> Patient:
    patient = patients.own_patient(request.user)
    if patient is None:
        raise Http404
    return patient


def _one(request: HttpRequest, pk: UUID) -> presenting.Shown:
    found = presenting.one_of(request.user, pk, timezone.localdate())
    if found is None:
        raise Http404
    return found


@of_patients
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """List what is shared now, and what was."""
    patient = _patient(request)
    found = presenting.own(request.user, timezone.localdate())
    audit.record(actor=request.user, verb="shares.viewed", patient_id=patient.pk, path=request.path)
    context = {
        "patient": patient,
        "open": [one for one in found if one.is_open],
        "over": [one for one in found if not one.is_open],
    }
    return render(request, "sharing/mine.html", context)


@of_patients
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open sections of the own record to a specialist."""
    patient, today = _patient(request), timezone.localdate()
    known = selectors.specialists_for(request.user)
    form = ShareForm(request.POST if request.method == "POST" else None, specialists=known, today=today)
    if request.method == "POST" and form.is_valid() and (share := _opened(request, form, patient)):
        messages.success(request, _("Shared with %(name)s.") % {"name": share.specialist.display_name})
        return redirect("sharing:mine")
    status = REFUSED if request.method == "POST" else 200
    context = {"patient": patient, "form": form, "nobody": not known, "may_open": selectors.may_open(patient)}
    return render(request, "sharing/new.html", context, status=status)


def _opened(request: HttpRequest, form: ShareForm, patient: Patient) -> Share | None:
    given = form.cleaned_data
    try:
        return services.open_to(
            patient=patient,
            specialist_id=given["specialist"],
            sections=given["sections"],
            until=given["until"],
            actor=request.user,
            today=timezone.localdate(),
        )
    except services.ShareError as problem:
        form.add_error(None, str(problem))
        return None


@of_patients
@require_GET
def one(request: HttpRequest, share: UUID) -> HttpResponse:
    """Show one share, and when which part of it was read."""
    patient, shown = _patient(request), _one(request, share)
    looks, page = presenting.looks_at(shown.share, request.GET.get("page", "1"))
    audit.record(actor=request.user, verb="shares.viewed", patient_id=patient.pk, path=request.path)
    context = {
        "patient": patient,
        "one": shown,
        "extents": presenting.extents_of(shown.share),
        "looks": looks,
        "page": page,
    }
    return render(request, "sharing/one.html", context)


@of_patients
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, share: UUID) -> HttpResponse:
    """Change which sections a share opens, and until when."""
    patient, shown, today = _patient(request), _one(request, share), timezone.localdate()
    if not shown.is_open and request.method == "GET":
        return redirect("sharing:one", shown.share.pk)
    form = change_form(request.POST if request.method == "POST" else None, shown.share, today)
    if request.method == "POST" and form.is_valid() and _changed(request, form, shown.share):
        return redirect("sharing:one", shown.share.pk)
    status = REFUSED if request.method == "POST" else 200
    return render(request, "sharing/change.html", {"patient": patient, "one": shown, "form": form}, status=status)


def _changed(request: HttpRequest, form: ExtentForm, share: Share) -> bool:
    given, today = form.cleaned_data, timezone.localdate()
    try:
        done = services.change(
            share=share, sections=given["sections"], until=given["until"], actor=request.user, today=today
        )
    except services.ShareError as problem:
        form.add_error(None, str(problem))
        return False
    if done:
        messages.success(request, _("Changed. It holds from now on."))
    return True


@of_patients
@require_POST
def take_back(request: HttpRequest, share: UUID) -> HttpResponse:
    """Close a share at once."""
    shown = _one(request, share)
    if services.take_back(share=shown.share, actor=request.user):
        said = _("No longer shared. %(name)s can no longer read it.")
        messages.success(request, said % {"name": shown.share.specialist.display_name})
    return redirect("sharing:mine")

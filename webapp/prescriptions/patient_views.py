"""The patient's medicines: how long they last, asking to go on, and where they are fetched."""

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.audit import services as audit
from webapp.base import access
from webapp.base.roles import Role
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.plans.terms import terms_of
from webapp.prescriptions import due, medicines, pharmacy, selectors, services, showing
from webapp.prescriptions.services import SAYS, Said

of_patients = access.roles(Role.PATIENT)


def _patient(request: HttpRequest, item: UUID | None = None) -> Patient:
    """Return whose pages these are; a line that no plan ever gave this patient is not there."""
    patient = patients.own_patient(request.user)
    if patient is None or (item is not None and not selectors.was_given(patient.pk, item)):
        raise Http404
    return patient


@of_patients
@require_GET
def mine(request: HttpRequest) -> HttpResponse:
    """Show the medicines of the plan that stands."""
    patient, today = _patient(request), timezone.localdate()
    plan = medicines.plan_of(patient.pk)
    found = medicines.taken_of(plan, terms_of(plan.evaluation, (get_language() or "es")[:2])) if plan else []
    audit.record(actor=request.user, verb="plan.viewed", patient_id=patient.pk, path=request.path)
    context = {
        "patient": patient,
        "taken": [(one, one.left(today)) for one in found],
        "pharmacies": list(selectors.pharmacies()) if pharmacy.adapter() else [],
        "chosen": selectors.chosen_by(patient.pk),
    }
    return render(request, "prescriptions/mine.html", context)


@of_patients
@require_POST
def ask(request: HttpRequest, item: UUID) -> HttpResponse:
    """Ask to go on with a medicine."""
    patient = _patient(request, item)
    try:
        services.ask(patient=patient, item_id=item, user=request.user, today=timezone.localdate())
    except services.PrescriptionError as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("Asked for. Your doctor answers here."))
    return redirect("prescriptions:mine")


@of_patients
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Choose where medicines are fetched."""
    try:
        pharmacy_id = _chosen(request.POST.get("pharmacy", ""))
        services.choose(patient=_patient(request), pharmacy_id=pharmacy_id, user=request.user)
    except services.PrescriptionError as problem:
        messages.warning(request, str(problem))
    else:
        messages.success(request, _("Saved."))
    return redirect("prescriptions:mine")


def _chosen(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise services.PrescriptionError(_("Choose one of the pharmacies in the list.")) from None


@of_patients
@require_GET
def day(request: HttpRequest) -> HttpResponse:
    """Show the doses of a day, to be ticked; of today unless another of the last week is asked for."""
    patient, today = _patient(request), timezone.localdate()
    plan, asked = medicines.plan_of(patient.pk), _day(request.GET.get("day", ""), today)
    terms = terms_of(plan.evaluation, (get_language() or "es")[:2]) if plan else None
    shown = showing.day_of(plan, asked, today, terms) if plan and terms else None
    audit.record(actor=request.user, verb="plan.viewed", patient_id=patient.pk, path=request.path)
    return render(request, "prescriptions/day.html", {"patient": patient, "shown": shown, "today": today})


@of_patients
@require_POST
def tick(request: HttpRequest, item: UUID) -> HttpResponse:
    """Keep what the patient says of one dose."""
    patient, today, form = _patient(request, item), timezone.localdate(), request.POST
    place = form.get("place", "")
    said = Said(
        item=item,
        place=int(place) if place.isdecimal() and len(place) < 3 else -1,
        part=form.get("part", ""),
        day=_day(form.get("day", ""), today),
        taken=SAYS.get(form.get("taken", "")),
    )
    try:
        services.tick(patient=patient, said=said, user=request.user, today=today)
    except services.PrescriptionError as problem:
        messages.warning(request, str(problem))
    return redirect(f"{reverse('prescriptions:day')}?day={said.day.isoformat()}#{said.part}")


def _day(text: str, today: date) -> date:
    try:
        asked = date.fromisoformat(text)
    except ValueError:
        return today
    return min(asked, today) if (today - asked).days < due.A_WEEK else today

"""Prescriptions at the desk: what a plan gives, written out and printed."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from webapp.audit import services as audit
from webapp.base import access, house
from webapp.base.downloads import attachment
from webapp.plans.models import Plan
from webapp.plans.terms import terms_of
from webapp.prescriptions import papers, selectors, services, writing
from webapp.prescriptions.forms import MedicineForm, PrescriberForm
from webapp.prescriptions.writing import Medicine

REFUSED = 422
doctors = access.may("plans.sign")
PDF = "application/pdf"


def _language() -> str:
    return (get_language() or "es")[:2]


def _plan(request: HttpRequest, pk: UUID) -> Plan:
    found = selectors.plan_for(request.user, pk)
    if found is None:
        raise Http404
    return found


@doctors
@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Write out the medicines of a signed plan."""
    found = _plan(request, plan)
    medicines = writing.medicines_of(found, terms_of(found.evaluation, _language()))
    forms = _forms(request, medicines)
    problem = ""
    faults = [one for one in forms if request.method == "POST" and not one.is_valid()]  # each says its own
    if request.method == "POST" and not faults:
        try:
            batch = _issued(request, found, forms)
        except services.PrescriptionError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Written. Print it below."))
            return redirect(f"{reverse('prescriptions:write', kwargs={'plan': found.pk})}#b{batch}")
    return _page(request, found, medicines, forms, problem)


def _forms(request: HttpRequest, medicines: Sequence[Medicine]) -> list[MedicineForm]:
    data = request.POST if request.method == "POST" else None
    return [MedicineForm(data, medicine=one, initial={"chosen": True}) for one in medicines if not one.barred]


def _issued(request: HttpRequest, plan: Plan, forms: Sequence[MedicineForm]) -> UUID:
    given = {one.medicine.key: said for one in forms if (said := one.given) is not None}
    return services.issue(
        plan=plan, batch=_batch(request), given=given, doctor=request.user, today=timezone.localdate()
    )


def _batch(request: HttpRequest) -> UUID:
    try:
        return UUID(request.POST.get("batch", ""))
    except ValueError:
        return uuid4()


def _page(
    request: HttpRequest, plan: Plan, medicines: Sequence[Medicine], forms: Sequence[MedicineForm], problem: str
) -> HttpResponse:
    audit.record(actor=request.user, verb="plan.viewed", patient_id=plan.patient_id, path=request.path)
    lacks = writing.lacking(plan.patient, selectors.prescriber(request.user))
    college = house.now().prescription_form == services.COLLEGE
    written = selectors.prescriptions_for(request.user).filter(plan=plan)
    context: dict[str, Any] = {
        "plan": plan,
        "patient": plan.patient,
        "forms": forms,
        "barred": [one for one in medicines if one.barred],
        "advised": writing.supplements_of(plan, terms_of(plan.evaluation, _language())),
        "of_patient": [writing.LACKS[name] for name in lacks if name not in writing.OF_DOCTOR],
        "of_doctor": [writing.LACKS[name] for name in lacks if name in writing.OF_DOCTOR],
        "college": college,
        "stops": college and bool(writing.stopping(lacks)),
        "batches": _batches(written),
        "problem": problem,
        "problems": [one for one in forms if one.is_bound and one.errors],
        "batch": uuid4(),
        "longest": writing.LONGEST,
    }
    return render(request, "prescriptions/write.html", context, status=REFUSED if request.method == "POST" else 200)


def _batches(written: Any) -> list[list[Any]]:
    """Return what was written of a plan, newest first, what was printed together in one list."""
    found: dict[UUID, list[Any]] = {}
    for one in written:
        found.setdefault(one.batch, []).append(one)
    return list(found.values())


@doctors
@require_GET
def paper(request: HttpRequest, batch: UUID) -> HttpResponse:
    """Give what was written together, to be printed and signed."""
    found = selectors.batch_for(request.user, batch)
    if not found:
        raise Http404
    content = papers.prescriptions(found)
    audit.record(actor=request.user, verb="prescription.printed", patient_id=found[0].patient_id, path=request.path)
    return attachment(content, name=f"sheet-{found[0].patient.record_number}.pdf", content_type=PDF)


@doctors
@require_GET
def advice(request: HttpRequest, plan: UUID) -> HttpResponse:
    """Give what a plan recommends beside medicines, on a sheet of its own."""
    found = _plan(request, plan)
    content = papers.recommendation(found, found.patient.language)
    if content is None:
        raise Http404
    audit.record(actor=request.user, verb="prescription.printed", patient_id=found.patient_id, path=request.path)
    return attachment(content, name=f"advice-{found.patient.record_number}.pdf", content_type=PDF)


@doctors
@require_http_methods(["GET", "POST"])
def prescriber(request: HttpRequest) -> HttpResponse:
    """Let a doctor say what stands under her prescriptions."""
    held = selectors.prescriber(request.user)
    first = {name: getattr(held, name) for name in writing.OF_DOCTOR}
    form = PrescriberForm(request.POST if request.method == "POST" else None, initial=first)
    back = _back(request)
    if request.method == "POST" and form.is_valid():
        services.describe(doctor=request.user, values=form.cleaned_data)
        messages.success(request, _("Saved."))
        return redirect(back or "prescriptions:prescriber")
    status = REFUSED if request.method == "POST" else 200
    return render(request, "prescriptions/prescriber.html", {"form": form, "back": back}, status=status)


def _back(request: HttpRequest) -> str:
    address = request.POST.get("next") or request.GET.get("next") or ""
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return address if ours else ""

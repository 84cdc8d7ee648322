"""Measurements: add one, set one right, take one back; and every value of one thing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from webapp.audit import services as audit
from webapp.base import access
from webapp.base.codes import code_of
from webapp.desk import measures, services
from webapp.desk.changes import newest_of
from webapp.desk.entry_forms import AgainForm, ErrorForm, MeasureForm
from webapp.desk.entry_views import taken_back
from webapp.patients import selectors as people
from webapp.patients.models import Observation, Patient
from webapp.patients.services import NotAllowed, PatientError
from webapp.plans.lines import terms_now
from webapp.plans.terms import Terms, number, unit_words
from webapp.results import measuring

CONFLICT, REFUSED = 409, 422
forms_only = require_http_methods(["GET", "POST"])


def _terms() -> Terms:
    return terms_now((get_language() or "es")[:2], timezone.localdate())


def _back(patient: Patient) -> HttpResponse:
    return redirect(f"{reverse('desk:patient', kwargs={'pk': patient.pk})}#{code_of('labs')}")


@access.may("record.write")
@forms_only
def add(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down a measurement."""
    patient = get_object_or_404(people.patients_for(request.user), pk=pk)
    form, terms = MeasureForm(request.POST or None, initial={"effective_on": timezone.localdate()}), _terms()
    if form.is_valid():
        try:
            reading = measuring.reading_of(form.cleaned_data, terms)
            services.measure(patient=patient, reading=reading, actor=request.user, today=timezone.localdate())
        except (PatientError, NotAllowed) as problem:
            form.add_error("value", str(problem))
        else:
            messages.success(request, _("Saved."))
            return _back(patient)
    names = [("measures", sorted(terms.fact(spec.name) for spec in measuring.measurable(terms).values()))]
    audit.record(actor=request.user, verb="patient.identity_viewed", patient_id=patient.pk, path=request.path)
    context = {"form": form, "patient": patient, "names": names}
    return render(request, "desk/measure_add.html", context, status=REFUSED if form.is_bound else 200)


@access.may("record.write")
@forms_only
def measure(request: HttpRequest, pk: UUID, measure: UUID) -> HttpResponse:
    """Show one value among all of its kind; set it right."""
    patient = get_object_or_404(people.patients_for(request.user), pk=pk)
    try:
        row = people.line_for(request.user, Observation, measure)
    except Observation.DoesNotExist:
        raise Http404 from None
    if row.patient_id != patient.pk:
        raise Http404
    if request.method != "POST":
        return _show(request, row)
    if request.POST.get("act") == "error":
        return _take_back(request, row)
    return _correct(request, row)


def _show(request: HttpRequest, row: Observation, **more: Any) -> HttpResponse:
    terms = _terms()
    value = number(row.value) if isinstance(row.value, int | float) else row.value
    context = {
        "page": measures.page_of(request.user, row, terms, path=request.path),
        "patient": row.patient,
        "form": _again(row, terms, initial={"value": value, "unit": unit_words(row.unit)}),
        "error": ErrorForm(prefix="error"),
        **more,
    }
    status = CONFLICT if "conflict" in more else REFUSED if more else 200
    return render(request, "desk/measure.html", context, status=status)


def _again(row: Observation, terms: Terms, *given: Any, **options: Any) -> AgainForm:
    return AgainForm(*given, choices=measuring.choices_of(terms.spec(row.code), terms), **options)


def _correct(request: HttpRequest, row: Observation) -> HttpResponse:
    terms = _terms()
    form = _again(row, terms, request.POST)
    if not row.is_measured or not form.is_valid():
        return _show(request, row, form=form)
    try:
        value, unit = measuring.value_of(
            terms.spec(row.code), form.cleaned_data["value"], form.cleaned_data.get("unit", ""), terms
        )
    except PatientError as problem:
        form.add_error("value", str(problem))
        return _show(request, row, form=form)
    try:
        today = timezone.localdate()
        services.measure_again(row=row, value=value, unit=unit, actor=request.user, today=today)
    except PatientError as problem:
        return _show(request, newest_of(row), form=form, conflict=str(problem))
    messages.success(request, _("Corrected. What it said before stands in the history."))
    return _back(row.patient)


def _take_back(request: HttpRequest, row: Observation) -> HttpResponse:
    form = ErrorForm(request.POST, prefix="error")
    if not form.is_valid():
        return _show(request, row, error=form)
    try:
        reason, today = form.cleaned_data["reason"], timezone.localdate()
        words = taken_back(row, reason)
        services.measure_taken_back(row=row, reason=reason, actor=request.user, today=today)
    except PatientError as problem:
        return _show(request, newest_of(row), conflict=str(problem))
    messages.success(request, words)
    return _back(row.patient)

"""One entry of the record: add it, set it right, confirm it, close it, take it back; and everything it said before."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.audit import services as audit
from webapp.base import access
from webapp.base.codes import code_of
from webapp.base.downloads import attachment
from webapp.desk import entries, services
from webapp.desk.entry_forms import ErrorForm
from webapp.desk.kinds import CONTACTS, KINDS, Kind
from webapp.patients import selectors as people
from webapp.patients import services as people_services
from webapp.patients.models import DocumentReference, Patient
from webapp.patients.services import NotAllowed, PatientError
from webapp.plans.lines import terms_now
from webapp.plans.terms import Terms

CONFLICT, REFUSED = 409, 422
_SAID = {
    "none": gettext_lazy("Saved: the person was asked, and there is none."),
    "whole": gettext_lazy("Saved: the person was asked, and the list is complete."),
    "more": gettext_lazy("Saved: the list may not be complete."),
}
forms_only = require_http_methods(["GET", "POST"])


def _terms() -> Terms:
    return terms_now((get_language() or "es")[:2], timezone.localdate())


def _clinical(slug: str) -> Kind:
    kind = KINDS.get(slug)
    if kind is None or kind.is_contact:
        raise Http404
    return kind


def _patient(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(people.patients_for(request.user), pk=pk)


def _back(patient: Patient, slug: str) -> HttpResponse:
    return redirect(f"{reverse('desk:patient', kwargs={'pk': patient.pk})}#{code_of(slug)}")


@access.may("record.write")
@forms_only
def add(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Write a new entry of the record."""
    return _add(request, _patient(request, pk), _clinical(kind))


@access.may("patients.register")
@forms_only
def add_contact(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down somebody near the patient."""
    return _add(request, _patient(request, pk), CONTACTS)


def _add(request: HttpRequest, patient: Patient, kind: Kind) -> HttpResponse:
    form, terms = kind.form(request.POST or None, request.FILES or None), _terms()
    if form.is_valid():
        try:
            given = kind.given(form.cleaned_data, terms)
            services.add(kind=kind, patient=patient, given=given, actor=request.user, today=timezone.localdate())
        except (PatientError, NotAllowed) as problem:
            form.add_error(None, str(problem))
        else:
            messages.success(request, _("Saved."))
            return _back(patient, kind.slug)
    audit.record(actor=request.user, verb="patient.identity_viewed", patient_id=patient.pk, path=request.path)
    context = {"form": form, "kind": kind, "patient": patient, "names": entries.names_for(kind, terms)}
    return render(request, "desk/entry_add.html", context, status=REFUSED if form.is_bound else 200)


@access.may("record.read")
@require_GET
def document(request: HttpRequest, pk: UUID, document: UUID) -> HttpResponse:
    """Give a file of the record, under a name of ours."""
    patient = _patient(request, pk)
    if not DocumentReference.objects.filter(patient=patient, pk=document).exists():
        raise Http404
    try:
        found = people.document_for(request.user, document, path=request.path)
    except DocumentReference.DoesNotExist:
        raise Http404 from None
    return attachment(found.content, name=found.name, content_type=found.content_type)


@access.may("record.write")
@require_POST
def say_of_list(request: HttpRequest, pk: UUID, kind: str, said: str) -> HttpResponse:
    """Write what the person says of a whole list: there is none, there is no more, or there may be."""
    patient, found = _patient(request, pk), _clinical(kind)
    if not found.topic:
        raise Http404
    try:
        services.say_of_list(kind=found, said=said, patient=patient, actor=request.user, today=timezone.localdate())
        messages.success(request, _SAID[said])
    except PatientError as problem:
        messages.warning(request, str(problem))
    return _back(patient, found.slug)


@access.may("record.write")
@forms_only
def entry(request: HttpRequest, pk: UUID, kind: str, entry: UUID) -> HttpResponse:
    """Show one entry with its history; set it right."""
    return _entry(request, _patient(request, pk), _clinical(kind), entry)


@access.may("patients.register")
@forms_only
def contact(request: HttpRequest, pk: UUID, contact: UUID) -> HttpResponse:
    """Show one contact with its history; set it right."""
    return _entry(request, _patient(request, pk), CONTACTS, contact)


def _entry(request: HttpRequest, patient: Patient, kind: Kind, pk: UUID) -> HttpResponse:
    line = entries.line_of(request.user, patient, kind, pk)
    if request.method == "POST":
        act = _ACTS.get(request.POST.get("act", ""))
        if act is None:
            raise Http404
        return act(request, kind, line)
    return _show(request, kind, line)


def _show(request: HttpRequest, kind: Kind, line: Any, **more: Any) -> HttpResponse:
    terms = _terms()
    page = entries.page_of(request.user, kind, line, terms, path=request.path)
    context = {
        "page": page,
        "kind": kind,
        "patient": line.patient,
        "names": entries.names_for(kind, terms),
        "form": kind.corrected_by(initial=kind.initial(line, terms)),
        "close": kind.ends_by(initial={"ended_on": timezone.localdate()}, prefix="close"),
        "error": ErrorForm(prefix="error"),
        **more,
    }
    status = CONFLICT if "conflict" in more else REFUSED if more else 200
    return render(request, "desk/entry.html", context, status=status)


def _correct(request: HttpRequest, kind: Kind, line: Any) -> HttpResponse:
    form, today = kind.corrected_by(request.POST), timezone.localdate()
    if not form.is_valid():
        return _show(request, kind, line, form=form)
    try:
        services.correct(
            kind=kind, line=line, given=kind.given(form.cleaned_data, _terms()), actor=request.user, today=today
        )
    except (PatientError, NotAllowed) as problem:
        return _not_so(request, kind, line, str(problem), form=form)
    messages.success(request, _("Corrected. What it said before stands in the history."))
    return _back(line.patient, kind.slug)


def _not_so(request: HttpRequest, kind: Kind, line: Any, problem: str, **more: Any) -> HttpResponse:
    """Say why nothing was changed; if somebody was quicker, show what stands now beside what was typed."""
    newest = entries.newest_of(line)
    if newest.pk != line.pk:
        return _show(request, kind, newest, conflict=problem, **more)
    return _show(request, kind, line, problem=problem, **more)


def _confirm(request: HttpRequest, kind: Kind, line: Any) -> HttpResponse:
    return _done(
        request, kind, line, _("Confirmed."),
        lambda: services.confirm(kind=kind, line=line, actor=request.user, today=timezone.localdate()),
    )  # fmt: skip


def _close(request: HttpRequest, kind: Kind, line: Any) -> HttpResponse:
    form, today = kind.ends_by(request.POST, prefix="close"), timezone.localdate()
    if kind.close is None:
        raise Http404
    if not form.is_valid():
        return _show(request, kind, line, close=form)
    return _done(
        request, kind, line, _("Written down: it no longer holds."),
        lambda: services.close(kind=kind, line=line, given=form.cleaned_data, actor=request.user, today=today),
    )  # fmt: skip


def _take_back(request: HttpRequest, kind: Kind, line: Any) -> HttpResponse:
    form, today = ErrorForm(request.POST, prefix="error"), timezone.localdate()
    if not form.is_valid():
        return _show(request, kind, line, error=form)
    reason = form.cleaned_data["reason"]
    return _done(
        request, kind, line, taken_back(line, reason),
        lambda: services.take_back(kind=kind, line=line, reason=reason, actor=request.user, today=today),
    )  # fmt: skip


def taken_back(line: Any, reason: str) -> str:
    """Return what is said of an entry marked as an error, before it is: whether what it corrected stands again."""
    if people_services.brings_back(line, reason):
        return _("Marked as entered in error. What it said before that correction stands again.")
    return _("Marked as entered in error. It stands in the history.")


def _release(request: HttpRequest, kind: Kind, line: Any) -> HttpResponse:
    if not kind.holds_files:
        raise Http404
    words = _("Released: the patient finds it in the portal.")
    return _done(request, kind, line, words, lambda: people_services.release(document=line, actor=request.user))


def _withhold(request: HttpRequest, kind: Kind, line: Any) -> HttpResponse:
    if not kind.holds_files:
        raise Http404
    words = _("Taken back: the patient does not see it any more.")
    return _done(request, kind, line, words, lambda: people_services.withhold(document=line, actor=request.user))


def _done(request: HttpRequest, kind: Kind, line: Any, words: str, act: Callable[[], Any]) -> HttpResponse:
    try:
        act()
    except (PatientError, NotAllowed) as problem:
        return _not_so(request, kind, line, str(problem))
    messages.success(request, words)
    return _back(line.patient, kind.slug)


_ACTS: dict[str, Callable[[HttpRequest, Kind, Any], HttpResponse]] = {
    "correct": _correct,
    "confirm": _confirm,
    "close": _close,
    "error": _take_back,
    "release": _release,
    "withhold": _withhold,
}

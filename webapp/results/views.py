"""Results at the desk: written down by hand, read, released with one key, taken back."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.audit import services as audit
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.patients import selectors as people
from webapp.patients.models import DocumentReference, Patient
from webapp.patients.services import NotAllowed, PatientError
from webapp.patients.titles import LABORATORY
from webapp.plans.terms import Terms
from webapp.results import comparing, entering, originals, presenting, selectors, services
from webapp.results.forms import CATEGORIES, MOST_ROWS, ROWS, SheetForm, ValueRows
from webapp.results.models import Release
from webapp.results.speaking import words_here

REFUSED = 422
A_PAGE = 30
doctors = access.may("record.release")
writers = access.may("record.write")


@writers
@require_http_methods(["GET", "POST"])
def add(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Write down a report with its values."""
    person = get_object_or_404(people.patients_for(request.user), pk=patient)
    audit.record(actor=request.user, verb="patient.identity_viewed", patient_id=person.pk, path=request.path)
    return _filled(request, person)


@writers
@require_http_methods(["GET", "POST"])
def read(request: HttpRequest, document: UUID) -> HttpResponse:
    """Type what stands in a file of the record beside the file itself."""
    found = document_for(request, document)
    _opened(request, found)
    return _filled(request, found.patient, found)


@access.may("record.read")
@require_GET
def page(request: HttpRequest, document: UUID, number: int) -> HttpResponse:
    """Give a page of a file as a picture, for the page that shows it beside a form."""
    found = document_for(request, document)
    picture = originals.picture_of(found, number)
    if picture is None:
        raise Http404
    _opened(request, found)
    return attachment(picture.content, name=f"page-{number}.{picture.ending}", content_type=picture.content_type)


def document_for(request: HttpRequest, pk: UUID) -> DocumentReference:
    """Return a file of the record that holds; raise Http404 for any other."""
    found = DocumentReference.objects.filter(active=True).select_related("patient", "content").filter(pk=pk).first()
    if found is None or not people.may_read_record(request.user, found.patient):
        raise Http404
    return found


def _opened(request: HttpRequest, document: DocumentReference) -> None:
    audit.record(
        actor=request.user,
        verb="document.opened",
        patient_id=document.patient_id,
        object_type="documentreference",
        object_id=str(document.pk),
        path=request.path,
    )


def _filled(request: HttpRequest, person: Patient, document: DocumentReference | None = None) -> HttpResponse:
    words, more = words_here(), "more" in request.POST
    sheet, rows = _forms(request, words, document)
    if request.method == "POST" and not more:
        valid = [sheet.is_valid(), rows.is_valid()]
        if all(valid) and not _has_problems(sheet, rows, person, words):
            try:
                made = _record(request, person, document, sheet.cleaned_data, rows)
            except (PatientError, NotAllowed) as problem:
                sheet.add_error(None, str(problem))
            else:
                messages.success(request, _("Saved."))
                return redirect("results:report", report=made.pk)
    page = {
        "patient": person,
        "document": document,
        "sheet": sheet,
        "rows": rows,
        "names": entering.names_of(words),
        "units": entering.units_of(words),
        "pages": _pages(document),
        "written": selectors.sheets_of(request.user, person).get(document.pk) if document else None,
    }
    refused = request.method == "POST" and not more
    return render(request, "results/enter.html", page, status=REFUSED if refused else 200)


def _pages(document: DocumentReference | None) -> range:
    """Return the pages of an original that can be shown, none where there is no original."""
    return range(1, originals.pages_of(document) + 1) if document else range(0)


def _forms(request: HttpRequest, words: Terms, document: DocumentReference | None) -> tuple[SheetForm, Any]:
    options = {"form_kwargs": {"terms": words, "book": entering.book_of(words)}, "prefix": "row"}
    if request.method != "POST":
        first = {"category": CATEGORIES.LABORATORY, "title": document.title if document else ""}
        return SheetForm(initial=first), ValueRows(**options)
    data = request.POST.copy()
    if "more" in data:
        data["row-TOTAL_FORMS"] = str(min(_number(data.get("row-TOTAL_FORMS")) + ROWS, MOST_ROWS))
        return _unchecked(data, options)
    return SheetForm(data), ValueRows(data, **options)


def _unchecked(data: Any, options: Mapping[str, Any]) -> tuple[SheetForm, Any]:
    """Return the forms as they were filled in, with more rows and no problem told yet."""
    sheet = SheetForm(initial={name: data.get(name, "") for name in SheetForm.base_fields})
    names = ("name", "value", "unit", "low", "high")
    count = _number(data["row-TOTAL_FORMS"])
    told = [{name: data.get(f"row-{row}-{name}", "") for name in names} for row in range(count)]
    return sheet, ValueRows(initial=[one for one in told if any(one.values())], **options)


def _number(text: Any) -> int:
    return int(text) if isinstance(text, str) and text.isdecimal() and len(text) < 4 else ROWS


def _has_problems(sheet: SheetForm, rows: Any, person: Patient, words: Terms) -> bool:
    """Tell what the record holds already, and a report that says nothing."""
    values, given = rows.values, sheet.cleaned_data
    laboratory = given["category"] == CATEGORIES.LABORATORY
    if laboratory and not values:
        sheet.add_error(None, _("Write at least one value."))
        return True
    known = comparing.held([person.pk], [one.code for one in values], words)
    for form in rows.forms:
        one = form.found
        place = (person.pk, one.code, given["day"]) if one else None
        if one and place and entering.plain(words.spec(one.code), one.value, one.unit) in known.get(place, ()):
            form.add_error("value", _("This value of this day is in the record already."))
    return any(form.errors for form in rows.forms)


def _record(
    request: HttpRequest, person: Patient, document: DocumentReference | None, given: Mapping[str, Any], rows: Any
) -> Release:
    sheet = services.Sheet(
        patient=person,
        category=given["category"],
        title=given["title"] or str(LABORATORY),
        day=given["day"],
        values=rows.values,
        laboratory=given["laboratory"],
        conclusion=given["conclusion"],
        document=document,
    )
    return services.record([sheet], actor=request.user, today=timezone.localdate())[0]


@access.may("record.read")
@require_GET
def listed(request: HttpRequest, patient: UUID) -> HttpResponse:
    """List the reports of a patient, newest first, each with whether the patient reads it."""
    person = get_object_or_404(people.patients_for(request.user), pk=patient)
    found = selectors.releases_for(request.user).filter(patient=person).order_by("-report__effective", "-received_at")
    page = Paginator(found, A_PAGE).get_page(request.GET.get("page"))
    audit.record(actor=request.user, verb="results.viewed", patient_id=person.pk, path=request.path)
    rows = presenting.shown(list(page), words_here(), for_patient=False)
    context = {"patient": person, "rows": rows, "page": page, "may_write": request.user.may("record.write")}
    return render(request, "results/list.html", context)


@access.may("record.read")
@require_GET
def show(request: HttpRequest, report: UUID) -> HttpResponse:
    """Show a report with its values, and whether its patient reads it."""
    found = _found(request, report)
    audit.record(actor=request.user, verb="result.viewed", patient_id=found.patient_id, path=request.path)
    [one] = presenting.shown([found], words_here(), for_patient=False)
    mine = found in selectors.undoable_by(request.user, timezone.now())
    document = selectors.report_of(found).document
    context = {
        "document": document,
        "pages": _pages(document),
        "one": one,
        "patient": found.patient,
        "may_release": request.user.may("record.release"),
        "may_write": request.user.may("record.write"),
        "undo": presenting.undo_of(found) if mine else None,
        "policy": selectors.policies()[found.kind],
    }
    return render(request, "results/report.html", context)


def _found(request: HttpRequest, report: UUID) -> Release:
    return get_object_or_404(selectors.releases_for(request.user), pk=report)


@doctors
@require_POST
def release(request: HttpRequest, report: UUID) -> HttpResponse:
    """Let the patient read a report; the list of who waits follows."""
    found, shown = _found(request, report), request.POST.get("revision", "")
    try:
        services.release(report_id=found.pk, shown=int(shown) if shown.isdecimal() else -1, actor=request.user)
    except services.ResultError as problem:
        messages.warning(request, str(problem))
        return redirect("results:report", report=found.pk)
    return redirect("desk:list")


@doctors
@require_POST
def take_back(request: HttpRequest, report: UUID) -> HttpResponse:
    """Hide a report from its patient again."""
    found = _found(request, report)
    try:
        services.take_back(report_id=found.pk, actor=request.user)
        messages.success(request, _("Taken back. The patient does not see it."))
    except services.ResultError as problem:
        messages.warning(request, str(problem))
    return redirect(reverse("results:report", kwargs={"report": found.pk}))

"""Bringing results in from a file: chosen, looked at row by row, confirmed, followed while the job works."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.audit import services as audit
from webapp.base import access
from webapp.plans.terms import unit_words
from webapp.results import importing, reading, selectors, tasks
from webapp.results.choosing import FileForm
from webapp.results.models import LabFile
from webapp.results.reading import VERDICTS, FileRefused, Row, Verdict
from webapp.results.speaking import words_here

REFUSED = 422
A_PAGE = 100
writers = access.may("record.write")
ORDER = (Verdict.QUERIED, Verdict.ERROR, Verdict.DUPLICATE, Verdict.NEW)


@writers
@require_http_methods(["GET", "POST"])
def choose(request: HttpRequest) -> HttpResponse:
    """Choose a file to look at; nothing of it is brought in by that."""
    form = FileForm(request.POST, request.FILES) if request.method == "POST" else FileForm()
    if form.is_valid():
        try:
            made = importing.look(content=form.cleaned_data["file"].read(), actor=request.user)
        except FileRefused as problem:
            form.add_error("file", str(problem))
        else:
            return redirect("results:file", file=made.pk)
    page = {"form": form, "columns": [(names[0], names[-1]) for names in reading.COLUMNS.values()]}
    return render(request, "results/choose.html", page, status=REFUSED if form.is_bound else 200)


def _held(request: HttpRequest, file: UUID) -> LabFile:
    return get_object_or_404(selectors.files_for(request.user), pk=file)


@writers
@require_GET
def file(request: HttpRequest, file: UUID) -> HttpResponse:
    """Show a file row by row with its verdicts, or how far the job is."""
    held = _held(request, file)
    rows = importing.rows_of(held, words_here()) if held.state == LabFile.State.LOOKED_AT else []
    counts = reading.counted(rows)
    chosen = request.GET.get("verdict", "")
    listed = sorted((row for row in rows if chosen in ("", row.verdict)), key=_order)
    page = Paginator(listed, A_PAGE).get_page(request.GET.get("page"))
    seen = list({row.patient.pk for row in page if row.patient is not None})  # a verdict tells what the record holds
    audit.record_list(actor=request.user, verb="results.viewed", patient_ids=seen, path=request.path)
    context = {
        "held": held,
        "page": page,
        "rows": [(row, VERDICTS[row.verdict], [(unit, unit_words(unit) or unit) for unit in row.fits]) for row in page],
        "tabs": [(name, VERDICTS[name], counts[name]) for name in ORDER],
        "chosen": chosen,
        "counts": counts,
        "gone": held.content is None and held.state == LabFile.State.LOOKED_AT,
    }
    return render(request, "results/file.html", context)


def _order(row: Row) -> tuple[int, int]:
    return ORDER.index(row.verdict), row.line


@writers
@require_POST
def confirm(request: HttpRequest, file: UUID) -> HttpResponse:
    """Have what is new of a file brought in, with the units chosen."""
    held = _held(request, file)
    units = {name.removeprefix("unit-"): request.POST[name] for name in request.POST if name.startswith("unit-")}
    try:
        importing.confirm(held=held, units=units, actor=request.user, enqueue=tasks.enqueue)
    except FileRefused as problem:
        messages.warning(request, str(problem))
    return redirect("results:file", file=held.pk)

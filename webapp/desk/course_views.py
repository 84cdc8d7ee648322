"""How a patient has been doing, on one page that prints, and its figures as a table."""

import csv
import io
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from webapp.base import access
from webapp.base.downloads import attachment
from webapp.desk import course as courses
from webapp.desk.moment import Reader
from webapp.patients import selectors as people

FORMULA = ("=", "+", "-", "@", "\t", "\r")
BOM = b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8


def _course(request: HttpRequest, pk: UUID) -> tuple[Reader, courses.Course]:
    person = get_object_or_404(people.patients_for(request.user), pk=pk)
    language = (get_language() or "es")[:2]
    reader = Reader(request.user, person, language, timezone.localdate(), request.path)
    days = request.GET.get("days", "")
    return reader, courses.course_of(reader, int(days) if days.isascii() and days.isdecimal() and len(days) < 4 else 0)


@access.may("record.read")
@require_GET
def course(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show scores with what their change means, and the diary day by day."""
    reader, found = _course(request, pk)
    context = {"patient": reader.patient, "course": found, "spans": courses.SPANS}
    return render(request, "desk/course.html", context)


@access.may("record.read")
@require_GET
def figures(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Give what is drawn as CSV."""
    reader, found = _course(request, pk)
    held = io.StringIO()
    rows = csv.writer(held, delimiter=";", lineterminator="\r\n")
    rows.writerow([_("What"), _("Day"), _("Value"), _("Note")])
    rows.writerows([_plain(cell) for cell in row] for row in courses.figures(found))
    name = f"course-{reader.patient.record_number}.csv"
    return attachment(BOM + held.getvalue().encode(), name=name, content_type="text/csv; charset=utf-8")


def _plain(cell: str) -> str:
    """Return a cell no spreadsheet takes for a formula; a number below nought stays one."""
    begins = cell.startswith(FORMULA) and not cell.replace(".", "", 1).lstrip("-").isdecimal()
    return f"'{cell}" if begins else cell

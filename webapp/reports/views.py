"""The hours saved by what is done by itself, as a page and as CSV."""

import csv
import io

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from webapp.base import access, house
from webapp.base.downloads import attachment
from webapp.reports import selectors

readers = access.may("reports.read")


@readers
@require_GET
def saved(request: HttpRequest) -> HttpResponse:
    """Show the hours saved, month by month."""
    found, told = selectors.months(timezone.localdate()), house.now()
    works = [(work, getattr(told, work.setting)) for work in selectors.WORKS]
    whole = round(sum(one.minutes for one in found) / 60, 1)
    may_change = request.user.may("clinic.manage")
    context = {"months": found, "works": works, "whole": whole, "may_change": may_change}
    return render(request, "reports/saved.html", context)


@readers
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """Give the same as CSV, a line a month and kind of work."""
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow([_("Month"), _("What"), _("How often"), _("Minutes each"), _("Minutes")])
    told = house.now()
    for month in selectors.months(timezone.localdate()):
        for one in month.figures:
            each = getattr(told, one.work.setting)
            rows.writerow([f"{month.first:%Y-%m}", str(one.work.label), one.count, each, one.minutes])
    content = text.getvalue().encode("utf-8-sig")
    return attachment(content, name="hours-saved.csv", content_type="text/csv; charset=utf-8")

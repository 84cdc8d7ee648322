"""How a patient follows the plan, week by week, for clinicians: drawn, as a table, as CSV."""

import csv
import io
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET

from webapp.audit import services as audit
from webapp.base import access, house
from webapp.base.downloads import attachment
from webapp.patients import selectors as people
from webapp.prescriptions import due, selectors, showing

clinicians = access.may("plans.read")


@clinicians
@require_GET
def course(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Draw the weeks of the plan that stands."""
    person = get_object_or_404(people.patients_for(request.user), pk=patient)
    plan = selectors.newest_told(request.user, person.pk)
    weeks = due.weeks_of(plan, timezone.localdate()) if plan else []
    audit.record(actor=request.user, verb="plan.viewed", patient_id=person.pk, path=request.path)
    context = {
        "patient": person,
        "plan": plan,
        "weeks": weeks,
        "bars": showing.bars_of(weeks),
        "width": showing.LEFT + (showing.BAR + showing.GAP) * max(1, min(len(weeks), showing.NEWEST)),
        "finding": showing.finding(weeks),
        "below": house.now().slips_below,
        "doses": sum(one.due for one in weeks),
        "last": weeks[-1].last if weeks else None,
    }
    return render(request, "prescriptions/course.html", context)


@clinicians
@require_GET
def figures(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Give the weeks as CSV."""
    person = get_object_or_404(people.patients_for(request.user), pk=patient)
    plan = selectors.newest_told(request.user, person.pk)
    weeks = due.weeks_of(plan, timezone.localdate()) if plan else []
    audit.record(actor=request.user, verb="plan.printed", patient_id=person.pk, path=request.path)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";")
    rows.writerow(
        [_("Week"), _("First day"), _("Last day"), pgettext("doses", "Due"), _("Taken"), _("Left out"), _("Not told")]
    )
    rows.writerows([w.number, w.first, w.last, w.due, w.done, w.not_done, w.unknown] for w in weeks)
    name = f"weeks-{person.record_number}.csv"
    return attachment(text.getvalue().encode("utf-8-sig"), name=name, content_type="text/csv; charset=utf-8")

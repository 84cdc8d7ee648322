"""The diary: how the last days went, the month by days, and which days can still be written down."""

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from webapp.base import access
from webapp.base.roles import Role
from webapp.intake import selectors as intake
from webapp.patients import selectors as patients
from webapp.portal import selectors, services
from webapp.portal.diary import days_back
from webapp.portal.month import first_of, month_of


@access.roles(Role.PATIENT)
@require_GET
def diary(request: HttpRequest) -> HttpResponse:
    """Show how the last days went, a month by days, and which days can still be written down."""
    patient, today = patients.own_patient(request.user), timezone.localdate()
    if patient is None:
        raise Http404
    services.note_reading(user=request.user, patient=patient, what="diary", path=request.path)
    pages = {day: page.recalled for day, page in intake.diary_days(patient, date.min).items()}
    back = days_back(patient, today, begun=bool(pages))
    context = {
        "patient": patient,
        "diary": selectors.diary_for(patient, today),
        "month": month_of(first_of(request.GET.get("month", ""), today), today, pages, back),
        "name": selectors.diary_name(),
        "today": today,
    }
    return render(request, "portal/diary.html", context)

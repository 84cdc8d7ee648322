"""Settling an alert from whatever page shows it."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from webapp.alerts import selectors, services
from webapp.base import access

MOST_DIGITS = 10
clinicians = access.may("alerts.settle")


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("next", "")
    ours = address.startswith("/") and url_has_allowed_host_and_scheme(address, allowed_hosts=None)
    return redirect(address if ours else "home")


def _times(request: HttpRequest) -> int | None:
    """Return how often the alert had been raised when the page was made."""
    text = request.POST.get("times", "")
    return int(text) if text.isdecimal() and len(text) < MOST_DIGITS else None


@clinicians
@require_POST
def acknowledge(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take charge of an alert."""
    alert = get_object_or_404(selectors.alerts_for(request.user), pk=pk)
    note = request.POST.get("note", "")
    try:
        services.acknowledge(alert_id=alert.pk, actor=request.user, note=note, times=_times(request))
    except services.AlertError as refused:
        messages.error(request, str(refused))
    return _back(request)


@clinicians
@require_POST
def close(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Close an alert with what was done."""
    alert = get_object_or_404(selectors.alerts_for(request.user), pk=pk)
    try:
        services.close(alert_id=alert.pk, actor=request.user, note=request.POST.get("note", ""), times=_times(request))
    except services.AlertError as refused:
        messages.error(request, str(refused))
    return _back(request)


@clinicians
@require_POST
def reminder_done(request: HttpRequest, reminder: UUID) -> HttpResponse:
    """Write that what a patient was asked for is done."""
    found = get_object_or_404(selectors.reminders_for(request.user), pk=reminder)
    services.settle(found, actor=request.user)
    return _back(request)

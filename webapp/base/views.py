"""The front door, the language switch, and the pages of what went wrong."""

import logging
import secrets

from django.conf import settings
from django.contrib.auth import get_user_model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.views.decorators.http import require_POST
from django.views.i18n import set_language as django_set_language

from webapp.base import access, machines, navigation

logger = logging.getLogger(__name__)


@access.public
def home(request: HttpRequest) -> HttpResponse:
    """Send each person to where the hat begins its day."""
    if not request.user.is_authenticated:
        return redirect("account_login")
    hat = request.user.active_role
    if not hat:
        return redirect(access.CHOOSE_HAT)
    if target := navigation.home_of(hat, request.user.permissions):
        return redirect(target)
    return render(request, "base/no_room.html")


@access.public
@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Turn the page, and remember the choice with the person."""
    chosen = request.POST.get("language", "")
    if request.user.is_authenticated and chosen in dict(settings.LANGUAGES):
        get_user_model()._default_manager.filter(pk=request.user.pk).update(language=chosen)
    return django_set_language(request)


def nothing_here(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """Say the same of a page that is not yours and of one that does not exist."""
    if machines.asks(request):
        return machines.not_found()
    return render(request, "base/nothing_here.html", status=404)


def csrf_refused(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form came too late to be trusted, and that nothing was changed."""
    return render(request, "base/too_late.html", status=403)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours, with a word by which the log finds it.

    Asks nothing of session or database, which may be what broke.
    """
    code = secrets.token_hex(3).upper()
    logger.error("a person was shown the code %s", code)
    if machines.asks(request):
        hint = "Nothing was changed. Tell the administrator the code."
        return machines.refused(500, machines.problem("broken", f"the fault is ours: {code}", hint))
    return HttpResponse(render_to_string("base/broken.html", {"code": code}), status=500)

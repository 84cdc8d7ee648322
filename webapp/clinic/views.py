"""The administrator's page of the clinic, its picture, and the questions and answers patients read."""

import re
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.base import access, house
from webapp.base.roles import Role
from webapp.clinic import forms, selectors, services
from webapp.clinic.logos import MOST_BYTES, LogoRefused
from webapp.clinic.models import Edition

REFUSED, A_PAGE = 422, 10
FORMS: dict[str, type[forms.PlainForm]] = {
    "identity": forms.IdentityForm,
    "reminders": forms.RemindersForm,
    "sheets": forms.SheetsForm,
    "saved": forms.SavedForm,
    "lists": forms.ListsForm,
}
keepers = access.may("clinic.manage")


@keepers
@require_http_methods(["GET"])
def settings(request: HttpRequest) -> HttpResponse:
    """Show what the clinic says of itself, to be changed part by part, and who changed what."""
    return _show(request, selectors.current())


@keepers
@require_POST
def change(request: HttpRequest, section: str) -> HttpResponse:
    """Keep one part of the page."""
    now = selectors.current()
    if section == "faq":
        return _change_faq(request, now)
    if section not in FORMS:
        raise Http404
    form = FORMS[section](request.POST)
    if form.is_valid():
        return _keep(request, section, form.cleaned_data, now, {section: form})
    return _show(request, now, given={section: form}, status=REFUSED)


def _change_faq(request: HttpRequest, now: Edition) -> HttpResponse:
    answers = forms.answer_forms(now, request.POST)
    faults = [one for one in answers if not one.is_valid()]  # each is asked, so that each says its own
    if not faults:
        return _keep(request, "faq", {"faq": forms.entries_in(answers)}, now, {"faq": answers})
    return _show(request, now, given={"faq": answers}, status=REFUSED)


def _keep(
    request: HttpRequest, section: str, values: dict[str, Any], now: Edition, given: dict[str, Any]
) -> HttpResponse:
    try:
        made = services.change(section=section, values=values, shown=_shown(request), actor=request.user)
    except services.ClinicError as problem:
        return _show(request, now, given=given, problem=str(problem), status=REFUSED)
    messages.success(request, _("Saved. It holds from the next page on.") if made else _("Nothing was otherwise."))
    return redirect("clinic:settings")


@keepers
@require_POST
def logo(request: HttpRequest) -> HttpResponse:
    """Put another picture in place, or none."""
    file = request.FILES.get("logo")
    content = file.read(MOST_BYTES + 1) if file else (None if "drop" in request.POST else b"")
    try:
        services.change_logo(content=content, shown=_shown(request), actor=request.user)
    except (services.ClinicError, LogoRefused) as problem:
        return _show(request, selectors.current(), logo_problem=str(problem), status=REFUSED)
    messages.success(request, _("Saved. It holds from the next page on."))
    return redirect("clinic:settings")


def _shown(request: HttpRequest) -> int:
    text = request.POST.get("number", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def _show(
    request: HttpRequest, now: Edition, given: dict[str, Any] | None = None, status: int = 200, **said: str
) -> HttpResponse:
    page = Paginator(selectors.history(), A_PAGE).get_page(request.GET.get("page"))
    shown: dict[str, Any] = {
        "identity": forms.IdentityForm(initial=_fields(now, "identity")),
        "reminders": forms.RemindersForm(initial=_fields(now, "reminders")),
        "sheets": forms.SheetsForm(initial=_fields(now, "sheets")),
        "saved": forms.SavedForm(initial=_fields(now, "saved")),
        "lists": forms.ListsForm(
            initial={name: forms.written_lines(getattr(now, name)) for name in selectors.SECTIONS["lists"]}
        ),
        "faq": forms.answer_forms(now),
    }
    context = {
        "now": now,
        "forms": shown | (given or {}),
        "page": page,
        "changes": selectors.changes_in(list(page)),
        **said,
    }
    return render(request, "clinic/settings.html", context, status=status)


def _fields(now: Edition, section: str) -> dict[str, Any]:
    return {name: getattr(now, name) for name in selectors.SECTIONS[section]}


@access.public
@require_GET
def picture(request: HttpRequest, digest: str) -> HttpResponse:
    """Give out the clinic's logo; its address is its content, so browsers may keep it."""
    content = selectors.picture(digest) if re.fullmatch(r"[0-9a-f]{64}", digest) else None
    if content is None:
        raise Http404
    headers = {"Cache-Control": "public, max-age=31536000, immutable", "X-Content-Type-Options": "nosniff"}
    return HttpResponse(content, content_type="image/png", headers=headers)


@access.roles(Role.PATIENT)
@require_GET
def questions(request: HttpRequest) -> HttpResponse:
    """Show patients what others ask, and how to reach the clinic."""
    return render(request, "clinic/questions.html", {"told": house.now()})

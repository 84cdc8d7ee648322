"""The administrator's page of what is brought in step by step: for whom each feature is on, and the groups."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.selectors import with_role
from webapp.base import access
from webapp.base.roles import STAFF
from webapp.clinic import features, services

REFUSED, A_PAGE = 422, 25
keepers = access.may("clinic.manage")


@keepers
@require_GET
def features_page(request: HttpRequest) -> HttpResponse:
    """Show for whom each feature is on, who belongs to which group, and who changed it."""
    return _page(request)


def _page(request: HttpRequest, problem: str = "", status: int = 200) -> HttpResponse:
    people = {one.pk: one.display_name for one in with_role(*STAFF)}
    groups = [(name, [people[one] for one in members if one in people]) for name, members in features.groups().items()]
    page: dict[str, Any] = {
        "standings": [features.standing(name) for name in features.FEATURES],
        "groups": groups,
        "people": sorted(people.items(), key=lambda one: one[1].casefold()),
        "page": Paginator(features.history(), A_PAGE).get_page(request.GET.get("page")),
        "problem": problem,
        "typed": request.POST,
    }
    return render(request, "accounts/features.html", page, status=status)


@keepers
@require_POST
def switch_feature(request: HttpRequest) -> HttpResponse:
    """Say for whom a feature is on from now."""
    share = request.POST.get("share", "").strip()
    try:
        features.switch(
            name=request.POST.get("feature", ""), on_for=request.POST.get("on_for", ""),
            group=request.POST.get("group", ""), reason=request.POST.get("reason", ""), actor=request.user,
            share=int(share) if share.isdecimal() and share.isascii() and len(share) < 4 else -1 if share else 0,
        )  # fmt: skip
    except services.ClinicError as problem:
        return _page(request, str(problem), REFUSED)
    messages.success(request, _("Saved. It holds from the next page on."))
    return redirect("accounts:features")


@keepers
@require_POST
def set_group(request: HttpRequest) -> HttpResponse:
    """Say who belongs to a group from now."""
    chosen = [one.pk for one in with_role(*STAFF) if str(one.pk) in request.POST.getlist("members")]
    try:
        features.set_group(name=request.POST.get("name", ""), members=chosen, actor=request.user)
    except services.ClinicError as problem:
        return _page(request, str(problem), REFUSED)
    messages.success(request, _("Saved. It holds from the next page on."))
    return redirect("accounts:features")

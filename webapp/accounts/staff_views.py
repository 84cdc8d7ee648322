"""The administrator's pages: what each role may do, and the accounts of the clinic's people."""

from collections.abc import Callable, Mapping
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts import confirming, granting, roster, staff
from webapp.accounts.models import LANGUAGES, User
from webapp.accounts.services import AccountError
from webapp.base import access

MOST_WORDS = 20_000  # letters of a form that lists every pair there is, and more
A_PAGE = 50
STATES = {
    "": gettext_lazy("All accounts"),
    "active": gettext_lazy("Open accounts"),
    "closed": gettext_lazy("Closed accounts"),
    "without": gettext_lazy("Without a second step"),
}
keepers = access.may("users.manage")


@access.may("permissions.manage")
@require_http_methods(["GET", "POST"])
def permissions(request: HttpRequest) -> HttpResponse:
    """Show what each role may do, or change it."""
    problem, kept = "", dict[str, Any]()
    if request.method == "POST":
        try:
            _confirmed(request)
            changes = granting.differences(request.POST.get("shown", "")[:MOST_WORDS], request.POST.getlist("may"))
            count = granting.decide(changes=changes, actor=request.user)
        except NotConfirmed as refused:  # what was ticked stays ticked
            problem = str(refused)
            kept = {"shown": request.POST.get("shown", "")[:MOST_WORDS], "chosen": request.POST.getlist("may")}
        except AccountError as refused:
            problem = str(refused)
        else:
            messages.success(request, _told(count))
            return redirect("accounts:permissions")
    matrix = granting.matrix_for(request.user)
    page = {"matrix": matrix, "shown": matrix.shown, "chosen": matrix.shown.split(), "problem": problem}
    return _page(request, "accounts/permissions.html", page | kept)


class NotConfirmed(AccountError):
    """Who sends this has to show once more to be the administrator."""


def _confirmed(request: HttpRequest) -> None:
    """Raise NotConfirmed unless the administrator showed to be there, now or a moment ago."""
    if not confirming.answered(request):
        raise NotConfirmed(_("Type your password, or a fresh code of your app. Nothing was saved yet."))


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Show a page that may have to ask once more who it is."""
    asks = {"is_fresh": confirming.is_fresh(request)}
    return render(request, template, context | asks, status=422 if context["problem"] else 200)


def _told(count: int) -> str:
    if not count:
        return _("Nothing was otherwise than before.")
    return ngettext("%(n)s permission changed.", "%(n)s permissions changed.", count) % {"n": count}


@keepers
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """List the clinic's people, or those a search finds."""
    text = request.GET.get("q", "").replace("\0", "").strip()[:80]
    role, state = request.GET.get("role", ""), request.GET.get("state", "")
    found = roster.roster(request.user, text, role if role in roster.GIVEN_HERE else "", state)
    context = {
        "page": Paginator(found, A_PAGE).get_page(request.GET.get("page")),
        "q": text,
        "role": role,
        "roles": roster.GIVEN_HERE,
        "state": state if state in STATES else "",
        "states": STATES.items(),
    }
    return render(request, "accounts/people.html", context)


@keepers
@require_http_methods(["GET", "POST"])
def engage(request: HttpRequest) -> HttpResponse:
    """Create the account of somebody who works here."""
    form, problem = request.POST, ""
    if request.method == "POST":
        try:
            _confirmed(request)
            user = staff.engage(
                actor=request.user,
                email=form.get("email", ""),
                display_name=form.get("name", "").replace("\0", ""),
                roles=form.getlist("role"),
                language=form.get("language", "es"),
            )
        except AccountError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("The account is made and the link to begin is on its way."))
            return redirect("accounts:person", pk=user.pk)
    context = {"form": form, "chosen": form.getlist("role"), "roles": roster.GIVEN_HERE, "languages": LANGUAGES}
    return _page(request, "accounts/engage.html", context | {"problem": problem})


@keepers
@require_GET
def person(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one account and what can be done with it."""
    return _show(request, pk)


def _show(request: HttpRequest, pk: int, problem: str = "", what: str = "") -> HttpResponse:
    member = roster.member(request.user, pk)
    if member is None:
        raise Http404
    context = {
        "member": member,
        "form": request.POST,
        "chosen": request.POST.getlist("role") if what == "roles" else [role.value for role in member.roles],
        "roles": roster.GIVEN_HERE,
        "own": member.user.pk == request.user.pk,
        "parts": staff.ResetPart.choices,
        "reasons": staff.ResetReason.choices,
        "problem": problem,
    }
    return _page(request, "accounts/person.html", context)


def _roles(request: HttpRequest, user: User) -> str:
    staff.change_roles(user=user, roles=request.POST.getlist("role"), actor=request.user)
    return _("The roles are saved. They hold from the person’s next page.")


def _link(request: HttpRequest, user: User) -> str:
    staff.send_link(user=user, actor=request.user)
    return _("The link is on its way. It works once, for 72 hours.")


def _reset(request: HttpRequest, user: User) -> str:
    form = request.POST
    staff.reset(user=user, part=form.get("part", ""), reason=form.get("reason", ""), actor=request.user)
    return _("Done, and the person has been told.")


def _close(request: HttpRequest, user: User) -> str:
    staff.close(user=user, actor=request.user)
    return _("The account is closed, and every session of it has ended.")


def _reopen(request: HttpRequest, user: User) -> str:
    staff.reopen(user=user, actor=request.user)
    return _("The account is open again.")


DEEDS: Mapping[str, Callable[[HttpRequest, User], str]] = {
    "roles": _roles,
    "link": _link,
    "reset": _reset,
    "close": _close,
    "reopen": _reopen,
}

LETS_IN = DEEDS.keys() - {"close"}  # whoever did not sign in here must not open a way in; closing one never waits


@keepers
@require_POST
def deed(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Change an account in one of the ways of DEEDS, and show it again."""
    member = roster.member(request.user, pk)
    if member is None or what not in DEEDS:
        raise Http404
    try:
        if what in LETS_IN:
            _confirmed(request)
        messages.success(request, DEEDS[what](request, member.user))
    except AccountError as refused:
        return _show(request, pk, str(refused), what)
    return redirect("accounts:person", pk=pk)

"""One door: a view that says nothing about who may enter is closed.

A view carries its rule as ``access_rule``, set by ``@public``, ``@signed_in``, ``@may(...)`` or ``@roles(...)``; the
middleware at the end of this file is the only place that enforces it. Whoever may not see a page gets the page of what
is missing. ``@may`` is for what a clinic decides on; ``@roles`` for pages that belong to a hat by nature.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from webapp.base import machines, permissions
from webapp.base.roles import Role

View = TypeVar("View", bound=Callable[..., Any])
CHOOSE_HAT = "accounts:hat"


@dataclass(frozen=True, slots=True)
class Rule:
    """Who may open a view: everybody, everybody signed in, the hats named, or who has ``permission``.

    ``roles`` are then the hats that have it unless the clinic decides otherwise. The hat in ``owner`` needs no
    permission: what it opens is its own.
    """

    kind: str
    roles: frozenset[str] = frozenset()
    permission: str = ""
    owner: str = ""

    def lets_in(self, user: Any) -> bool:
        """Tell whether a person wearing a hat may enter."""
        if self.owner and user.active_role == self.owner:
            return True
        return bool(user.may(self.permission) if self.permission else user.active_role in self.roles)


PUBLIC, SIGNED_IN = Rule("public"), Rule("signed_in")

# Views of packages carry no rule of ours; they are opened here, by the name of their address.
THIRD_PARTY: dict[str, Rule] = {
    "account_login": PUBLIC,
    "account_logout": SIGNED_IN,
    "account_inactive": PUBLIC,
    "account_change_password": SIGNED_IN,
    "account_reset_password": PUBLIC,
    "account_reset_password_done": PUBLIC,
    "account_reset_password_from_key": PUBLIC,
    "account_reset_password_from_key_done": PUBLIC,
}


def _mark(view: View, rule: Rule) -> View:
    view.access_rule = rule  # type: ignore[attr-defined]
    return view


def public(view: View) -> View:
    """Open ``view`` to everybody."""
    return _mark(view, PUBLIC)


def signed_in(view: View) -> View:
    """Open ``view`` to every person signed in, whatever the hat."""
    return _mark(view, SIGNED_IN)


def roles(*names: str) -> Callable[[View], View]:
    """Open a view to people wearing one of these hats; raise ValueError for a hat that does not exist."""
    rule = Rule("roles", frozenset(Role(name).value for name in names))
    return lambda view: _mark(view, rule)


def may(name: str) -> Callable[[View], View]:
    """Open a view to people whose hat has this permission; raise UnknownPermission for a word that is none."""
    rule = Rule("may", permissions.known(name).roles, name)
    return lambda view: _mark(view, rule)


def patient_or_may(name: str) -> Callable[[View], View]:
    """Open a view of a patient's own things to the patient, and to people whose hat has this permission."""
    rule = Rule("may", permissions.known(name).roles | {Role.PATIENT.value}, name, owner=Role.PATIENT.value)
    return lambda view: _mark(view, rule)


def rule_of(view: Callable[..., Any], url_name: str = "") -> Rule | None:
    """Return the rule of a view, ours by its mark, a package's by ``url_name``; None means closed by default."""
    own = getattr(view, "access_rule", None)
    return own if own is not None else THIRD_PARTY.get(url_name)


def _to_login(request: HttpRequest) -> HttpResponse:
    if machines.asks(request):
        return machines.not_signed_in()
    answer = redirect_to_login(request.get_full_path())
    if request.headers.get("HX-Request") == "true":  # a fragment cannot become the login page
        return HttpResponse(status=204, headers={"HX-Redirect": answer.url})
    return answer


def _to_hats(request: HttpRequest) -> HttpResponse:
    if machines.asks(request):
        return machines.refused(403, machines.problem("no_hat", "this session wears no hat yet", "Choose one first."))
    return redirect(CHOOSE_HAT)


def refusal(request: HttpRequest, rule: Rule | None) -> HttpResponse | None:
    """Return what a person whom ``rule`` does not let in gets, None for who may enter; raise Http404 for no page."""
    if rule == PUBLIC:
        return None
    if rule is None:
        raise Http404
    if not request.user.is_authenticated:
        return _to_login(request)
    if rule == SIGNED_IN:
        return None
    if not request.user.active_role:
        return _to_hats(request)
    if not rule.lets_in(request.user):
        raise Http404
    return None


class ClosedUnlessOpened:
    """Lets a request through to its view only where the view's rule says so."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _arguments: Any, _options: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        return refusal(request, rule_of(view, name))

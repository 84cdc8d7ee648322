"""What a session is to each request: the hat it wears, how long it lasts, and the second step that staff owe."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone

from webapp.accounts import tokens, ways
from webapp.accounts.models import Session, User
from webapp.accounts.sessions import HAT
from webapp.base import access, machines
from webapp.base.roles import READ_OF_OTHERS

SEEN_EVERY = timedelta(minutes=1)
LOOKS_BY_ITSELF = "live"  # the id of what asks again and again on an open page
# What a person of the staff may open who has no second step yet: setting it up, and leaving.
BEFORE_SECOND_STEP = frozenset(
    {
        "accounts:set_up",
        "accounts:set_up_mail",
        "accounts:set_up_sms",
        "accounts:recovery_codes",
        "accounts:confirm",
        "account_logout",
        "set_language",
    }
)


class ActiveRole:
    """Puts the session's choice on ``request.user.active_role``; a hat taken away meanwhile is not worn any more."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.user.active_role = request.session.get(HAT, "")
        return self.get_response(request)


def _limits(user: User) -> tuple[timedelta, timedelta]:
    """Return how long a person may be away, and how long a session lasts at most."""
    limits: dict[str, tuple[timedelta, timedelta]] = settings.SESSION_LIMITS
    return limits["staff" if user.role_names & READ_OF_OTHERS else "others"]


def why_over(user: User, row: Session, now: datetime) -> str:
    """Return "idle" or "long" for a session that may not go on, else nothing; nobody's roles are read before need."""
    away, age = now - row.seen_at, now - row.began_at
    shortest, soonest = (min(kind) for kind in zip(*settings.SESSION_LIMITS.values(), strict=True))
    if away <= shortest and age <= soonest:
        return ""
    idle, longest = _limits(user)
    if age > longest:
        return "long"
    return "idle" if away > idle else ""


def looks_by_itself(request: HttpRequest) -> bool:
    """Tell whether an open page asked, and nobody: a list that is looked at anew keeps no session awake."""
    return bool(request.headers.get("HX-Trigger") == LOOKS_BY_ITSELF)


class SessionLimits:
    """Ends sessions left alone or grown old, tells their owners so, and remembers when each was last used."""

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        row, now = getattr(request.session, "row", None), timezone.now()
        if request.user.is_authenticated and row is not None:
            request.session_over = why_over(request.user, row, now)
            if request.session_over:
                logout(request)
            elif now - row.seen_at > SEEN_EVERY and not looks_by_itself(request):
                Session.objects.filter(pk=row.pk).update(seen_at=now)
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _arguments: Any, _options: Any
    ) -> HttpResponse | None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        if access.rule_of(view, name) in (access.PUBLIC, None) and name != "home":
            return None
        if not request.user.is_authenticated:
            if machines.asks(request):
                return machines.not_signed_in()
            why = getattr(request, "session_over", "") or _gone(request)
            return ways.by_way_of(request, "account_login", ended=why) if why else None
        return _to_second_step(request) if _owes_second_step(request, name) else None


def _to_second_step(request: HttpRequest) -> HttpResponse:
    if machines.asks(request):
        hint = "Set it up on the page of your access."
        return machines.refused(403, machines.problem("no_second_step", "this account has no second step yet", hint))
    return ways.by_way_of(request, "accounts:set_up")


def _gone(request: HttpRequest) -> str:
    """Return "gone" for a browser that still shows the key of a session of which nothing is left."""
    shown = settings.SESSION_COOKIE_NAME in request.COOKIES
    return "gone" if shown and request.session.session_key is None else ""


def _owes_second_step(request: HttpRequest, name: str) -> bool:
    row = getattr(request.session, "row", None)
    if name in BEFORE_SECOND_STEP or row is None or row.has_factor:
        return False
    return bool(request.user.role_names & READ_OF_OTHERS)


class ByToken:
    """Lets a program act for who made its token, with the token's hat; a session sent beside it counts for nothing.

    Only below ``/api/``: no page opens to a token.
    """

    sync_capable, async_capable = True, False

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        request.token = None
        word = tokens.sent(request.headers.get("Authorization", "")) if machines.asks(request) else None
        if word is None:
            return self.get_response(request)
        token = tokens.of(word)
        if token is None:
            return machines.not_signed_in()
        request.token, request.user = token, token.user
        request.user.active_role = token.hat
        return self.get_response(request)

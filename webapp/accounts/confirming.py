"""Is it still you? Asked again before what cannot be undone: signing, publishing, exporting."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from webapp.accounts import factors, lockout, services
from webapp.accounts.models import User

View = TypeVar("View", bound=Callable[..., HttpResponse])
CONFIRMED = "confirmed_at"
FRESH = timedelta(minutes=5)


def is_fresh(request: HttpRequest, within: timedelta = FRESH) -> bool:
    """Tell whether this person showed in this session, no longer ago than ``within``, to be who signed in.

    Signing in does not count: who signs a plan says so at that moment, not when the day began.
    """
    age = time.time() - request.session.get(CONFIRMED, 0.0)
    return 0 <= age <= within.total_seconds()


def confirm(request: HttpRequest, secret: str) -> bool:
    """Tell whether ``secret`` is the person's password, or a code of the person's app not used before.

    A wrong one counts toward the lockout, which then answers this request, and both are written into the audit.
    """
    user: User = request.user
    if not secret.strip() or lockout.is_locked(request, user):
        return False
    if not _is_theirs(user, secret):
        lockout.failed(request, user)
        services.asked_again(user=user, right=False)
        return False
    lockout.forget(user)
    mark_fresh(request)
    services.asked_again(user=user, right=True)
    return True


def mark_fresh(request: HttpRequest) -> None:
    """Remember that this person has just shown to be there."""
    request.session[CONFIRMED] = time.time()


def _is_theirs(user: User, secret: str) -> bool:
    return factors.take_totp(user=user, code=secret) if _is_a_code(secret) else user.check_password(secret)


def _is_a_code(secret: str) -> bool:
    """No password is that short, and none may be of digits alone."""
    return secret.replace(" ", "").isdigit() and len(factors.digits(secret)) == 6


def fresh_required(view: View) -> View:
    """Ask who opens ``view`` to confirm first, unless that was a moment ago, and lead back to it."""

    @wraps(view)
    def asked(request: HttpRequest, *arguments: Any, **options: Any) -> HttpResponse:
        return view(request, *arguments, **options) if is_fresh(request) else ask(request)

    return asked  # type: ignore[return-value]


def ask(request: HttpRequest) -> HttpResponse:
    """Lead to the page that asks, and from there back; for a fragment, the whole page goes."""
    address = f"{reverse('accounts:confirm')}?{urlencode({'next': way_back(request)})}"
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)


def way_back(request: HttpRequest) -> str:
    """Return the page to come back to: the one asked for, or the one from which a form was sent."""
    fragment = request.headers.get("HX-Request") == "true"
    if request.method in ("GET", "HEAD") and not fragment:
        return request.get_full_path()
    came_from = request.headers.get("HX-Current-URL") or request.headers.get("Referer") or ""
    if not url_has_allowed_host_and_scheme(came_from, {request.get_host()}):
        return "/"
    parts = urlsplit(came_from)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path or "/"


def wanted(request: HttpRequest) -> str:
    """Return the address a page should lead on to, as its form or its own address says; never another site's."""
    target = str(request.POST.get("next") or request.GET.get("next") or "")
    return target if url_has_allowed_host_and_scheme(target, {request.get_host()}) else reverse("home")

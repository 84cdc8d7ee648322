"""Is it still you? Asked again before what cannot be undone: signing, publishing, exporting."""

import time
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from webapp.accounts import factors, lockout, services, ways
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
    if not secret.strip() or not lockout.takes_a_try(request, user):
        return False
    if not _is_theirs(user, secret):
        lockout.failed(request, user)
        services.asked_again(user=user, right=False)
        return False
    lockout.forget(user)
    mark_fresh(request)
    services.asked_again(user=user, right=True)
    return True


def answered(request: HttpRequest) -> bool:
    """Tell whether who sends a form showed to be there a moment ago, or does so by the ``secret`` in it."""
    return is_fresh(request) or confirm(request, request.POST.get("secret", ""))


def not_you() -> str:
    """Return what is said to who does not show to be the person that is signed in."""
    return _("That was neither your password nor a code of your app. Nothing was changed.")


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
        return (
            view(request, *arguments, **options) if is_fresh(request) else ways.by_way_of(request, "accounts:confirm")
        )

    return asked  # type: ignore[return-value]

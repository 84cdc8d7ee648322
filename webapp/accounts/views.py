"""Choosing the hat of this session. Login and passwords are allauth's views in our templates."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from webapp.accounts import lockout, selectors, services
from webapp.accounts.middleware import HAT
from webapp.base import access, machines


@access.signed_in
@require_http_methods(["GET", "POST"])
def hat(request: HttpRequest) -> HttpResponse:
    """Show the hats this person owns, or put one on."""
    problem = None
    if request.method == "POST":
        try:
            services.hat_chosen(user=request.user, role=request.POST.get("role", ""))
        except services.AccountError as refused:
            problem = str(refused)
        else:
            request.session[HAT] = request.user.active_role
            return redirect("home")
    page = {"hats": selectors.hats_of(request.user), "problem": problem}
    return render(request, "accounts/hat.html", page, status=422 if problem else 200)


def locked(
    request: HttpRequest, _response: HttpResponse | None = None, credentials: dict[str, Any] | None = None
) -> HttpResponse:
    """Say how long to wait after too many attempts, the same for every address."""
    seconds = lockout.seconds_to_wait(request, credentials)
    if machines.asks(request):
        hint = f"Wait {seconds} seconds."
        answer = machines.refused(429, machines.problem("too_many_tries", "too many wrong passwords or codes", hint))
        answer["Retry-After"] = str(seconds)
        return answer
    page = {"seconds": seconds, "minutes": -(-seconds // 60), "long": seconds > 90}
    answer = render(request, "account/locked.html", page, status=429)
    answer["Retry-After"] = str(seconds)
    add_never_cache_headers(answer)
    return answer

"""Choosing the hat of this session. Login and passwords are allauth's views in our templates."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.views.decorators.http import require_http_methods

from webapp.accounts import selectors, services
from webapp.accounts.middleware import HAT
from webapp.base import access


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


def locked(request: HttpRequest, _response: HttpResponse | None = None, _credentials: object = None) -> HttpResponse:
    """Say how long to wait after too many attempts, the same for every address."""
    answer = render(request, "account/locked.html", {"minutes": 15}, status=429)
    add_never_cache_headers(answer)
    return answer

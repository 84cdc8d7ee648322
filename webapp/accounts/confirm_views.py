"""The page that asks for the password, or a code, once more."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from webapp.accounts import confirming, factors, ways
from webapp.base import access


@access.signed_in
@require_http_methods(["GET", "POST"])
def confirm(request: HttpRequest) -> HttpResponse:
    """Ask whether it is still the same person, and lead back to what was about to be done."""
    target, problem = ways.wanted(request), ""
    if request.method == "POST":
        if confirming.confirm(request, request.POST.get("secret", "")):
            return redirect(target)
        problem = _("This is not it. Type it again; a code works once.")
    page = {"next": target, "problem": problem, "has_app": factors.device_of(request.user) is not None}
    return render(request, "accounts/confirm.html", page, status=422 if problem else 200)

"""The administrator's pages: what each role may do."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from webapp.accounts import granting
from webapp.accounts.services import AccountError
from webapp.base import access

MOST_WORDS = 20_000  # letters of a form that lists every pair there is, and more


@access.may("permissions.manage")
@require_http_methods(["GET", "POST"])
def permissions(request: HttpRequest) -> HttpResponse:
    """Show what each role may do, or change it."""
    problem = ""
    if request.method == "POST":
        try:
            changes = granting.differences(request.POST.get("shown", "")[:MOST_WORDS], request.POST.getlist("may"))
            count = granting.decide(changes=changes, actor=request.user)
        except AccountError as refused:
            problem = str(refused)
        else:
            messages.success(request, _told(count))
            return redirect("accounts:permissions")
    page = {"matrix": granting.matrix_for(request.user), "problem": problem}
    return render(request, "accounts/permissions.html", page, status=422 if problem else 200)


def _told(count: int) -> str:
    if not count:
        return _("Nothing was otherwise than before.")
    return ngettext("%(n)s permission changed.", "%(n)s permissions changed.", count) % {"n": count}

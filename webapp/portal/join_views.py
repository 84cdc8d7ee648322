"""Coming in by an invitation: who it is, a password, and on to the consents."""

import time

from allauth.account.adapter import get_adapter
from allauth.core import ratelimit
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from webapp.accounts.models import User
from webapp.accounts.services import AccountError
from webapp.base import access
from webapp.patients import inviting
from webapp.patients.models import Invitation
from webapp.patients.services import PatientError
from webapp.portal.join_forms import ClaimForm, NewPasswordForm

JOINING, SINCE = "joining", "joining_since"
PATIENCE = 15 * 60  # seconds in which a password is chosen after showing who it is
BACKEND = "django.contrib.auth.backends.ModelBackend"


@access.public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def join(request: HttpRequest, secret: str = "") -> HttpResponse:
    """Ask who it is; the page is the same for an invitation that is good, old, locked or none at all."""
    form = ClaimForm(request.POST or None, secret=secret)
    if request.method == "GET":
        return _ask(request, ClaimForm(secret=secret), 200)
    if not ratelimit.consume(request, action="join"):
        return _ask(request, form, 429, _("Too many attempts in a short time. Please wait a minute."))
    if not form.is_valid():
        return _ask(request, form, 422)
    given, claim = form.claim()
    invitation = inviting.identify(secret=given, claim=claim)
    if invitation is None:
        return _ask(request, form, 422, _("These data and this invitation do not go together."))
    request.session.cycle_key()
    request.session[JOINING], request.session[SINCE] = str(invitation.pk), time.time()
    return redirect("portal:join_password")


def _ask(request: HttpRequest, form: ClaimForm, status: int, problem: str = "") -> HttpResponse:
    answer = render(request, "portal/join.html", {"form": form, "problem": problem}, status=status)
    add_never_cache_headers(answer)
    return answer


def _shown(request: HttpRequest) -> Invitation | None:
    """Return the invitation of who showed a moment ago to be its patient."""
    if time.time() - request.session.get(SINCE, 0.0) > PATIENCE:
        return None
    return inviting.good(request.session.get(JOINING))


@access.public
@require_http_methods(["GET", "POST"])
@sensitive_post_parameters()
def password(request: HttpRequest) -> HttpResponse:
    """Ask for a password, and lead on to the consents."""
    invitation = _shown(request)
    if invitation is None:
        return redirect("portal:join")
    patient = invitation.patient
    person = patient.user or User(display_name=patient.full_name, email=patient.email or "")
    form = NewPasswordForm(request.POST or None, person=person, initial={"email": patient.email or ""})
    if request.method == "POST" and form.is_valid():
        try:
            return _enter(request, invitation, form)
        except AccountError as refused:
            form.add_error("email", str(refused))
        except PatientError:
            return redirect("portal:join")
    answer = render(request, "portal/join_password.html", {"form": form}, status=422 if form.is_bound else 200)
    add_never_cache_headers(answer)
    return answer


def _enter(request: HttpRequest, invitation: Invitation, form: NewPasswordForm) -> HttpResponse:
    given = form.cleaned_data
    user = inviting.accept(invitation_id=invitation.pk, email=given.get("email", ""), password=given["password1"])
    request.session.flush()  # whoever was signed in at this machine is not any more
    user.backend = BACKEND  # type: ignore[attr-defined]
    get_adapter(request).login(request, user)
    return redirect("portal:consent")

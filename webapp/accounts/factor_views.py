"""The second step: typing a code at the door, setting it up, the recovery codes."""

from allauth.account.internal.decorators import login_stage_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from webapp.accounts import codes, demo_code, factors, lockout, services, stages
from webapp.base import access

at_the_door = login_stage_required(stage=stages.KEY, redirect_urlname="account_login")


@access.public
@at_the_door
@require_http_methods(["GET", "POST"])
def second_factor(request: HttpRequest) -> HttpResponse:
    """Ask for the code, and let in who has it."""
    stage = request._login_stage
    if not stage.holds():
        return stage.abort()
    if request.method == "GET":
        return _ask(request)
    code = request.POST.get("code", "")
    return _look_at(request, code) if code.strip() else _ask(request, _wrong())


def _look_at(request: HttpRequest, code: str) -> HttpResponse:
    stage = request._login_stage
    user = stage.login.user
    if not lockout.takes_a_try(request, user):
        return stage.abort()
    if used := factors.take(user=user, code=code):
        services.second_step(user=user, kind=used)
        return stage.exit()
    lockout.failed(request, user)
    services.second_step(user=user, kind="")
    return _ask(request, _wrong())


def _wrong() -> str:
    return _("This code does not open. Each code works once; type the newest.")


def _ask(request: HttpRequest, problem: str = "", notice: str = "") -> HttpResponse:
    user = request._login_stage.login.user
    page = {"kind": factors.kind_of(user), "problem": problem, "notice": notice, "demo_code": demo_code.now_of(user)}
    return render(request, "accounts/second_factor.html", page, status=422 if problem else 200)


@access.public
@require_POST
@at_the_door
def send_code(request: HttpRequest) -> HttpResponse:
    """Send another code to who gets them by mail or SMS."""
    stage = request._login_stage
    channel = factors.channel_of(stage.login.user)
    if not stage.holds() or channel is None:
        return redirect("accounts:second_factor")
    wait = codes.send(user=stage.login.user, kind=channel.kind, number=channel.number)
    return _ask(request, notice=sent(int(wait.total_seconds())))


@access.public
@require_POST
@at_the_door
def another_person(request: HttpRequest) -> HttpResponse:
    """Let go of a half-done login, so that somebody else may log in here."""
    return request._login_stage.abort()


def sent(seconds: int) -> str:
    """Return what is said to who asked for a code: that it is on its way, or when another may be asked for."""
    if not seconds:
        return _("Another code is on its way. The ones before open nothing any more.")
    if seconds < 90:
        return _("A code left a moment ago. Another can be asked for in a minute.")
    return _("Several codes left already. Another can be asked for in %(minutes)s minutes.") % {
        "minutes": -(-seconds // 60)
    }

"""A person's own access: the second step, its recovery codes, and where one is signed in."""

import time

from allauth.mfa.totp.internal.auth import generate_totp_secret
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts import codes, confirming, enrolling, factors, mfa, ways, whereabouts
from webapp.accounts.factor_views import sent
from webapp.accounts.services import AccountError
from webapp.accounts.sessions import BEGAN
from webapp.accounts.sittings import CodeChannel
from webapp.base import access
from webapp.base.roles import Role
from webapp.base.sealing import open_text, seal_text

SECRET, SECRET_PLACE = "new_app", "accounts.session.new_app"
NUMBER, NUMBER_PLACE = "new_number", "accounts.session.new_number"
TO_SHOW = "codes_to_show"  # set by one's own deed, so that a link from elsewhere uses nothing up
JUST_NOW = 15 * 60  # seconds after signing in during which a first second step needs no password again
PHONE = RegexValidator(r"^\+[1-9]\d{7,14}$")


@access.signed_in
@require_GET
def security(request: HttpRequest) -> HttpResponse:
    """Show how this person signs in, and where."""
    user = request.user
    page = {
        "kind": factors.kind_of(user),
        "codes_left": factors.codes_left(user),
        "must": enrolling.must_have_one(user),
        "reads_protocols": bool(user.active_role) and user.may("protocols.read"),
        "places": whereabouts.of(user.pk, request.session.session_key),
        "ended": request.GET.get("ended", ""),
        "removed": request.GET.get("removed", ""),
        "frame": "base/patient.html" if user.active_role == Role.PATIENT else "base/plain.html",
    }
    return render(request, "accounts/security.html", page)


@access.signed_in
@require_POST
def end_session(request: HttpRequest) -> HttpResponse:
    """End one of one's own sessions, or all the others."""
    user, current = request.user, request.session.session_key
    named = request.POST.get("session", "")
    if named == "others":
        whereabouts.end_others(user_id=user.pk, current=current)
    else:
        whereabouts.end(user_id=user.pk, handle=named)
    return ways.to("accounts:security", ended="yes")


def _may_set_up(request: HttpRequest) -> bool:
    """Who has none and has just signed in is not asked for the password twice; everybody else is."""
    fresh = time.time() - request.session.get(BEGAN, 0.0) < JUST_NOW
    return confirming.is_fresh(request) or (fresh and not factors.kind_of(request.user))


def _new_secret(request: HttpRequest) -> str:
    """Return the secret offered in this session, sealed there until the app has shown a code of it."""
    if SECRET not in request.session:
        request.session[SECRET] = seal_text(generate_totp_secret(), SECRET_PLACE)
    return open_text(request.session[SECRET], SECRET_PLACE)


@never_cache
@access.signed_in
@require_http_methods(["GET", "POST"])
def set_up(request: HttpRequest) -> HttpResponse:
    """Show what an app has to photograph, and make it the second step once it shows the right code."""
    if not _may_set_up(request):
        return ways.by_way_of(request, "accounts:confirm")
    secret, problem = _new_secret(request), ""
    if request.method == "POST":
        key = request.session.session_key
        try:
            enrolling.set_app(user=request.user, secret=secret, code=request.POST.get("code", ""), session_key=key)
        except AccountError as refused:
            problem = str(refused)
        else:
            return _set(request)
    picture = mfa.Adapter().picture(request.user, secret)
    spaced = " ".join(secret[n : n + 4] for n in range(0, len(secret), 4))
    page = {"secret": spaced, "picture": picture, "problem": problem, "next": ways.wanted(request)}
    return render(request, "accounts/set_up.html", _about(request, page), status=422 if problem else 200)


def _about(request: HttpRequest, page: dict[str, object]) -> dict[str, object]:
    user = request.user
    return page | {"must": enrolling.must_have_one(user), "kind": factors.kind_of(user), "sms": _can_sms()}


def _can_sms() -> bool:
    return bool(settings.OUTBOX_CHANNELS.get("sms"))


def _set(request: HttpRequest) -> HttpResponse:
    for word in (SECRET, NUMBER):
        request.session.pop(word, None)
    confirming.mark_fresh(request)
    request.session[TO_SHOW] = True
    return ways.to("accounts:recovery_codes", next=ways.wanted(request))


@never_cache
@access.signed_in
@require_http_methods(["GET", "POST"])
def set_up_message(request: HttpRequest, kind: str) -> HttpResponse:
    """Send a code by mail or SMS, and make that the second step once it was typed here."""
    if not _may_set_up(request):
        return ways.by_way_of(request, "accounts:confirm")
    if kind == CodeChannel.Kind.SMS and not _can_sms():
        return ways.to("accounts:set_up", next=ways.wanted(request))
    page = _about(request, {"way": kind, "next": ways.wanted(request), "number": _number(request)})
    if request.method == "POST":
        return _sent_or_set(request, kind, page)
    return render(request, "accounts/set_up_message.html", page)


def _number(request: HttpRequest) -> str:
    sealed = request.session.get(NUMBER)
    return open_text(sealed, NUMBER_PLACE) if sealed else ""


def _sent_or_set(request: HttpRequest, kind: str, page: dict[str, object]) -> HttpResponse:
    number = _number(request) if kind == CodeChannel.Kind.SMS else ""
    try:
        if "code" in request.POST:
            code, key = request.POST["code"], request.session.session_key
            enrolling.set_channel(user=request.user, kind=kind, number=number, code=code, session_key=key)
            return _set(request)
        number = _typed_number(request) if kind == CodeChannel.Kind.SMS else ""
    except AccountError as refused:
        page |= {"problem": str(refused), "waiting": "code" in request.POST}
        return render(request, "accounts/set_up_message.html", page, status=422)
    wait = codes.send(user=request.user, kind=kind, number=number)
    page |= {"waiting": True, "number": number, "notice": sent(int(wait.total_seconds())) if wait else ""}
    return render(request, "accounts/set_up_message.html", page)


def _typed_number(request: HttpRequest) -> str:
    """Return the telephone number typed, which this session keeps sealed until its code has come back."""
    typed = "".join(request.POST.get("number", "").split()).replace("-", "")
    number = typed if typed.startswith("+") else "+34" + typed
    try:
        PHONE(number)
    except ValidationError:
        raise AccountError(
            _("Write the number of a mobile telephone, with + and the country if it is not +34.")
        ) from None
    request.session[NUMBER] = seal_text(number, NUMBER_PLACE)
    return number


@never_cache
@access.signed_in
@require_http_methods(["GET", "POST"])
def recovery_codes(request: HttpRequest) -> HttpResponse:
    """Show the recovery codes once; make new ones for who asks and confirms."""
    if request.method == "POST":
        if not confirming.is_fresh(request):
            return ways.by_way_of(request, "accounts:confirm")
        try:
            enrolling.renew_codes(user=request.user)
        except AccountError:
            return redirect("accounts:set_up")
        request.session[TO_SHOW] = True
        return redirect("accounts:recovery_codes")
    codes_now = enrolling.show_codes(user=request.user) if request.session.pop(TO_SHOW, False) else []
    shown = [f"{code[:4]} {code[4:]}" for code in codes_now]
    page = {"codes": shown, "next": ways.wanted(request), "left": factors.codes_left(request.user)}
    return render(request, "accounts/recovery_codes.html", page)


@access.signed_in
@require_POST
def remove_factor(request: HttpRequest) -> HttpResponse:
    """Switch the second step off; who reads about others cannot."""
    if not confirming.is_fresh(request):
        return ways.by_way_of(request, "accounts:confirm")
    try:
        enrolling.remove(user=request.user)
    except AccountError as refused:
        return render(request, "accounts/must_have_one.html", {"problem": str(refused)}, status=422)
    return ways.to("accounts:security", removed="yes")

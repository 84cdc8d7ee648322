"""The page on which a person makes and revokes tokens for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from webapp.accounts import confirming, tokens, ways
from webapp.accounts.services import AccountError
from webapp.base import access

REFUSED = 422


@never_cache
@access.may("protocols.read")
@require_http_methods(["GET", "POST"])
def token_list(request: HttpRequest) -> HttpResponse:
    """Show one's tokens; make another, which is shown this once."""
    if request.method == "GET":
        return _page(request)
    if not confirming.answered(request):
        return _page(request, problem=confirming.not_you())
    try:
        word = tokens.make(user=request.user, **_asked(request))
    except AccountError as problem:
        return _page(request, problem=str(problem))
    return _page(request, word=word)


def _asked(request: HttpRequest) -> dict[str, Any]:
    days = request.POST.get("days", "")
    return {
        "name": request.POST.get("name", ""),
        "days": int(days) if days in map(str, tokens.LASTS) else 0,
        "writes": request.POST.get("writes") == "yes",
    }


def _page(request: HttpRequest, *, word: str = "", problem: str = "") -> HttpResponse:
    shown = {
        "tokens": tokens.tokens_of(request.user),
        "spans": tokens.LASTS,
        "may_write": request.user.may("protocols.write"),
        "is_fresh": confirming.is_fresh(request),
        "typed": {} if word else request.POST,
        "word": word,
        "problem": problem,
        "revoked": request.GET.get("revoked", ""),
    }
    return render(request, "accounts/tokens.html", shown, status=REFUSED if problem else 200)


@access.may("protocols.read")
@require_POST
def revoke(request: HttpRequest) -> HttpResponse:
    """Revoke one of one's own tokens."""
    named = request.POST.get("token", "")
    done = named.isdecimal() and len(named) < 10 and tokens.revoke(user=request.user, pk=int(named))
    return ways.to("accounts:tokens", revoked="yes" if done else "no")

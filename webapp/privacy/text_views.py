"""The pages on which consent texts are written, looked at as patients see them, and published."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from webapp.accounts import confirming, ways
from webapp.base import access
from webapp.privacy import texts

REFUSED = 422
writers = access.may("consents.publish")


@writers
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """List the purposes: what is in force, since when, for how many, and what is being written."""
    return render(request, "privacy/texts.html", {"standings": texts.standings()})


def _standing(purpose: str) -> texts.Standing:
    try:
        return texts.standing_of(purpose)
    except KeyError:
        raise Http404 from None


@writers
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, purpose: str) -> HttpResponse:
    """Write the next text of a purpose, beside what was published so far."""
    standing, said, problem = _standing(purpose), None, ""
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in ("body_es", "body_en")}
        try:
            texts.write(purpose=purpose, **said, shown=_shown(request), actor=request.user)
        except texts.TextError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("The draft is kept. Nobody sees it yet."))
            return redirect("privacy:text_preview" if "look" in request.POST else "privacy:text", purpose=purpose)
    page = {"standing": standing, "said": said or _begun(standing), "problem": problem, "most": texts.MOST}
    page["versions"] = texts.versions(purpose)
    return render(request, "privacy/text.html", page, status=REFUSED if problem else 200)


def _begun(standing: texts.Standing) -> dict[str, str]:
    """Return what the form begins with: the draft, else the text in force, which most drafts only change a little."""
    source = standing.draft or standing.current
    return {"body_es": source.body_es, "body_en": source.body_en} if source else {"body_es": "", "body_en": ""}


def _shown(request: HttpRequest) -> int:
    text = request.POST.get("revision", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


@writers
@require_GET
def preview(request: HttpRequest, purpose: str) -> HttpResponse:
    """Show a draft as patients would read it, in either language."""
    standing = _standing(purpose)
    if standing.draft is None:
        raise Http404
    asked = request.GET.get("language", "")
    language = asked if asked in dict(settings.LANGUAGES) else (get_language() or "es")[:2]
    version = standing.current.version + 1 if standing.current else 1
    page: dict[str, Any] = {"standing": standing, "version": version, "shown_in": language}
    with override(language):
        return render(request, "privacy/text_preview.html", page | {"body": standing.draft.body(language)})


@writers
@require_POST
def publish(request: HttpRequest, purpose: str) -> HttpResponse:
    """Put a draft in force; asked again who it is."""
    _standing(purpose)
    if not confirming.is_fresh(request):
        return ways.by_way_of(request, "accounts:confirm")
    try:
        text = texts.publish(purpose=purpose, shown=_shown(request), actor=request.user)
    except texts.TextError as problem:
        messages.error(request, str(problem))
        return redirect("privacy:text", purpose=purpose)
    messages.success(
        request, _("Text %(n)s is in force. Patients are asked at their next login.") % {"n": text.version}
    )
    return redirect("privacy:texts")


@writers
@require_POST
def drop(request: HttpRequest, purpose: str) -> HttpResponse:
    """Throw a draft away."""
    _standing(purpose)
    try:
        texts.drop(purpose=purpose, shown=_shown(request), actor=request.user)
    except texts.TextError as problem:
        messages.error(request, str(problem))
        return redirect("privacy:text", purpose=purpose)
    messages.success(request, _("The draft is gone. What is in force stays as it is."))
    return redirect("privacy:texts")

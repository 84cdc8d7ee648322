"""The director's pages: when results of each kind are released, and the words that explain an analyte."""

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from webapp.base import access
from webapp.results import ruling, selectors
from webapp.results.catalogue import WORDS, analytes
from webapp.results.models import Kind, Mode
from webapp.results.speaking import words_here

REFUSED = 422
directors = access.may("results.manage")


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 5 else -1


@directors
@require_http_methods(["GET", "POST"])
def rules(request: HttpRequest) -> HttpResponse:
    """Show when results are released and which analytes have words; change the first."""
    problems: dict[str, str] = {}
    if request.method == "POST":
        if "proposed" in request.POST:
            return _approve_all(request)
        problems = _decide(request)
        if not problems:
            messages.success(request, _("Saved. It holds for what arrives from now on."))
            return redirect("results:rules")
    found = ruling.texts(words_here())
    page = {
        "kinds": _kinds(request, problems),
        "modes": Mode.choices,
        "missing": sum(one.current is None for one in found),
        **_told_apart(found),
        "problems": problems,
        "known": analytes(),
    }
    return render(request, "results/rules.html", page, status=REFUSED if problems else 200)


def _told_apart(found: Sequence[ruling.Text]) -> dict[str, list[ruling.Text]]:
    """Return the texts that are proposed and never were in force, those in force, and the rest."""
    proposed = [one for one in found if one.current is None and one.last == 0 and one.es]
    in_force = [one for one in found if one.current is not None]
    return {
        "proposed": proposed,
        "in_force": in_force,
        "without": [one for one in found if one not in proposed and one not in in_force],
    }


def _kinds(request: HttpRequest, problems: dict[str, str]) -> list[dict[str, object]]:
    held = selectors.policies()
    return [
        {
            "name": kind,
            "label": label,
            "mode": request.POST.get(f"{kind}-mode", held[kind][0]),
            "days": request.POST.get(f"{kind}-days", held[kind][1] or ""),
            "problem": problems.get(kind, ""),
        }
        for kind, label in Kind.choices
    ]


def _decide(request: HttpRequest) -> dict[str, str]:
    """Keep what was decided of each kind; return every problem, by kind."""
    problems = {}
    for kind in Kind.values:
        mode, days = request.POST.get(f"{kind}-mode", ""), _number(request.POST.get(f"{kind}-days", ""))
        if not mode:
            continue
        try:
            ruling.decide(kind=kind, mode=mode, days=days, actor=request.user)
        except ruling.RuleError as problem:
            problems[kind] = str(problem)
    return problems


def _approve_all(request: HttpRequest) -> HttpResponse:
    count = ruling.approve_proposed(actor=request.user, terms=words_here())
    messages.success(request, _("%(n)s texts are in force.") % {"n": count})
    return redirect("results:rules")


@directors
@require_http_methods(["GET", "POST"])
def text(request: HttpRequest, analyte: str) -> HttpResponse:
    """Write, approve or withdraw the words about one analyte."""
    problem, one = "", ruling.text_of(analyte, words_here())
    said = {"es": one.es, "en": one.en}
    if request.method == "POST":
        said = {name: request.POST.get(name, "") for name in ("es", "en")}
        shown = _number(request.POST.get("version", ""))
        try:
            if "withdraw" in request.POST:
                ruling.withdraw(name=analyte, shown=shown, actor=request.user)
            else:
                ruling.approve(name=analyte, **said, shown=shown, actor=request.user)
        except ruling.RuleError as refused:
            problem = str(refused)
        else:
            messages.success(request, _("Saved. Patients read it from now on."))
            return redirect("results:rules")
    page = {"one": one, "said": said, "problem": problem, "most": WORDS}
    return render(request, "results/text.html", page, status=REFUSED if problem else 200)

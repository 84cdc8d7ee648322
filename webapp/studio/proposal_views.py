"""The pages on which another director looks at a proposal and decides; and on which a text is taken back."""

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rules.drafting import DraftError
from rules.models import Submission, Version
from webapp.accounts import confirming
from webapp.accounts.confirming import not_you
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.studio import selectors, trial_terms, trialling, working, writing

REFUSED = 422
deciders = access.may("protocols.publish")
writers = access.may("protocols.write")
readers = access.may("protocols.read")


def _held(request: HttpRequest, pk: int) -> Submission:
    try:
        return working.proposal_of(request.user, pk)
    except Submission.DoesNotExist:
        raise Http404 from None


def _page(request: HttpRequest, held: Submission, shows: str, status: int = 200, **more: Any) -> HttpResponse:
    base = {
        "proposal": held,
        "shows": shows,
        "title": working.title_of(held.revision.text, (get_language() or "es")[:2]) or held.draft.name,
        "seen": working.seen_by(request.user, held),
        "may_decide": working.may_decide(request.user, held) and not held.decision,
        "report": held.examination.report or {},
        "is_fresh": confirming.is_fresh(request),
        "choices": trial_terms.choices(more.get("typed", {})),
        "tried": working.tried_by(held),
    }
    return render(request, "studio/proposal.html", base | more, status=status)


@deciders
@require_GET
def proposal(request: HttpRequest, proposal: int) -> HttpResponse:
    """Show a proposal: who, why, what was found out, and what remains to be looked at."""
    return _page(request, _held(request, proposal), "about")


@deciders
@require_GET
def text(request: HttpRequest, proposal: int) -> HttpResponse:
    """Show the lines that change; that they were opened is noted."""
    held = _held(request, proposal)
    writing.looked(request.user, held, working.OPENED.TEXT)
    held = _held(request, proposal)
    return _page(request, held, "text", lines=working.text_difference(held.draft, held.revision.text))


@deciders
@require_GET
def proved(request: HttpRequest, proposal: int) -> HttpResponse:
    """Show for whom a plan comes otherwise; that it was opened is noted."""
    held = _held(request, proposal)
    writing.looked(request.user, held, working.OPENED.PROVED)
    held = _held(request, proposal)
    changes = working.changes_of(held.examination, (get_language() or "es")[:2])
    return _page(request, held, "proved", changes=changes)


@deciders
@require_POST
def decide(request: HttpRequest, proposal: int) -> HttpResponse:
    """Approve, asked again who it is, or send back with words."""
    held = _held(request, proposal)
    comment = request.POST.get("comment", "")
    try:
        if "refuse" in request.POST:
            writing.refuse(request.user, held.pk, comment)
            messages.success(request, _("It went back to its author with your words."))
        elif not confirming.answered(request):
            return _page(request, held, "about", typed=request.POST, problem=not_you(), status=REFUSED)
        elif trial_terms.is_asked(request.POST):
            terms = trial_terms.terms_in(request.POST)
            trial = trialling.approve(request.user, held.pk, comment=comment, terms=terms)
            messages.success(request, _("It is on trial. What is in force stays as it is."))
            return redirect("studio:trial", trial=trial.pk)
        else:
            done = writing.approve(request.user, held.pk, comment=comment, effective_from=_day(request))
            messages.success(request, _("It is in force now.") if done.in_force_at else _("It comes into force then."))
    except DraftError as problem:
        said = f"{problem} {problem.hint}"
        return _page(request, _held(request, proposal), "about", typed=request.POST, problem=said, status=REFUSED)
    return redirect("studio:proposal", proposal=held.pk)


def _day(request: HttpRequest) -> datetime | None:
    """Return the beginning of the day chosen, in the clinic's time; None: at once."""
    day = trial_terms.day_in(request.POST, "effective_from")
    return timezone.make_aware(datetime(day.year, day.month, day.day)) if day else None  # noqa: DTZ001


@deciders
@require_POST
def remark(request: HttpRequest, proposal: int) -> HttpResponse:
    """Say something to one line."""
    held, line = _held(request, proposal), request.POST.get("line", "")
    number = int(line) if line.isdecimal() and len(line) < 9 else 0
    try:
        writing.remark(request.user, held.pk, number, request.POST.get("words", ""))
    except DraftError as problem:
        messages.error(request, f"{problem} {problem.hint}")
    return redirect("studio:proposal_text", proposal=held.pk)


@writers
@require_POST
def withdraw(request: HttpRequest, proposal: int) -> HttpResponse:
    """Take one's own proposal back."""
    held = _held(request, proposal)
    try:
        writing.withdraw(request.user, held.pk)
    except DraftError as problem:
        messages.error(request, f"{problem} {problem.hint}")
    return redirect("studio:draft", draft=held.draft_id)


@deciders
@require_http_methods(["GET", "POST"])
def back(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a published text out of force, with a reason, asked again who it is."""
    version, problem = _version(request, pk), ""
    if request.method == "POST":
        problem = _taken_back(request, version)
        if not problem:
            messages.success(request, _("It is out of force; what stood there before is in force again."))
            return redirect("studio:version", pk=pk)
    page = {"version": version, "problem": problem, "is_fresh": confirming.is_fresh(request), "typed": request.POST}
    return render(request, "studio/back.html", page, status=REFUSED if problem else 200)


def _taken_back(request: HttpRequest, version: Version) -> str:
    """Take a text back; return what stands against it, in words, or nothing."""
    if not confirming.answered(request):
        return not_you()
    try:
        writing.take_back(request.user, version, request.POST.get("reason", ""))
    except DraftError as problem:
        return f"{problem} {problem.hint}"
    return ""


def _version(request: HttpRequest, pk: int) -> Version:
    try:
        return selectors.versions_for(request.user).defer(None).get(pk=pk)
    except Version.DoesNotExist:
        raise Http404 from None


@readers
@require_GET
def version_text(request: HttpRequest, pk: int) -> HttpResponse:
    """Hand out a text byte for byte."""
    version = _version(request, pk)
    name = f"{version.source_file.kind}-{version.source_file.name}-{version.version}.yaml"
    return attachment(version.text.encode(), name=name.lower().replace("_", "-"), content_type="text/yaml")

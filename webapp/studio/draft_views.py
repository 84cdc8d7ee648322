"""The pages on which a text is written, examined and proposed."""

from typing import Any

from csp.constants import NONCE
from csp.decorators import csp_update
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rules.drafting import DraftError, Overtaken, newest_of
from rules.models import Draft, Revision, Version
from webapp.accounts import confirming
from webapp.accounts.confirming import not_you
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.clinic import features
from webapp.studio import selectors, tasks, working, writing
from webapp.studio.lines import compared

CONFLICT, REFUSED = 409, 422
MOST_BYTES = 4_000_000
writers = access.may("protocols.write")


@writers
@require_POST
def begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin a draft of a published text."""
    try:
        version = selectors.versions_for(request.user).defer(None).get(pk=pk)
    except Version.DoesNotExist:
        raise Http404 from None
    return redirect("studio:draft", draft=writing.begin(request.user, version).pk)


@writers
@require_POST
def bring(request: HttpRequest) -> HttpResponse:
    """Make a draft of a file that was uploaded."""
    sent = request.FILES.get("file")
    try:
        draft = writing.bring(request.user, _text_of(sent))
    except DraftError as problem:
        messages.error(request, f"{problem} {problem.hint}")
        return redirect("studio:list")
    return redirect("studio:draft", draft=draft.pk)


def _text_of(sent: Any) -> str:
    if sent is None:
        raise DraftError("R045", "no file was sent", "Choose a .yaml file.")
    if sent.size > MOST_BYTES:
        raise DraftError("R024", f"the file has {sent.size:,} bytes", f"A file has {MOST_BYTES:,} at most. Divide it.")
    try:
        return str(sent.read().decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise DraftError("R046", f"byte {problem.start} is no UTF-8", "Save the file as UTF-8.") from None


@writers
@csp_update({"style-src": [NONCE]})  # the editor makes its styles as it starts
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, draft: int) -> HttpResponse:
    """Write in a draft; what was typed is kept as it is, right or wrong."""
    held = _held(request, draft)
    if request.method == "GET":
        return _page(request, held)
    typed = _typed(request)
    try:
        revision = writing.save(request.user, held.pk, typed, _shown(request))
    except Overtaken as problem:
        return _page(request, _held(request, draft), typed=typed, theirs=problem.theirs)
    except DraftError as problem:
        return _page(request, held, typed=typed, problem=problem)
    if "examine" in request.POST:
        return _examined(request, held.pk, revision.number)
    return redirect("studio:draft", draft=held.pk)


def _held(request: HttpRequest, pk: int) -> Draft:
    try:
        return working.draft_of(request.user, pk)
    except Draft.DoesNotExist:
        raise Http404 from None


def _typed(request: HttpRequest) -> str:
    """Return the text as it was typed: a form sends every end of line as two characters."""
    return str(request.POST.get("text", "")).replace("\r\n", "\n")


def _shown(request: HttpRequest) -> int:
    number = request.POST.get("revision", "")
    return int(number) if number.isdecimal() and len(number) < 9 else -1


def _page(
    request: HttpRequest,
    held: Draft,
    *,
    typed: str | None = None,
    theirs: Revision | None = None,
    problem: DraftError | None = None,
    asked: str = "",
) -> HttpResponse:
    newest = newest_of(held)
    examination = working.examination_of(held) if held.state == Draft.State.OPEN else None
    page = {
        "draft": held,
        "newest": newest,
        "title": working.title_of(newest.text, (get_language() or "es")[:2]) or held.name,
        "text": newest.text if typed is None else typed,
        "theirs": theirs,
        "merge": compared(theirs.text, typed or "") if theirs else (),
        "problem": problem,
        "revisions": working.revisions_of(held)[:50],
        "examination": examination,
        "report": (examination.report if examination else None) or {},
        "proposal": (proposal := held.submissions.order_by("-pk").first()),
        "tried": working.tried_by(proposal) if proposal else None,
        "live_off": not features.is_on("live_panel", request.user),
        "writable": held.state == Draft.State.OPEN,
        "refused": _refuted(examination),
        "asked": asked,
        "typed": request.POST,
        "is_fresh": confirming.is_fresh(request),
    }
    wrong = problem or asked
    return render(request, "studio/draft.html", page, status=CONFLICT if theirs else REFUSED if wrong else 200)


def _refuted(examination: Any) -> list[dict[str, Any]]:
    """Return the statements that do not hold, each with its made-up patient in words."""
    report = (examination.report if examination else None) or {}
    language = (get_language() or "es")[:2]
    return [
        {**each, "number": number, "given": working.patient_of(each["patient"], language)}
        for number, each in enumerate((*report.get("proofs", ()), *report.get("findings", ())))
        if each.get("result") != "proved"
    ]


@writers
@require_POST
def examine(request: HttpRequest, draft: int) -> HttpResponse:
    """Have the newest state examined, as a job."""
    held = _held(request, draft)
    return _examined(request, held.pk, held.revision)


def _examined(request: HttpRequest, pk: int, revision: int) -> HttpResponse:
    held = _held(request, pk)
    with transaction.atomic():
        if writing.ask_for_examination(request.user, held).finished_at is None:
            tasks.enqueue(pk, revision)
    return redirect("studio:draft", draft=pk)


@writers
@require_POST
def restore(request: HttpRequest, draft: int) -> HttpResponse:
    """Bring an earlier state back."""
    held, number = _held(request, draft), request.POST.get("number", "")
    try:
        writing.restore(request.user, held.pk, int(number) if number.isdecimal() else 0, _shown(request))
    except DraftError as problem:
        messages.error(request, f"{problem} {problem.hint}")
    else:
        messages.success(request, _("Revision %(n)s is the newest again; those after it stay.") % {"n": number})
    return redirect("studio:draft", draft=held.pk)


@writers
@require_POST
def aside(request: HttpRequest, draft: int) -> HttpResponse:
    """Put a draft aside, or take it up again."""
    held = _held(request, draft)
    deed = writing.take_up if held.state == Draft.State.DROPPED else writing.put_aside
    try:
        deed(request.user, held.pk)
    except DraftError as problem:
        messages.error(request, f"{problem} {problem.hint}")
    return redirect("studio:draft", draft=held.pk)


@writers
@require_POST
def propose(request: HttpRequest, draft: int) -> HttpResponse:
    """Put a draft before another director; in a hurry, in force at once after being asked who it is."""
    held, urgent = _held(request, draft), "urgent" in request.POST
    if urgent and not confirming.answered(request):
        return _page(request, held, asked=not_you())
    reason, evidence = request.POST.get("reason", ""), request.POST.get("evidence", "")
    try:
        writing.propose(request.user, held.pk, shown=_shown(request), reason=reason, evidence=evidence, urgent=urgent)
    except DraftError as problem:
        return _page(request, held, asked=f"{problem} {problem.hint}")
    messages.success(request, _("It is in force now.") if urgent else _("Another director can look at it now."))
    return redirect("studio:draft", draft=held.pk)


@writers
@require_GET
def changes(request: HttpRequest, draft: int) -> HttpResponse:
    """Show what a draft changes: the lines, and for whom a plan comes otherwise."""
    held = _held(request, draft)
    newest = newest_of(held)
    examination = working.examination_of(held)
    page = {
        "draft": held,
        "newest": newest,
        "title": working.title_of(newest.text, (get_language() or "es")[:2]) or held.name,
        "lines": working.text_difference(held, newest.text),
        "examination": examination,
        "changes": working.changes_of(examination, (get_language() or "es")[:2]),
        "report": (examination.report if examination else None) or {},
    }
    return render(request, "studio/changes.html", page)


@writers
@require_GET
def draft_text(request: HttpRequest, draft: int) -> HttpResponse:
    """Hand out the newest text byte for byte."""
    newest = newest_of(_held(request, draft))
    return attachment(
        newest.text.encode(), name=newest.path.replace("/", "-").lower().replace("_", "-"), content_type="text/yaml"
    )

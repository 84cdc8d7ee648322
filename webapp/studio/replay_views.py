"""The pages of a replay: the clinic's past cases put to a draft, how many plans would be others, and whose."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rules.drafting import DraftError
from rules.models import Draft
from webapp.accounts.confirming import fresh_required
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.studio import replay_tests, replaying, replays_seen, tasks, working
from webapp.studio.models import Replay, ReplayCase
from webapp.studio.replays_seen import Asked, Row

BOM = b"\xef\xbb\xbf"  # by which spreadsheets know UTF-8
A_YEAR, REFUSED = 365, 422
FORMULA = ("=", "+", "-", "@", "\t", "\r")
readers, writers = access.may("protocols.read"), access.may("protocols.write")


def _language() -> str:
    return (get_language() or "es")[:2]


def _held(request: HttpRequest, pk: int) -> Replay:
    try:
        return replays_seen.replay_of(request.user, pk)
    except Replay.DoesNotExist:
        raise Http404 from None


@writers
@require_POST
def begin(request: HttpRequest, draft: int) -> HttpResponse:
    """Put the past cases of a span to a draft, or open what was put to it before."""
    held = get_object_or_404(Draft, pk=draft)
    days, which = _span(request)
    with transaction.atomic():
        found, fresh = replaying.ask(request.user, held, days, which)
        if fresh:
            tasks.enqueue_replay(found.pk)
    return redirect("studio:replay", replay=found.pk)


def _span(request: HttpRequest) -> tuple[int, str]:
    """Return how far back and which cases a form asks for; a year and the newest where it says neither."""
    days, which = request.POST.get("days", ""), request.POST.get("which", "")
    known = {str(one): one for one in replaying.SPANS}
    return known.get(days, A_YEAR), which if which in Replay.Which.values else Replay.Which.NEWEST


@writers
@require_POST
def again(request: HttpRequest, replay: int) -> HttpResponse:
    """Do it anew, with the cases there are by now."""
    held = _held(request, replay)
    if held.is_under_way:
        return redirect("studio:replay", replay=held.pk)
    with transaction.atomic():
        found = replaying.ask_anew(request.user, held)
        tasks.enqueue_replay(found.pk)
    return redirect("studio:replay", replay=found.pk)


@writers
@require_POST
def stop(request: HttpRequest, replay: int) -> HttpResponse:
    """End it where it is; what was found stays."""
    held = _held(request, replay)
    replaying.stop(request.user, held)
    return redirect("studio:replay", replay=held.pk)


def _asked(request: HttpRequest) -> Asked:
    given = request.GET
    return Asked(
        request.user, _language(), request.path, given.get("weight", ""), given.get("cause", ""), given.get("page", "")
    )


@readers
@require_GET
def replay(request: HttpRequest, replay: int) -> HttpResponse:
    """Show how many plans would be others, by which rules, what could harm first."""
    held, asked = _held(request, replay), _asked(request)
    groups = replays_seen.groups_of(held)
    page, rows = replays_seen.page_of(held, asked, groups)
    shown: dict[str, Any] = {
        "replay": held,
        "draft": held.revision.draft,
        "title": working.title_of(held.revision.text, _language()) or held.revision.draft.name,
        "groups": groups,
        "harmful": sum(one.cases for one in groups if one.weight < Replay.FIRST_HARMLESS),
        "alike": held.done - held.changed - held.unread,
        "page": page,
        "rows": rows,
        "asked": asked,
        "query": "&".join(f"{name}={value}" for name, value in _filter(asked)),
        "may_name": replays_seen.may_name(request.user),
        "may_ask": replaying.may_ask(request.user),
    }
    return render(request, "studio/replay.html", shown)


def _filter(asked: Asked) -> Iterator[tuple[str, str]]:
    for name, value in (("weight", asked.weight), ("cause", asked.cause)):
        if value.isdecimal():
            yield name, value


@readers
@fresh_required
@require_GET
def table(request: HttpRequest, replay: int) -> HttpResponse:
    """Give the cases as CSV, a line a difference; with names only for who treats."""
    held, asked = _held(request, replay), _asked(request)
    names = replays_seen.may_name(request.user)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    head = [_("Number"), _("Name"), _("Age")] if names else []
    rows.writerow([*head, _("Case"), _("Harm possible"), _("Item"), _("What"), _("Before"), _("Now")])
    for number, row in enumerate(replays_seen.table(held, asked), 1):
        rows.writerows([plain_cell(str(cell)) for cell in line] for line in _lines(row, number, names=names))
    return attachment(BOM + text.getvalue().encode(), name="what-changes.csv", content_type="text/csv; charset=utf-8")


def _lines(row: Row, number: int, *, names: bool) -> Iterator[list[Any]]:
    who = row.patient
    head = [who.record_number, f"{who.given_name} {who.family_name}", row.age] if who else ["", "", ""]
    for one in row.said:
        said = [number, _("yes") if one.harm else _("no"), one.item, one.aspect, one.old, one.new]
        yield [*(head if names else []), *said]


def plain_cell(cell: str) -> str:
    """Return a cell no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(FORMULA) else cell


@writers
@require_http_methods(["GET", "POST"])
def make_test(request: HttpRequest, case: int) -> HttpResponse:
    """Show a case as the test it would be, with nothing of whose it is; put it into the draft when confirmed."""
    held, name, problem, test = _case(request, case), request.POST.get("name", "").strip(), "", ""
    draft = held.replay.revision.draft
    try:
        test = replay_tests.shown(held, name or _("A past case"))
        if request.method == "POST":
            replay_tests.add(request.user, held, name, _shown(request))
            messages.success(request, _("The test stands at the end of the text. Read it before you go on."))
            return redirect("studio:draft", draft=draft.pk)
    except DraftError as refused:
        problem = f"{refused} {refused.hint}"
    page = {"case": held, "replay": held.replay, "draft": draft, "test": test, "name": name, "problem": problem}
    return render(request, "studio/replay_test.html", page, status=REFUSED if problem else 200)


def _case(request: HttpRequest, pk: int) -> ReplayCase:
    try:
        return replays_seen.case_of(request.user, pk)
    except ReplayCase.DoesNotExist:
        raise Http404 from None


def _shown(request: HttpRequest) -> int:
    number = request.POST.get("revision", "")
    return int(number) if number.isdecimal() and len(number) < 9 else -1

"""The pages of a recall: everyone treated through one rule at one version, handed to their doctors, and as a file."""

import csv
import io
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_POST

from webapp.accounts.confirming import fresh_required
from webapp.base import access
from webapp.base.downloads import attachment
from webapp.plans import recalling
from webapp.plans.recalling import Named
from webapp.plans.refusing import PlanError
from webapp.studio import recalls_seen
from webapp.studio.recalls_seen import Row
from webapp.studio.replay_views import BOM, plain_cell
from webapp.studio.replays_seen import may_name

REFUSED = 422
STATES = {
    recalling.RUNNING: gettext_lazy("being treated"),
    recalling.ENDED: gettext_lazy("treatment over"),
    recalling.NOT_TAKEN: gettext_lazy("proposed, not signed"),
}


@access.may("protocols.read")
@require_GET
def recall(request: HttpRequest) -> HttpResponse:
    """Ask for a rule and a version, and show whom it treated."""
    named = recalls_seen.named_in(request.GET.dict())
    return _page(request, named)


def _page(request: HttpRequest, named: Named | None, problem: str = "", message: str = "") -> HttpResponse:
    shown: dict[str, Any] = {
        "named": named,
        "rules": recalls_seen.rules_known(request.user),
        "versions": recalls_seen.versions_known(request.user),
        "typed": {name: request.GET.get(name, "") for name in ("rule", "version")},
        "problem": problem,
        "message": message,
        "may_name": may_name(request.user),
        "may_recall": request.user.may(recalling.RECALL),
    }
    found = recalls_seen.seen(request.user, named) if named else None
    if found:
        state = request.GET.get("state", "")
        state = state if state in recalling.STATES else ""
        page, rows = recalls_seen.page_of(request.user, found, request.GET.get("page", ""), state, request.path)
        shown |= {"found": found, "page": page, "rows": rows, "state": state, "address": _query(found.named)}
    return render(request, "studio/recall.html", shown, status=REFUSED if problem else 200)


def _query(named: Named) -> str:
    return urlencode({"rule": named.rule, "version": named.version})


@access.may("protocols.recall")
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Give every treating doctor a task for each patient of it, once."""
    named, message = recalls_seen.named_in(request.POST.dict()), request.POST.get("message", "")
    if named is None:
        return redirect("studio:recall")
    try:
        _recall, made = recalling.begin(named=named, user=request.user, message=message)
    except PlanError as refused:
        return _page(request, named, str(refused), message)
    words = ngettext("%(n)s task was given to the doctors.", "%(n)s tasks were given to the doctors.", made)
    messages.success(request, words % {"n": made})
    return redirect(f"{reverse('studio:recall')}?{_query(named)}")


@access.may("protocols.read")
@fresh_required
@require_GET
def table(request: HttpRequest) -> HttpResponse:
    """Give everyone as CSV; with names only for who treats."""
    named = recalls_seen.named_in(request.GET.dict())
    found = recalls_seen.seen(request.user, named) if named else None
    if found is None:
        return redirect("studio:recall")
    names = may_name(request.user)
    text = io.StringIO()
    rows = csv.writer(text, delimiter=";", lineterminator="\r\n")
    rows.writerow([*([_("Number"), _("Name")] if names else []), _("Treatment"), _("Since"), _("Doctor"), _("Settled")])
    for row in recalls_seen.table(request.user, found, request.path):
        rows.writerow([plain_cell(cell) for cell in _line(row, names=names)])
    return attachment(BOM + text.getvalue().encode(), name="recall.csv", content_type="text/csv; charset=utf-8")


def _line(row: Row, *, names: bool) -> Iterator[str]:
    if names:
        yield row.patient.record_number if row.patient else ""
        yield row.patient.full_name if row.patient else ""
    yield str(STATES[row.treated.state])
    yield f"{row.treated.since:%Y-%m-%d}" if names else f"{row.treated.since:%Y-%m}"
    yield row.doctor
    yield f"{row.task.settled_at:%Y-%m-%d}" if row.task and row.task.settled_at else ""

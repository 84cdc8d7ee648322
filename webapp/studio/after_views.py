"""The pages of what came afterwards: of a protocol, of one rule with its chart, and what waits for one person."""

from datetime import date, datetime, time, timedelta
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from rules.models import Version
from webapp.base import access
from webapp.plans.terms import words
from webapp.studio import aftermath, charts, control, exceptions, incidents, news, selectors, working
from webapp.studio.models import Incident

A_PAGE = 50
SPANS = (30, 90, 365)  # days
readers = access.may("protocols.read")


def _language() -> str:
    return (get_language() or "es")[:2]


def _asked(request: HttpRequest) -> tuple[int, datetime]:
    said = request.GET.get("days", "")
    days = int(said) if said in {str(one) for one in SPANS} else SPANS[1]
    first = timezone.localdate() - timedelta(days)
    return days, datetime.combine(first, time(), timezone.get_current_timezone())


def _held(request: HttpRequest, pk: int) -> Version:
    found = selectors.versions_for(request.user).filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def _about(request: HttpRequest, pk: int) -> dict[str, Any]:
    held, (days, since) = _held(request, pk), _asked(request)
    title = words(held.report.get("title"), _language()) or held.source_file.name
    return {
        "version": held, "title": title, "protocol": held.source_file.name, "days": days, "since": since,
        "spans": SPANS, "is_director": request.user.may(working.PUBLISH) or request.user.may(working.WRITE),
    }  # fmt: skip


@readers
@require_GET
def after(request: HttpRequest, pk: int) -> HttpResponse:
    """Show what came of a protocol: every rule by version, and how people fared."""
    about = _about(request, pk)
    rows = aftermath.read(request.user, about["protocol"], about["since"])
    outcomes = aftermath.outcomes(request.user, about["protocol"], about["since"])
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    shown = {"page": page, "outcomes": outcomes, "fewest": aftermath.FEWEST}
    return render(request, "studio/after.html", about | shown)


@readers
@require_GET
def after_rule(request: HttpRequest, pk: int, rule: str) -> HttpResponse:
    """Show one rule: the weeks within their limits, what doctors did and wrote, and an exception to think about."""
    about, user = _about(request, pk), request.user
    protocol, since = about["protocol"], about["since"]
    rows = [one for one in aftermath.read(user, protocol, since) if one.code == rule]
    name = rows[0].rule if rows else aftermath.name_of(protocol, rule)
    if not name:
        raise Http404
    shown = {
        "rule": name,
        "told": [(one, selectors.reasons_of(one.use)) for one in rows],
        "chart": _chart(protocol, name),
        "notes": aftermath.notes(user, protocol, name, since),
        "drafts": [(one, selectors.REASONS.get(one.reason, one.reason)) for one in _drafts(request, name, about)],
        "incidents": incidents.incidents_for(user).filter(protocol=protocol, rule=name),
    }
    return render(request, "studio/after_rule.html", about | shown)


def _drafts(request: HttpRequest, rule: str, about: dict[str, Any]) -> list[exceptions.Draft]:
    return exceptions.drafted(request.user, about["protocol"], rule, about["since"])[:5]


def _chart(protocol: str, rule: str) -> charts.Chart | None:
    today = timezone.localdate()
    days = incidents.days_of_rule(protocol, rule, today - timedelta(2 * control.HISTORY), today)
    if not days.days:
        return None
    begins: date | None = incidents.began_anew(protocol, rule)
    return charts.drawn(charts.weeks_of(days, today, begins), aftermath.versions_since(protocol))


@readers
@require_GET
def firing(request: HttpRequest) -> HttpResponse:
    """List every rule that fired in the span, those that stand out first."""
    days, since = _asked(request)
    rows = aftermath.firing(request.user, since.date(), _language())
    page = Paginator(rows, A_PAGE).get_page(request.GET.get("page"))
    return render(request, "studio/firing.html", {"page": page, "days": days, "spans": SPANS})


@readers
@require_GET
def told(request: HttpRequest) -> HttpResponse:
    """Show what waits for this person in the studio, and what came into force."""
    return render(request, "studio/news.html", _told(request))


def _told(request: HttpRequest, **more: Any) -> dict[str, Any]:
    user = request.user
    rows = news.news_for(user, timezone.now(), _language())
    reviews = [(one, one.title(_language())) for one in rows.reviews]
    return {"news": rows, "reviews": reviews, "may_close": user.may(working.PUBLISH)} | more


@access.may("protocols.publish")
@require_POST
def close_incident(request: HttpRequest, incident: int) -> HttpResponse:
    """Close what was noticed, with a reason."""
    try:
        incidents.close(request.user, incident, request.POST.get("reason", ""))
    except Incident.DoesNotExist:
        raise Http404 from None
    except incidents.NoReason:
        return render(request, "studio/news.html", _told(request, missing=incident), status=422)
    messages.success(request, _("Closed. From today on the rule has a new history."))
    return redirect("studio:news")

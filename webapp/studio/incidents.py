"""What is noticed about rules each night, told to directors once, and closed by one of them with a reason.

Part of services. A closed incident is the beginning of a new history: what was meant is not told again.
"""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Max, Q, QuerySet, Sum
from django.utils import timezone

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans import uses
from webapp.studio import control, telling
from webapp.studio.control import Days, Finding, days_of
from webapp.studio.limits import Count
from webapp.studio.models import Incident, ProtocolDay, RuleDay
from webapp.studio.working import PUBLISH, WRITE

LATELY = timedelta(days=30)
Names = tuple[str, str]
Kind = Incident.Kind


class NoReason(ValueError):
    """An incident is closed with words."""


def counted(since: date, until: date) -> dict[Names, Days]:
    """Return the days of every rule that fired in a span; two queries, however many rules there are."""
    span = {"day__gte": since, "day__lt": until}
    could: dict[str, dict[date, int]] = defaultdict(dict)
    for protocol, day, number in _sums(ProtocolDay.objects.filter(**span), "could", "protocol", "day"):
        could[protocol][day] = number
    fired: dict[Names, dict[date, int]] = defaultdict(dict)
    rows = _sums(RuleDay.objects.filter(fired__gt=0, **span), "fired", "protocol", "rule", "day")
    for protocol, rule, day, number in rows:
        fired[protocol, rule][day] = number
    return {names: days_of(could[names[0]], told) for names, told in fired.items()}


def days_of_rule(protocol: str, rule: str, since: date, until: date) -> Days:
    """Return the same of one rule."""
    span = {"protocol": protocol, "day__gte": since, "day__lt": until}
    could = dict(_sums(ProtocolDay.objects.filter(**span), "could", "day"))
    return days_of(could, dict(_sums(RuleDay.objects.filter(rule=rule, **span), "fired", "day")))


def began_anew(protocol: str, rule: str) -> date | None:
    """Return on which day a director last closed an incident of this rule."""
    return _closed_on().get((protocol, rule))


def _sums(rows: QuerySet[Any], what: str, *by: str) -> Iterator[Any]:
    return rows.order_by().values_list(*by).annotate(total=Sum(what)).iterator(chunk_size=5000)


def look(today: date) -> list[Incident]:
    """Open an incident for every rule that is not as it was, and tell directors of the new ones; may run twice."""
    since = today - timedelta(control.HISTORY + max(control.SPANS) + control.HISTORY)
    begins, opened = _closed_on(), list[Incident]()
    standing = _standing()
    for names, days in counted(since, today).items():
        seen = None if names in standing else control.found(days, today, begins.get(names))
        if seen:
            opened += _open(names, seen, today)
    opened += _against(today)
    if opened:
        telling.tell_of_incidents(opened)
    return opened


def _standing() -> set[Names]:
    live = Incident.objects.filter(closed_at=None).exclude(kind=Kind.AGAINST)
    return set(live.values_list("protocol", "rule"))


def _closed_on() -> dict[Names, date]:
    closed = Incident.objects.exclude(closed_at=None).exclude(kind=Kind.AGAINST)
    rows = closed.order_by().values_list("protocol", "rule").annotate(last=Max("closed_at"))
    return {(protocol, rule): timezone.localdate(at) for protocol, rule, at in rows}


def _open(names: Names, seen: Finding, today: date) -> list[Incident]:
    told = {"noticed_on": today, "since": seen.since, "count": seen.count.fired, "of": seen.count.could}
    try:
        with transaction.atomic():
            return [Incident.objects.create(protocol=names[0], rule=names[1], kind=seen.kind, usual=seen.usual, **told)]
    except IntegrityError:  # another worker was first
        return []


def _against(today: date) -> Iterator[Incident]:
    """Open an incident for rules that more than half of the decisions of the last thirty days went against."""
    since = datetime.combine(today - LATELY, time(), timezone.get_current_timezone())
    of_late = Incident.objects.filter(Q(closed_at=None) | Q(closed_at__gte=since), kind=Kind.AGAINST)
    told = set(of_late.values_list("protocol", "rule"))
    for use in uses.counted(since):
        if use.is_loud and (use.protocol, use.rule) not in told:
            count = Count(sum(use.outcomes[what] for what in uses.AGAINST), use.decided)
            yield from _open((use.protocol, use.rule), Finding(Kind.AGAINST, since.date(), count, uses.LOUD), today)


def incidents_for(user: User) -> QuerySet[Incident]:
    """Return what was noticed and nobody has closed, for those who answer for protocols."""
    if not (user.may(PUBLISH) or user.may(WRITE)):
        return Incident.objects.none()
    return Incident.objects.filter(closed_at=None)


@transaction.atomic
def close(user: User, pk: int, reason: str) -> Incident:
    """Close what was noticed, by a director who says why; raise NoReason or Incident.DoesNotExist."""
    if not user.may(PUBLISH):
        raise PermissionDenied(PUBLISH)
    incident = Incident.objects.select_for_update().get(pk=pk, closed_at=None)
    if not reason.strip():
        raise NoReason
    incident.closed_by, incident.closed_at, incident.reason = user, timezone.now(), reason.strip()[:500]
    incident.save(update_fields=["closed_by", "closed_at", "reason"])
    detail = {"kind": incident.kind}
    audit.record(
        actor=user, verb="protocol.incident_closed", object_type="incident", object_id=incident.pk, detail=detail
    )
    return incident

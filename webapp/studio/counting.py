"""Counting, each night, for how many people each rule fired: from the evaluations of a day, and nobody is kept.

A person counts once a day, with the last word of the engine: who is looked at again at noon is no second person.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from webapp.plans.models import Evaluation
from webapp.studio.models import ProtocolDay, RuleDay

LOOKS_BACK = 400  # days, when the counting begins
A_RUN = 14  # days of one job
KEPT = timedelta(days=731)
Key = tuple[str, ...]


def go_on(today: date) -> bool:
    """Count the days up to yesterday that are not counted yet, some at a time; return whether more are left."""
    waiting = _uncounted(today)
    for day in waiting[:A_RUN]:
        count(day)
    return len(waiting) > A_RUN


def _uncounted(today: date) -> list[date]:
    """Return the days with evaluations after the last counted one; one query of dates and no word of a case."""
    last = ProtocolDay.objects.order_by("-day").values_list("day", flat=True).first()
    since = last + timedelta(1) if last else today - timedelta(LOOKS_BACK)
    made = Evaluation.objects.filter(_between(since, today), status=Evaluation.Status.OK).order_by()
    return sorted({timezone.localdate(at) for at in made.values_list("created_at", flat=True)})


def _between(since: date, until: date) -> Any:
    return _at("gte", since) & _at("lt", until)


def _at(how: str, day: date) -> Any:
    start = datetime.combine(day, time(), timezone.get_current_timezone())
    return Q(**{f"created_at__{how}": start})


@transaction.atomic
def count(day: date) -> None:
    """Count one day anew, whatever was counted of it before."""
    could, fired, waited = Counter[Key](), Counter[Key](), Counter[Key]()
    for said in _said_on(day):
        versions = _versions(said)
        could.update(versions.items())
        fired.update(_fired(said))
        waited.update(_waited(said, versions) - _fired(said))
    for table in (ProtocolDay, RuleDay):
        table.objects.filter(day=day).delete()
    ProtocolDay.objects.bulk_create(
        ProtocolDay(protocol=protocol, version=version, day=day, could=number)
        for (protocol, version), number in could.items()
    )
    RuleDay.objects.bulk_create(
        RuleDay(protocol=key[0], rule=key[1], version=key[2], day=day, fired=fired[key], waited=waited[key])
        for key in fired.keys() | waited.keys()
    )


def _said_on(day: date) -> Iterator[Mapping[str, Any]]:
    """Yield what the engine said last of each person on a day, one at a time."""
    made = Evaluation.objects.filter(_between(day, day + timedelta(1)), status=Evaluation.Status.OK)
    last = dict(made.order_by("created_at").values_list("patient_id", "pk"))
    results = Evaluation.objects.filter(pk__in=list(last.values())).order_by().values_list("result", flat=True)
    for result in results.iterator(chunk_size=200):
        yield json.loads(result or "{}")


def _versions(said: Mapping[str, Any]) -> dict[str, str]:
    named = ((*one.partition(":"), version) for one, version in said.get("versions", {}).items())
    return {name: version for kind, _colon, name, version in named if kind == "protocol"}


def _fired(said: Mapping[str, Any]) -> set[Key]:
    reasons = (reason for item in said.get("items", ()) for reason in item.get("reasons", ()))
    return {(one["protocol"], one["rule"], one["version"]) for one in reasons}


def _waited(said: Mapping[str, Any], versions: Mapping[str, str]) -> set[Key]:
    """Return rules whose indication is not known for want of an answer."""
    opened = ((one["protocol"], one["rule"]) for one in said.get("open_rules", ()))
    return {(protocol, rule, versions[protocol]) for protocol, rule in opened if protocol in versions}


def forget(today: date) -> None:
    """Delete counts of more than two years ago."""
    for table in (ProtocolDay, RuleDay):
        table.objects.filter(day__lt=today - KEPT).delete()

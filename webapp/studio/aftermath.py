"""What came of a protocol afterwards: how its rules fired, what doctors did, how people fared.

Part of selectors. Nobody is named, and nothing is said of fewer than five.
"""

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from django.db.models import Min, Sum
from django.utils.translation import gettext_lazy as _

from rules import selectors as shelf
from rules.models import Version
from webapp.accounts.models import User
from webapp.plans import uses
from webapp.plans.models import Evaluation, Plan, PlanItem, RuleEvent
from webapp.plans.terms import words
from webapp.plans.told import SIGNED
from webapp.plans.uses import Use
from webapp.studio.incidents import incidents_for
from webapp.studio.models import Incident, ProtocolDay, RuleDay
from webapp.studio.working import PUBLISH, WRITE

READ = "protocols.read"
FEWEST = 5  # people, of whom anything is said
NOT_BEFORE, NOT_AFTER = timedelta(days=14), timedelta(days=120)  # the next questionnaire after a signature
MOST_NOTES = 50
Names = tuple[str, str]  # rule, version


@dataclass(frozen=True, slots=True)
class After:
    """One rule at one version: of how many people, for how many it fired or waited, what doctors did."""

    rule: str
    version: str
    could: int
    fired: int
    waited: int
    use: Use

    @property
    def code(self) -> str:
        return code_of(self.use.protocol, self.rule)

    @property
    def percent(self) -> int | None:
        return round(100 * self.fired / self.could) if self.could else None


def code_of(protocol: str, rule: str) -> str:
    """Return how a rule is called in an address, which holds no word of health."""
    return hashlib.sha256(f"{protocol}.{rule}".encode()).hexdigest()[:12]


def read(user: User, protocol: str, since: datetime) -> list[After]:
    """Return every rule of a protocol at every version that spoke since then; three queries, however many there are."""
    if not user.may(READ):
        return []
    span = {"protocol": protocol, "day__gte": since.date()}
    could = dict(_sums(ProtocolDay.objects.filter(**span), "could", "version"))
    fired = {(rule, version): rest for rule, version, *rest in _two_sums(span)}
    used = {(one.rule, *one.versions): one for one in uses.uses_apart(user, since, protocol)}
    return [
        After(*names, could.get(names[1], 0), *fired.get(names, (0, 0)), used.get(names) or Use(protocol, names[0]))
        for names in sorted(fired.keys() | used.keys())
    ]


def name_of(protocol: str, code: str) -> str:
    """Return the rule of a protocol that is so called in addresses; empty where none was ever counted."""
    rules = RuleDay.objects.filter(protocol=protocol).order_by().values_list("rule", flat=True).distinct()
    return next((rule for rule in rules if code_of(protocol, rule) == code), "")


@dataclass(frozen=True, slots=True)
class Firing:
    """One rule in the list of all."""

    protocol: str
    rule: str
    title: str
    version: Version | None
    fired: int
    waited: int
    could: int
    incidents: Sequence[Incident]

    @property
    def code(self) -> str:
        return code_of(self.protocol, self.rule)

    @property
    def percent(self) -> int | None:
        return round(100 * self.fired / self.could) if self.could else None


def firing(user: User, since: date, language: str) -> list[Firing]:
    """Return every rule that fired or waited, those with something noticed first; four queries for any number."""
    if not user.may(READ):
        return []
    could = dict(_sums(ProtocolDay.objects.filter(day__gte=since), "could", "protocol"))
    in_force = {one.source_file.name: one for one in shelf.published("protocol")}
    noticed: dict[Names, list[Incident]] = defaultdict(list)
    for one in incidents_for(user):
        noticed[one.protocol, one.rule].append(one)
    rows = RuleDay.objects.filter(day__gte=since).order_by().values_list("protocol", "rule")
    found = [
        Firing(protocol, rule, _title(in_force.get(protocol), language) or protocol, in_force.get(protocol),
               fired, waited, could.get(protocol, 0), noticed.get((protocol, rule), ()))
        for protocol, rule, fired, waited in rows.annotate(total=Sum("fired"), open=Sum("waited"))
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not one.incidents, one.title.casefold(), one.rule))


def _title(version: Version | None, language: str) -> str:
    return words(version.report.get("title"), language) if version else ""


def _sums(rows: Any, what: str, *by: str) -> Any:
    return rows.order_by().values_list(*by).annotate(total=Sum(what))


def _two_sums(span: Mapping[str, Any]) -> Any:
    rows = RuleDay.objects.filter(**span).order_by().values_list("rule", "version")
    return rows.annotate(total=Sum("fired"), open=Sum("waited"))


def versions_since(protocol: str) -> dict[str, date]:
    """Return on which day each version of a protocol was first counted."""
    rows = ProtocolDay.objects.filter(protocol=protocol).order_by().values_list("version")
    return dict(rows.annotate(first=Min("day")))


def notes(user: User, protocol: str, rule: str, since: datetime) -> list[str]:
    """Return what doctors wrote where they decided against a rule, the last first; for directors, and naming nobody."""
    if not (user.may(PUBLISH) or user.may(WRITE)):
        return []
    rows = [row for row in uses.rows_of(since) if (row.protocol, row.rule) == (protocol, rule)]
    against = {row.item_id for row in uses.last_words(rows) if row.what in AGAINST and row.item_id}
    items = PlanItem.objects.filter(pk__in=against, note__isnull=False).order_by("-decided_at")
    return [note for note in items.values_list("note", flat=True)[:MOST_NOTES] if note]


AGAINST = {*uses.AGAINST, RuleEvent.What.EDITED}


class Fared(NamedTuple):
    """How one score changed among some people, taken or changed; None where they are too few to say."""

    people: int
    change: float | None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One score, among those whose lines were taken as proposed and those whose were not."""

    score: str
    taken: Fared
    changed: Fared

    @property
    def groups(self) -> Sequence[tuple[Fared, Any]]:
        return [(self.taken, _("As proposed: median change")), (self.changed, _("Changed: median change"))]


@dataclass(frozen=True, slots=True)
class Outcomes:
    """How people fared; ``signed`` tells how many there were, ``known`` of how many a later score is known."""

    signed: Mapping[str, int]
    known: Mapping[str, int]
    rows: Sequence[Outcome]


def outcomes(user: User, protocol: str, since: datetime) -> Outcomes:
    """Return how scores stood two weeks to four months after the signature; four queries, however many people."""
    if not user.may(READ):
        return Outcomes({}, {}, ())
    groups = _groups(protocol, since)
    plans = Plan.objects.filter(pk__in=groups, status__in=SIGNED).order_by("signed_at")
    first = {one[0]: one for one in reversed(plans.values_list("patient_id", "pk", "evaluation_id", "signed_at"))}
    later = _later(first)
    said = _scores({*later.values(), *(one[2] for one in first.values())})
    signed, known = Counter(groups[one[1]] for one in first.values()), Counter[str]()
    changes: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for patient, (_who, plan, evaluation, _at) in first.items():
        before, after = said.get(evaluation, {}), said.get(later.get(patient), {})
        known[groups[plan]] += bool(before.keys() & after.keys())
        for score in before.keys() & after.keys():
            changes[score][groups[plan]].append(after[score] - before[score])
    rows = [Outcome(score, _fared(each["taken"]), _fared(each["changed"])) for score, each in sorted(changes.items())]
    return Outcomes(signed, known, [one for one in rows if (one.taken.change, one.changed.change) != (None, None)])


def _groups(protocol: str, since: datetime) -> dict[UUID, str]:
    """Return of each plan with lines of a protocol whether they were taken as they were; the last decision counts."""
    told = (*uses.DECIDED, RuleEvent.What.UNDECIDED)
    rows = RuleEvent.objects.filter(at__gte=since, what__in=told, item__isnull=False).order_by("pk")
    last: dict[UUID, dict[UUID, str]] = defaultdict(dict)
    for plan, item, name, what in rows.values_list("plan_id", "item_id", "protocol", "what").iterator(chunk_size=5000):
        if name == protocol:
            last[plan][item] = what
    return {plan: "taken" if set(said.values()) == {"accepted"} else "changed" for plan, said in last.items()}


def _later(first: Mapping[Any, Sequence[Any]]) -> dict[Any, UUID]:
    """Return of each person the first evaluation that is late enough to tell."""
    if not first:
        return {}
    rows = Evaluation.objects.filter(patient__in=list(first), status=Evaluation.Status.OK).order_by("-created_at")
    found = {}
    for pk, patient, at in rows.values_list("pk", "patient_id", "created_at"):
        if NOT_BEFORE <= at - first[patient][3] <= NOT_AFTER:
            found[patient] = pk
    return found


def _scores(evaluations: Iterable[UUID]) -> dict[Any, dict[str, float]]:
    rows = Evaluation.objects.filter(pk__in=list(evaluations)).order_by().values_list("pk", "result")
    return {pk: _figures(json.loads(result or "{}").get("scores", {})) for pk, result in rows.iterator(chunk_size=200)}


def _figures(scores: Mapping[str, Mapping[str, Any]]) -> dict[str, float]:
    told = {name: one.get("value") for name, one in scores.items() if one.get("status") == "ok"}
    return {name: float(v) for name, v in told.items() if isinstance(v, int | float) and not isinstance(v, bool)}


def _fared(changes: Sequence[float]) -> Fared:
    return Fared(len(changes), median(changes) if len(changes) >= FEWEST else None)

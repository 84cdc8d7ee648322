"""How the rules fare with the doctors: counted from the rows of ``outcomes``, and no patient is named.

The terms are those of CDS Hooks: an item is shown, then accepted, edited, or overridden with a coded reason.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from statistics import median
from typing import Any, NamedTuple
from uuid import UUID

from webapp.accounts.models import User
from webapp.plans.models import Plan, PlanItem, RuleEvent

What = RuleEvent.What
DECIDED = {What.ACCEPTED, What.EDITED, What.REJECTED, What.OVERRIDDEN}
SECONDED = {What.SECOND_SIGNED, What.SECOND_REFUSED}
AGAINST = {What.REJECTED, What.OVERRIDDEN}
LOUD = 0.5  # of the decisions: above it a rule is asked about (experience.md, the director's step 8)
ENOUGH = 5  # decisions below which a share says nothing
BUDGET = 2  # alerts a plan: each further one is obeyed less (experience.md, R12)
SPOKEN = {"same_ingredient", "already_taken", "duplicate_class", "doses_differ", "opposed"}


class Row(NamedTuple):
    """What is read of one event; an event without an item tells of an alert that was settled."""

    item_id: UUID | None
    protocol: str
    rule: str
    version: str
    what: str
    reason_code: str
    seconds: int | None


@dataclass(slots=True)
class Use:
    """What became of one rule's items and alerts; ``seconds`` is the time on screen of ``timed`` items."""

    protocol: str
    rule: str
    versions: set[str] = field(default_factory=set)
    shown: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)
    seconds: int = 0
    timed: int = 0
    median_seconds: int | None = None
    seconded: Counter[str] = field(default_factory=Counter)  # what colleagues said who were asked to sign too

    @property
    def decided(self) -> int:
        return sum(self.outcomes.values())

    @property
    def against(self) -> float | None:
        """The share of decisions against what the rule said; None while there are too few to say."""
        count = sum(self.outcomes[what] for what in AGAINST)
        return count / self.decided if self.decided >= ENOUGH else None

    @property
    def percent_against(self) -> int | None:
        return None if self.against is None else round(100 * self.against)

    @property
    def is_loud(self) -> bool:
        return self.against is not None and self.against > LOUD

    @property
    def mean_seconds(self) -> int | None:
        return round(self.seconds / self.timed) if self.timed else None


def uses(user: User, since: datetime) -> list[Use]:
    """Return every rule that was on a screen since then, those most often decided against first; one query.

    The last decision on an item is the one that counts. Empty for who may not read protocols.
    """
    return sorted(counted(since), key=_loudest_first) if user.may("protocols.read") else []


def counted(since: datetime) -> list[Use]:
    """Return the same in no order, for what is looked at by itself each night and names no person."""
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of(since):
        rows.setdefault((row.protocol, row.rule), []).append(row)
    return [_use(*names, told) for names, told in rows.items()]


def rows_of(since: datetime) -> Iterator[Row]:
    """Yield every event since then, oldest first; their names are sealed, so who counts reads them all."""
    found = RuleEvent.objects.filter(at__gte=since).order_by("pk").values_list(*Row._fields)
    return (Row(*each) for each in found.iterator(chunk_size=5000))


def uses_apart(user: User, since: datetime, protocol: str) -> list[Use]:
    """Return the rules of one protocol that were on a screen since then, each version by itself; one query."""
    if not user.may("protocols.read"):
        return []
    rows: dict[tuple[str, str], list[Row]] = {}
    for row in rows_of(since):
        if row.protocol == protocol:
            rows.setdefault((row.rule, row.version), []).append(row)
    return [_use(protocol, rule, told) for (rule, _version), told in sorted(rows.items())]


def _loudest_first(use: Use) -> tuple[bool, float, int, str, str]:
    return not use.is_loud, -(use.against or 0), -use.shown, use.protocol, use.rule


def _use(protocol: str, rule: str, rows: Sequence[Row]) -> Use:
    times = [(row.item_id, row.seconds) for row in rows if row.seconds]
    last = last_words(rows)
    return Use(
        protocol=protocol,
        rule=rule,
        versions={row.version for row in rows},
        shown=len({row.item_id for row in rows if row.what == What.SHOWN}),
        outcomes=Counter(row.what for row in last),
        reasons=Counter(row.reason_code for row in last if row.reason_code),
        seconds=sum(seconds for _item, seconds in times),
        timed=len({item for item, _seconds in times}),
        median_seconds=_median(times),
        seconded=Counter(row.what for row in rows if row.what in SECONDED),
    )


def _median(times: Iterable[tuple[UUID | None, int]]) -> int | None:
    """Return the median of what each item was on screen altogether."""
    by_item: Counter[UUID | None] = Counter()
    for item, seconds in times:
        by_item[item] += seconds
    return round(median(by_item.values())) if by_item else None


def last_words(rows: Iterable[Row]) -> list[Row]:
    """Return one decision an item, the last, and every settled alert; one taken back is none."""
    settled, items = [], {}
    for row in rows:
        if row.item_id is None:
            settled.append(row)
        elif row.what in DECIDED or row.what == What.UNDECIDED:
            items[row.item_id] = row
    return settled + [row for row in items.values() if row.what in DECIDED]


class Burden(NamedTuple):
    """How many alerts the plans of a time carried."""

    plans: int
    alerts: int

    @property
    def mean(self) -> float:
        return self.alerts / self.plans if self.plans else 0.0

    @property
    def is_over(self) -> bool:
        return self.mean > BUDGET


def burden(user: User, since: datetime) -> Burden:
    """Return the alerts that stood on the plans drafted since then; two queries."""
    if not user.may("protocols.read"):
        return Burden(0, 0)
    plans = Plan.objects.filter(created_at__gte=since)
    items = PlanItem.objects.filter(plan__in=plans).values_list("kind", "state", "content")
    return Burden(plans.count(), sum(remarks_in(*each) for each in items.iterator(chunk_size=2000)))


def remarks_in(kind: str, state: str, content: Mapping[str, Any]) -> int:
    """Return how many alerts one item brings: itself if it is one, else what safety and the merge say beside it."""
    if kind == "alert":
        return 1
    subjects = {one["subject"] for one in content.get("safety", ()) if _is_said(one, state)}
    doubled = {one for one in content.get("conflicts", ()) if one.partition(":")[0] in SPOKEN}
    return len(subjects) + len(doubled)


def _is_said(finding: Mapping[str, Any], state: str) -> bool:
    """Tell whether a finding stands beside its item; what forbids the item is the item's own line."""
    return bool(finding["truth"]) and not (finding["severity"] == "contraindicated" and state == "blocked")

"""What became of each rule's items with each doctor, written as it happens: the rows reports are counted from."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from webapp.accounts.models import User
from webapp.plans.models import Plan, PlanItem, RuleEvent
from webapp.plans.taken import words_of

What, Decision = RuleEvent.What, PlanItem.Decision
LONGEST = 3600  # seconds in one report of time on screen: a page left open over lunch says nothing
OF_DECISIONS = {
    Decision.PENDING: What.UNDECIDED,
    Decision.ACCEPTED: What.ACCEPTED,
    Decision.EDITED: What.EDITED,
    Decision.REJECTED: What.REJECTED,
}


def shown(user: User, items: Iterable[PlanItem]) -> None:
    """Write that these items were on this person's screen for the first time."""
    _write(row for item in items for row in _rows(item, user, What.SHOWN))


def decided(user: User, items: Iterable[PlanItem]) -> None:
    """Write how these items were decided; one taken against the engine's word counts as overridden."""
    _write(row for item in items for row in _rows(item, user, _what(item), item.reason_code))


def _what(item: PlanItem) -> str:
    taken = item.decision in (Decision.ACCEPTED, Decision.EDITED)
    against = {item.state, words_of(item).get("state", item.state)} != {"proposed"}
    return What.OVERRIDDEN if taken and against else OF_DECISIONS.get(item.decision, "")


def on_screen(user: User, plan: Plan, seconds: Mapping[UUID, int]) -> None:
    """Add how long items of this plan were on screen; what cannot be is cut to an hour or left out."""
    known = {item.pk: item for item in plan.items.filter(pk__in=seconds)}
    _write(
        row
        for pk, item in known.items()
        if (time := min(seconds[pk], LONGEST)) > 0
        for row in _rows(item, user, What.ON_SCREEN, seconds=time)
    )


def settled(user: User, plan: Plan, rules: Iterable[Mapping[str, str]], reason_code: str) -> None:
    """Write that an alert of these rules was settled with a reason."""
    _write(_row(plan, user, rule, What.OVERRIDDEN, reason_code=reason_code) for rule in rules)


def seconded(user: User, item: PlanItem, what: str) -> None:
    """Write that a colleague answered for a blocked item too, or refused to."""
    _write(_rows(item, user, what, item.reason_code))


def _rows(item: PlanItem, user: User, what: str, reason_code: str = "", seconds: int | None = None) -> list[RuleEvent]:
    """Return one row for each rule behind an item; none for what a person added, or for no outcome at all."""
    by_hand = item.decision == Decision.ADDED or item.content.get("by_hand")
    rules = item.content.get("reasons", ()) if what and not by_hand else ()
    more = {"item": item, "state": item.state, "reason_code": reason_code, "seconds": seconds}
    return [_row(item.plan, user, rule, what, **more) for rule in rules]


def _row(plan: Plan, user: User, rule: Mapping[str, str], what: str, **more: Any) -> RuleEvent:
    named = {name: rule[name] for name in ("protocol", "version", "rule")}
    return RuleEvent(plan=plan, user=user, what=what, **named, **more)


def _write(rows: Iterable[RuleEvent]) -> None:
    RuleEvent.objects.bulk_create(rows)

"""Marks of the rules that brought an item: written with it, and for older items by a migration. Part of services."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from webapp.plans.models import PlanItem, RuleMark
from webapp.plans.recalls import mark_of

BATCH = 2000


def mark(items: Iterable[PlanItem]) -> None:
    """Mark items just made by the rules they rest on; one query for all of them."""
    RuleMark.objects.bulk_create(
        (RuleMark(item=item, mark=each) for item in items for each in _marks(item)), batch_size=BATCH
    )


def _marks(item: PlanItem) -> set[bytes]:
    return {mark_of(item.plan_id, *names) for names in rules_of(item.content)}


def rules_of(content: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield protocol, rule and version of each reason of an item; nothing of one added by hand."""
    for each in content.get("reasons") or ():
        yield each["protocol"], each["rule"], each["version"]

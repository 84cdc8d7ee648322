"""Lines that check on a treatment: what the doctor is told of them once every medicine of their protocol is rejected.

No protocol ties them to a medicine: the test of cure stands beside the eradication, and stays when that is rejected.
"""

from collections.abc import Sequence
from uuid import UUID

from webapp.plans.models import PlanItem

MEDICINE, FOLLOW_UP, TEST = "rx", "fu", "test"
CURE = "cure"  # tests that look whether a treatment has cured are called so in the vocabulary


def left_alone(items: Sequence[PlanItem]) -> frozenset[UUID]:
    """Return the follow-ups and tests of cure that stand though no medicine of their protocols is left."""
    given_up = _given_up(items)
    standing = (one for one in items if _checks(one) and one.decision != PlanItem.Decision.REJECTED)
    return frozenset(one.pk for one in standing if protocols_of(one) and protocols_of(one) <= given_up)


def protocols_of(item: PlanItem) -> frozenset[str]:
    return frozenset(reason["protocol"] for reason in item.content.get("reasons", ()))


def _checks(item: PlanItem) -> bool:
    return item.kind == FOLLOW_UP or (item.kind == TEST and item.code.partition(":")[2].startswith(CURE))


def _given_up(items: Sequence[PlanItem]) -> frozenset[str]:
    """Return the protocols of which a doctor rejected a medicine and no other is left to be given."""
    medicines = [one for one in items if one.kind == MEDICINE]
    left = {name for one in medicines if _is_left(one) for name in protocols_of(one)}
    rejected = {name for one in medicines if one.decision == PlanItem.Decision.REJECTED for name in protocols_of(one)}
    return frozenset(rejected - left)


def _is_left(item: PlanItem) -> bool:
    blocked = item.state == "blocked" and item.decision == PlanItem.Decision.PENDING
    return item.decision != PlanItem.Decision.REJECTED and not blocked

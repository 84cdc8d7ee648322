"""Which items of a plan a doctor takes into it, and what these say. Part of selectors.py."""

from typing import Any

from webapp.plans.models import PlanItem

TAKEN = (PlanItem.Decision.ACCEPTED, PlanItem.Decision.EDITED, PlanItem.Decision.ADDED)


def words_of(item: PlanItem) -> dict[str, Any]:
    """Return what an item says as released: the engine's content under what the doctor changed."""
    return {**item.content, **(item.final or {})}

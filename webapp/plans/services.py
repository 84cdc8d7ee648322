"""What changes plans: the engine drafts (assessment.py), a doctor decides and signs (deciding.py)."""

from webapp.plans.assessment import assess, reassess_bytes
from webapp.plans.deciding import PlanError, accept_rest, add_item, decide_item, mark_seen, sign, undecide

__all__ = (
    "PlanError",
    "accept_rest",
    "add_item",
    "assess",
    "decide_item",
    "mark_seen",
    "reassess_bytes",
    "sign",
    "undecide",
)

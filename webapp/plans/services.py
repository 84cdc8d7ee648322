"""What changes plans: the engine drafts (assessment.py), a doctor decides and signs (deciding.py), or takes it back."""

from webapp.plans.assessment import assess, reassess_bytes
from webapp.plans.deciding import accept_rest, add_item, close_without, decide_item, mark_seen, sign, undecide
from webapp.plans.keeping import keep
from webapp.plans.monitoring import settle as settle_task
from webapp.plans.opinions import check as ask_second_opinion
from webapp.plans.opinions import check_left_over
from webapp.plans.outcomes import on_screen
from webapp.plans.refusing import PlanError
from webapp.plans.settling import settle_notice
from webapp.plans.undoing import take_back

__all__ = (
    "PlanError",
    "accept_rest",
    "add_item",
    "ask_second_opinion",
    "assess",
    "check_left_over",
    "close_without",
    "decide_item",
    "keep",
    "mark_seen",
    "on_screen",
    "reassess_bytes",
    "settle_notice",
    "settle_task",
    "sign",
    "take_back",
    "undecide",
)

"""A draft that gives nothing is closed on purpose: with a coded reason, and words for the patient."""

from collections.abc import Iterable
from typing import Any

from webapp.base.fields import index_of
from webapp.plans.models import UNDECIDED_MAY_STAY, Plan, PlanItem
from webapp.plans.taken import TAKEN

NOTHING = "plan:no_treatment"
TITLE = {"es": "Sin tratamiento por ahora", "en": "No treatment for now"}
TEXT = {
    "es": "Su médico ha leído sus respuestas: por ahora no hace falta ningún tratamiento. Si algo cambia, díganoslo.",
    "en": "Your doctor has read your answers: no treatment is needed for now. If anything changes, tell us.",
}


def content(text: str) -> dict[str, Any]:
    """Return the item that says so, in the shape of the engine's; ``text`` are the doctor's own words, if any."""
    said = {"es": text.strip(), "en": text.strip()} if text.strip() else dict(TEXT)
    empty: dict[str, list[Any]] = {"reasons": [], "doses": [], "drugs": []}
    known = {"code": NOTHING, "kind": "plan", "state": "proposed", "urgency": "none"}
    return {**known, "title": dict(TITLE), "patient_text": said, **empty}


def gives_nothing(items: Iterable[PlanItem]) -> bool:
    """Return whether every item is decided and none would reach the patient; what is blocked and left alone is none."""
    decidable = [item for item in items if item.kind not in UNDECIDED_MAY_STAY]
    waits = any(item.decision == PlanItem.Decision.PENDING and item.state != "blocked" for item in decidable)
    return not waits and not any(item.decision in TAKEN for item in decidable)


def forget(plan: Plan) -> None:
    """Take "no treatment" out of a draft as soon as anything else is taken into it."""
    said = plan.items.filter(code_index=index_of(PlanItem, "code_index", plan.pk, NOTHING)).first()
    others = plan.items.filter(decision__in=TAKEN).exclude(kind__in=UNDECIDED_MAY_STAY)
    if said is not None and others.exclude(pk=said.pk).exists():
        said.seen.all().delete()
        said.delete()

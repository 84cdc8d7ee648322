"""A medicine added by hand, put through the engine's safety stage with the plan and what the patient takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.evaluator import Addition, evaluate
from engine.evaluator.output import item_json
from engine.language.cases import read_case
from rules import services as shelf
from webapp.plans.models import Evaluation, Plan, PlanItem

Content = Mapping[str, Any]
DRUGS = ("rx", "supp")


@dataclass(frozen=True, slots=True)
class Checked:
    """What the engine says of an addition: the item in its state, and the items that come with it."""

    content: dict[str, Any]
    brings: Sequence[dict[str, Any]] = ()

    @property
    def is_clear(self) -> bool:
        return self.content["state"] == "proposed"


def is_by_hand(item: PlanItem) -> bool:
    """Return whether a doctor put this item into the plan; it may wait for a new decision."""
    return item.decision == PlanItem.Decision.ADDED or bool(item.content.get("by_hand"))


def check(plan: Plan, content: Content) -> Checked:
    """Return an addition as the engine sees it beside what the plan gives; what is no medicine passes as it is.

    The newest facts count: an assessment that changed nothing else leaves the draft with an older evaluation.
    """
    worked = Evaluation.objects.filter(patient_id=plan.patient_id, status=Evaluation.Status.OK)
    newest = worked.select_related("release").order_by("-created_at").first()
    return _checked(newest or plan.evaluation, content, list(plan.items.all()))


def again(evaluation: Evaluation, item: PlanItem, beside: Iterable[PlanItem]) -> dict[str, Any]:
    """Return the content of an item added by hand as a newer evaluation sees it."""
    return _checked(evaluation, {**item.content, **(item.final or {})}, list(beside)).content


def is_seen_otherwise(content: Content, before: Content) -> bool:
    """Return whether a check came to something else than the one before."""
    return any(content[name] != before.get(name) for name in ("state", "safety", "waiting_for"))


def _checked(evaluation: Evaluation, content: Content, beside: Sequence[PlanItem]) -> Checked:
    if content["kind"] not in DRUGS:
        return Checked(dict(content))
    code = content["code"]
    given = [item for item in beside if item.code != code]
    others = [addition for item in given if _counts(item) for addition in _addition(item.content)]
    without = {item.code for item in given if item.decision == PlanItem.Decision.REJECTED}
    digest = evaluation.release.digest if evaluation.release else None
    program = shelf.program(digest, date.fromisoformat(evaluation.case["as_of"]))
    case = read_case(evaluation.case, program.edition.vocabulary, program.edition.formulary)
    found = {item.code: item for item in evaluate(program, case, [*others, *_addition(content)], without).items}
    before = {item.code for item in evaluate(program, case, others, without).items} | {item.code for item in given}
    brings = [_plain(item_json(item)) for each, item in found.items() if each not in before | {code}]
    seen = _plain(item_json(found[code])) | {"why": {}}
    return Checked(seen | {key: content[key] for key in ("title", "patient_text", "doses", "drugs")}, brings)


def _counts(item: PlanItem) -> bool:
    return item.kind in DRUGS and is_by_hand(item) and item.decision != PlanItem.Decision.REJECTED


def _plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return an item without a rule to cite: a person is its reason."""
    return {**item, "reasons": [], "by_hand": True}


def _addition(content: Content) -> list[Addition]:
    doses = content.get("doses", ())
    first: Content = doses[0] if len(doses) == 1 else {}
    dose, often = first.get("dose", ""), first.get("frequency", "")
    return [Addition(content["code"], dose, often, first.get("duration_days"))]

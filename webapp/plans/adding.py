"""A medicine added or a dose changed by hand, put through the engine with the plan and what the patient takes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from engine.compiler import Program
from engine.evaluator import Addition, evaluate
from engine.evaluator.output import item_json
from engine.facts import CaseFacts
from engine.formulary import Part
from engine.plan import Plan as Whole
from webapp.plans.models import Evaluation, Plan, PlanItem
from webapp.plans.reading import engine_of
from webapp.plans.refusing import PlanError
from webapp.plans.running import FAULTS

Content = Mapping[str, Any]
DRUGS = ("rx", "supp")
DOUBLED = "same_ingredient:"
SEEN = ("state", "safety", "conflicts", "waiting_for")  # what the engine says of doses that a doctor wrote


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
    return _checked(_newest(plan), content, list(plan.items.all()))


def check_doses(plan: Plan, item: PlanItem, doses: Sequence[Content]) -> dict[str, Any] | None:
    """Return an item as the engine sees it with these doses, None where no amount and no frequency changes.

    Raises PlanError where that cannot be checked: the newest facts give no such item, or the engine could not run.
    """
    try:
        return _with_doses(_newest(plan), item, doses, list(plan.items.all()))
    except FAULTS:
        words = _("The new dose could not be checked, and was not saved. Check the plan again, then change it.")
        raise PlanError(words) from None


def _newest(plan: Plan) -> Evaluation:
    worked = Evaluation.objects.filter(patient_id=plan.patient_id, status=Evaluation.Status.OK)
    return worked.select_related("release").order_by("-created_at").first() or plan.evaluation


def again(evaluation: Evaluation, item: PlanItem, beside: Iterable[PlanItem]) -> dict[str, Any]:
    """Return the content of an item added by hand as a newer evaluation sees it."""
    return _checked(evaluation, {**item.content, **(item.final or {})}, list(beside)).content


def is_doubted(evaluation: Evaluation, item: PlanItem, beside: Iterable[PlanItem]) -> bool:
    """Return whether a newer evaluation sees the doses a doctor changed in an item otherwise than when she did."""
    if item.decision != PlanItem.Decision.EDITED or "doses" not in (item.final or {}):
        return False
    try:
        seen = _with_doses(evaluation, item, item.final["doses"], list(beside))
    except FAULTS:
        return True
    return seen is not None and is_seen_otherwise(seen, item.final)


def is_seen_otherwise(content: Content, before: Content) -> bool:
    """Return whether a check came to something else than the one before."""
    return any(content[name] != before.get(name) for name in ("state", "safety", "waiting_for"))


def _checked(evaluation: Evaluation, content: Content, beside: Sequence[PlanItem]) -> Checked:
    if content["kind"] not in DRUGS:
        return Checked(dict(content))
    code = content["code"]
    given = [item for item in beside if item.code != code]
    others, without, instead = _by_hand(given), _rejected(given), _instead(given)
    program, case = engine_of(evaluation)
    found = {
        item.code: item for item in evaluate(program, case, [*others, *_addition(content)], without, instead).items
    }
    before = {item.code for item in evaluate(program, case, others, without, instead).items}
    before |= {item.code for item in given}
    brings = [_plain(item_json(item)) for each, item in found.items() if each not in before | {code}]
    seen = _plain(item_json(found[code])) | {"why": {}}
    if seen["state"] == "proposed" and any(each.startswith(DOUBLED) for each in seen["conflicts"]):
        seen["state"] = "held"  # the engine would give it once; two items beside each other give it twice
    return Checked(seen | {key: content[key] for key in ("title", "patient_text", "doses", "drugs")}, brings)


def _with_doses(
    evaluation: Evaluation, item: PlanItem, doses: Sequence[Content], beside: Sequence[PlanItem]
) -> dict[str, Any] | None:
    changed = _parts(item, doses)
    if not changed:
        return None
    others = [one for one in beside if one.code != item.code]
    program, case = engine_of(evaluation)
    instead = {**_instead(others), item.code: changed}
    by_hand = [*_by_hand(others), *(_addition(item.content) if is_by_hand(item) else ())]
    found = {one.code: one for one in evaluate(program, case, by_hand, _rejected(others), instead).items}
    return {name: value for name, value in item_json(found[item.code]).items() if name in SEEN}


def whole(evaluation: Evaluation, items: Sequence[PlanItem]) -> tuple[Program, CaseFacts, Whole]:
    """Return what the engine says of a plan as decided so far: without what is rejected, with what was changed."""
    program, case = engine_of(evaluation)
    return program, case, evaluate(program, case, _by_hand(items), _rejected(items), _instead(items))


def _by_hand(items: Iterable[PlanItem]) -> list[Addition]:
    return [addition for item in items if _counts(item) for addition in _addition(item.content)]


def _rejected(items: Iterable[PlanItem]) -> set[str]:
    return {item.code for item in items if item.decision == PlanItem.Decision.REJECTED}


def _instead(items: Iterable[PlanItem]) -> dict[str, list[Part]]:
    """Return the doses that a doctor changed in these items, by code."""
    edited = [item for item in items if item.decision == PlanItem.Decision.EDITED and item.final]
    return {item.code: _parts(item, item.final.get("doses", ())) for item in edited}


def _parts(item: PlanItem, doses: Sequence[Content]) -> list[Part]:
    """Return those of the doses that say another amount or another frequency than the item's own."""
    own = {(dose["ingredient"], dose["dose"], dose.get("frequency", "")) for dose in item.content.get("doses", ())}
    said = [(dose, (dose["ingredient"], dose["dose"], dose.get("frequency", ""))) for dose in doses]
    return [
        Part(*words, dose.get("route") or "oral", dose.get("timing"), dose.get("duration_days"))
        for dose, words in said
        if words not in own
    ]


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

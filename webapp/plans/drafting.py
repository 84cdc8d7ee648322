"""A draft out of an evaluation. The open draft gives way to it, and what a doctor already decided is carried over."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans import adding, handing, marking
from webapp.plans.closing import NOTHING
from webapp.plans.models import UNDECIDED_MAY_STAY, Evaluation, ItemSeen, Plan, PlanItem, SecondSignature

Items = Sequence[Mapping[str, Any]]
UNDECIDED = {
    "decision": PlanItem.Decision.PENDING, "reason_code": "", "note": None, "final": None, "decided_by_id": None,
    "decided_at": None, "second_signer_id": None,
}  # fmt: skip
DECIDED = ("decision", "reason_code", "note", "final", "decided_by_id", "decided_at", "second_signer_id")


def draft(evaluation: Evaluation, result: Mapping[str, Any], actor: User | None) -> Plan | None:
    """Return the new draft, or None if the items are those of the open draft, or of the signed plan without one."""
    # a doctor who signs or decides at this moment goes first; what she leaves behind is looked at then
    drafts = Plan.objects.select_for_update().filter(patient_id=evaluation.patient_id, status=Plan.Status.DRAFT)
    old = drafts.first()
    newest = _newest(evaluation)
    contents = {item["code"]: dict(item) for item in result["items"]}
    if newest is not None and _contents(newest) == contents and not _is_outdated(newest, evaluation):
        return None
    if old is not None:
        old.status = Plan.Status.DISCARDED
        old.save(update_fields=["status"])
    plan = Plan.objects.create(patient_id=evaluation.patient_id, evaluation=evaluation, urgency=result["urgency"])
    _fill(plan, result["items"])
    if old is not None:
        _carry_over(old, plan)
        handing.carry(old, plan)
    elif newest is not None:
        _carry_medicines(newest, plan)
    audit.record(
        actor=actor,
        verb="plan.drafted",
        patient_id=plan.patient_id,
        object_type="plan",
        object_id=str(plan.pk),
        detail={"instead_of": str(old.pk)} if old else None,
    )
    return plan


def _newest(evaluation: Evaluation) -> Plan | None:
    plans = Plan.objects.filter(patient_id=evaluation.patient_id, status__in=[Plan.Status.DRAFT, Plan.Status.SIGNED])
    return plans.order_by("-created_at").first()


def _contents(plan: Plan) -> dict[str, Any]:
    return {row.code: row.content for row in plan.items.all() if not adding.is_by_hand(row)}


def _is_outdated(plan: Plan, evaluation: Evaluation) -> bool:
    """Return whether the newer facts see what a doctor put or changed in this plan otherwise than when she did."""
    items = list(plan.items.all())
    drugs = [item for item in items if _is_medicine_by_hand(item) and (_is_taken(item) or _is_open(plan))]
    added = any(adding.is_seen_otherwise(adding.again(evaluation, item, items), item.content) for item in drugs)
    return added or any(adding.is_doubted(evaluation, item, items) for item in items)


def _is_medicine_by_hand(item: PlanItem) -> bool:
    return item.kind in adding.DRUGS and adding.is_by_hand(item)


def _is_taken(item: PlanItem) -> bool:
    return item.decision not in (PlanItem.Decision.PENDING, PlanItem.Decision.REJECTED)


def _is_open(plan: Plan) -> bool:
    return plan.status == Plan.Status.DRAFT


def _fill(plan: Plan, items: Items) -> None:
    made = PlanItem.objects.bulk_create(
        PlanItem(
            plan=plan,
            position=position,
            code=item["code"],
            kind=item["kind"],
            state=item["state"],
            urgency=item["urgency"],
            content=dict(item),
        )
        for position, item in enumerate(items)
    )
    marking.mark(made)


def _carry_over(old: Plan, new: Plan) -> None:
    """Copy decisions about items that did not change, and items added by hand; what changed is decided afresh."""
    fresh = {item.code: item for item in new.items.select_related("plan__evaluation__release")}
    before = list(old.items.prefetch_related("seen").order_by("position"))
    for item in before:
        same = fresh.get(item.code)
        if same is not None and same.content == item.content:
            _copy_decision(item, same, before)
        elif same is None and adding.is_by_hand(item) and not (item.code == NOTHING and _is_decidable(fresh.values())):
            _copy_added(item, new, len(fresh))


def _is_decidable(items: Iterable[PlanItem]) -> bool:
    """Return whether there is something to decide: then nobody has said that no treatment is needed."""
    return any(item.kind not in UNDECIDED_MAY_STAY for item in items)


def _carry_medicines(signed: Plan, new: Plan) -> None:
    """Bring what a doctor had added to the signed plan, checked again: each waits for a new decision."""
    fresh = {item.code for item in new.items.all()}
    kept = {item.code for item in signed.items.all() if _is_medicine_by_hand(item) and _is_taken(item)} - fresh
    for item in signed.items.order_by("position"):
        if item.code in kept or (item.content.get("brought_by") in kept and item.code not in fresh):
            _copy_added(item, new, len(fresh), UNDECIDED)


def joined(newer: Plan, taken_back: Plan, actor: User) -> Plan:
    """Return one draft of the newer facts with the decisions of both drafts, the newer ones first; both are put aside.

    ``newer`` is put aside already: the patient has one draft at any time.
    """
    taken_back.status = Plan.Status.DISCARDED
    taken_back.save(update_fields=["status"])
    plan = Plan.objects.create(patient_id=newer.patient_id, evaluation=newer.evaluation, urgency=newer.urgency)
    _fill(plan, [item.content for item in newer.items.order_by("position") if not adding.is_by_hand(item)])
    for earlier in (taken_back, newer):
        _carry_over(earlier, plan)
    audit.record(
        actor=actor,
        verb="plan.drafted",
        patient_id=plan.patient_id,
        object_type="plan",
        object_id=str(plan.pk),
        detail={"instead_of": str(taken_back.pk)},
    )
    return plan


def _copy_decision(item: PlanItem, same: PlanItem, beside: Sequence[PlanItem]) -> None:
    """Copy a decision with what was seen; doses changed by hand that the newer facts see otherwise wait again."""
    if item.decision != PlanItem.Decision.PENDING and not adding.is_doubted(same.plan.evaluation, item, beside):
        for name in DECIDED:
            setattr(same, name, getattr(item, name))
        same.save()
    item.second_signatures.filter(state=SecondSignature.State.ASKED).update(item=same, plan=same.plan)
    seen = [ItemSeen(item=same, user_id=one.user_id) for one in item.seen.all()]
    ItemSeen.objects.bulk_create(seen, ignore_conflicts=True)


def _copy_added(item: PlanItem, new: Plan, after: int, changed: Mapping[str, Any] | None = None) -> None:
    """Copy an item added by hand; a medicine that the newer facts see otherwise waits for a new decision."""
    values = {name: getattr(item, name) for name in (*DECIDED, "code", "kind", "state", "urgency", "content")}
    if item.kind in adding.DRUGS:
        content = adding.again(new.evaluation, item, item.plan.items.all())
        values |= {"content": content, "state": content["state"]}
        if adding.is_seen_otherwise(content, item.content):
            values |= UNDECIDED
    PlanItem.objects.create(plan=new, position=after + item.position, **(values | dict(changed or {})))

"""What a doctor does with a draft: decide each item, add one, accept the rest, sign. Part of services.py."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base.fields import index_of
from webapp.plans import adding, closing, monitoring, opinions, outcomes, selectors, telling
from webapp.plans.models import UNDECIDED_MAY_STAY, ItemSeen, Plan, PlanItem
from webapp.plans.reasons import NothingReason, OverrideReason, RejectReason
from webapp.plans.refusing import (
    LONGEST_TEXT,
    SHORTEST_JUSTIFICATION,
    InWriting,
    PlanError,
    check_note,
    check_override,
    doctor_only,
)

Decision = PlanItem.Decision


def draft_of(plan_id: UUID) -> Plan:
    """Return the draft, locked until the transaction ends; raise PlanError if it is one no longer."""
    plan = Plan.objects.select_for_update().get(pk=plan_id)  # no join: whoever waited here reads the row as it is now
    if plan.status == Plan.Status.SIGNED and plan.signed_by:
        raise PlanError(_("%(name)s has already signed this plan.") % {"name": plan.signed_by.display_name})
    if plan.status != Plan.Status.DRAFT:
        raise PlanError(_("A newer plan has taken the place of this one. Open the newest."))
    return plan


def bump(plan: Plan) -> None:
    """Count a change of a draft: whoever looks at an older state signs nothing."""
    closing.forget(plan)
    plan.revision += 1
    plan.save(update_fields=["revision"])


def _item(plan: Plan, item_id: UUID, doctor: User, was: str | None) -> PlanItem:
    """Return an item of this plan; raise PlanError if another doctor decided it after the page was shown."""
    item = plan.items.select_related("decided_by").filter(pk=item_id).first()
    if item is None:
        raise PlanError(_("This item is not in the plan any more. Open the newest."))
    if was is not None and item.decision != was and item.decided_by_id not in (None, doctor.pk):
        raise PlanError(_decided_before(item))
    return item


def _decided_before(item: PlanItem) -> str:
    name = item.decided_by.display_name if item.decided_by else ""
    return _("%(name)s decided this item before you. Look at it again.") % {"name": name}


@transaction.atomic
def decide_item(
    *,
    plan_id: UUID,
    item_id: UUID,
    doctor: User,
    decision: str,
    reason_code: str = "",
    note: str = "",
    final: Mapping[str, Any] | None = None,
    was: str | None = None,
    watch_days: int = monitoring.USUAL,
) -> PlanItem:
    """Return the item as this doctor decided it: accepted, edited (``final`` holds what changes) or rejected.

    A held or blocked item is taken only with a coded reason and a written justification (``note``), and so is a dose
    the engine would hold or block (InWriting tells why); a rejection needs a code of RejectReason. ``was`` is the
    decision the page showed. "It will be monitored" makes the task of doing so, due in ``watch_days``. Raises
    PlanError for everything else.
    """
    doctor_only(doctor)
    plan = draft_of(plan_id)
    item = _item(plan, item_id, doctor, was)
    _check_decision(item, decision, reason_code, note, final)
    final = _with_checked_doses(plan, item, final, reason_code, note) if decision == Decision.EDITED else None
    watched = item.reason_code == OverrideReason.WILL_MONITOR
    item.decision, item.reason_code, item.note = decision, reason_code, note.strip() or None
    item.final, item.second_signer = final, None
    item.decided_by, item.decided_at = doctor, timezone.now()
    item.save()
    mark_seen(user=doctor, items=[item])
    outcomes.decided(doctor, [item])
    if watched and reason_code != OverrideReason.WILL_MONITOR:
        monitoring.forget(plan=plan, what=item.code, doctor=doctor)
    _watch(plan, item, doctor, watch_days)
    bump(plan)
    _record(doctor, f"plan.item_{decision}", plan, item=str(item.pk), code=reason_code)
    return item


def _with_checked_doses(
    plan: Plan, item: PlanItem, final: Mapping[str, Any] | None, reason_code: str, note: str
) -> dict[str, Any]:
    """Return what an edit changes with what the engine says of its doses; one it finds unclear needs its reason."""
    changes = dict(final or {})
    seen = adding.check_doses(plan, item, changes["doses"]) if "doses" in changes else None
    if seen is None:
        return changes
    try:
        check_override(seen["state"], reason_code, note)
    except PlanError as refused:
        raise InWriting(str(refused), seen) from None
    return changes | seen


def _watch(plan: Plan, item: PlanItem, doctor: User, days: int) -> None:
    """Make the task of watching an item that was taken with that promise."""
    if item.reason_code == OverrideReason.WILL_MONITOR:
        title, today = selectors.words_of(item).get("title", {}), timezone.localdate()
        monitoring.watch(plan=plan, what=item.code, title=title, doctor=doctor, days=days, today=today)


def _check_decision(
    item: PlanItem, decision: str, reason_code: str, note: str, final: Mapping[str, Any] | None
) -> None:
    check_note(note)
    if decision == Decision.REJECTED:
        if reason_code not in RejectReason.values:
            raise PlanError(_("Choose why you reject this item."))
        return
    if decision not in (Decision.ACCEPTED, Decision.EDITED) or item.decision == Decision.ADDED:
        raise PlanError(_("An item is accepted, edited or rejected."))
    if decision == Decision.EDITED and not final:
        raise PlanError(_("Nothing was changed. Accept the item, or change its dose, timing or text."))
    check_override(item.state, reason_code, note)


@transaction.atomic
def undecide(*, plan_id: UUID, item_id: UUID, doctor: User, shown: str | None = None) -> None:
    """Take a decision back: the item waits again; one added by hand leaves the draft.

    ``shown`` is the moment of the decision the page showed, in ISO 8601: what a colleague decided since is not undone
    unseen. Raises PlanError.
    """
    doctor_only(doctor)
    plan = draft_of(plan_id)
    item = _item(plan, item_id, doctor, None)
    if shown is not None and item.decided_by_id not in (None, doctor.pk) and shown != item.decided_at.isoformat():
        raise PlanError(_decided_before(item))
    if item.reason_code == OverrideReason.WILL_MONITOR:
        monitoring.forget(plan=plan, what=item.code, doctor=doctor)
    if item.decision == Decision.ADDED:
        _take_out(plan, item)
    else:
        item.decision, item.reason_code, item.note, item.final = Decision.PENDING, "", None, None
        item.decided_by = item.decided_at = item.second_signer = None
        item.save()
        outcomes.decided(doctor, [item])
    bump(plan)
    _record(doctor, "plan.item_undecided", plan, item=str(item_id))


def _take_out(plan: Plan, item: PlanItem) -> None:
    """Delete an item added by hand, and what came with it."""
    for one in plan.items.filter(decision=Decision.ADDED):
        if one.pk == item.pk or one.content.get("brought_by") == item.code:
            one.seen.all().delete()
            one.delete()


@transaction.atomic
def add_item(
    *,
    plan_id: UUID,
    doctor: User,
    content: Mapping[str, Any],
    brings: Iterable[Mapping[str, Any]] = (),
    reason_code: str = "",
    note: str = "",
) -> PlanItem:
    """Return a new item that this doctor adds, in the state the safety check gave it; ``brings`` come with it.

    ``content`` has the shape of the engine's items. Raises PlanError if the code is in the plan already (a blocked or
    rejected item is taken up where it stands), or if it is held or blocked and nobody wrote why it is given anyway.
    """
    doctor_only(doctor)
    plan = draft_of(plan_id)
    if plan.items.filter(code_index=index_of(PlanItem, "code_index", plan.pk, content["code"])).exists():
        raise PlanError(_("This is already in the plan. Decide it where it stands."))
    check_note(note)
    check_override(content["state"], reason_code, note)
    item = _put(plan, content, doctor, reason_code if content["state"] != "proposed" else "", note)
    _watch(plan, item, doctor, monitoring.USUAL)
    along = [_put(plan, {**one, "brought_by": item.code}, doctor) for one in brings]
    mark_seen(user=doctor, items=[item, *along])
    bump(plan)
    _record(doctor, "plan.item_added", plan, item=str(item.pk), code=item.reason_code)
    return item


@transaction.atomic
def close_without(*, plan_id: UUID, doctor: User, reason_code: str, note: str = "", text: str = "") -> PlanItem:
    """Return the item by which a draft that gives nothing says so to the patient, for a reason of NothingReason.

    Raises PlanError while an item is taken or waits to be decided.
    """
    doctor_only(doctor)
    plan = draft_of(plan_id)
    check_note(note)
    if reason_code not in NothingReason.values:
        raise PlanError(_("Choose why no treatment is needed."))
    if len(text.strip()) > LONGEST_TEXT:
        raise PlanError(_("The text for the patient is too long: at most %(n)d letters.") % {"n": LONGEST_TEXT})
    if not closing.gives_nothing(plan.items.all()):
        raise PlanError(_("The plan has items. Reject them first, each with its reason."))
    item = _put(plan, closing.content(text), doctor, reason_code, note)
    mark_seen(user=doctor, items=[item])
    bump(plan)
    _record(doctor, "plan.item_added", plan, item=str(item.pk), code=reason_code)
    return item


def _put(plan: Plan, content: Mapping[str, Any], doctor: User, reason_code: str = "", note: str = "") -> PlanItem:
    last = plan.items.order_by("-position").values_list("position", flat=True).first()
    return PlanItem.objects.create(
        plan=plan,
        position=0 if last is None else last + 1,
        code=content["code"],
        kind=content["kind"],
        state=content["state"],
        urgency=content["urgency"],
        content=dict(content),
        final=dict(content),
        decision=Decision.ADDED,
        reason_code=reason_code,
        note=note.strip() or None,
        decided_by=doctor,
        decided_at=timezone.now(),
    )


def mark_seen(*, user: User, items: Iterable[PlanItem]) -> None:
    """Note that these items were on this person's screen; noting it twice changes nothing."""
    listed = list(items)
    before = set(ItemSeen.objects.filter(item__in=listed, user=user).values_list("item_id", flat=True))
    fresh = [item for item in listed if item.pk not in before]
    ItemSeen.objects.bulk_create([ItemSeen(item=item, user=user) for item in fresh], ignore_conflicts=True)
    outcomes.shown(user, fresh)


@transaction.atomic
def accept_rest(*, plan_id: UUID, doctor: User) -> int:
    """Return how many proposed items were accepted at once; held and blocked ones stay as they are.

    Raises PlanError while a first-tier alert is open or an item has not been on this doctor's screen.
    """
    doctor_only(doctor)
    plan = draft_of(plan_id)
    items = selectors.items_for(doctor, plan)
    left = selectors.to_do(doctor, plan, items)
    if left.first_tier:
        raise PlanError(_in_the_way(left, _("Nothing was accepted.")))
    if left.not_confirmed:
        raise PlanError(_("The second opinion does not confirm this plan: decide each item by itself."))
    if left.unseen:
        raise PlanError(_unseen_text(left.unseen))
    rest = [item for item in items if _is_rest(item)]
    taken = plan.items.filter(pk__in=[item.pk for item in rest])
    taken.update(decision=Decision.ACCEPTED, decided_by=doctor, decided_at=timezone.now())
    outcomes.decided(doctor, taken.select_related("plan"))
    bump(plan)
    _record(doctor, "plan.rest_accepted", plan, items=len(rest))
    return len(rest)


def _is_rest(item: PlanItem) -> bool:
    pending = item.decision == Decision.PENDING and item.state == "proposed"
    return pending and item.kind not in UNDECIDED_MAY_STAY - {"dx"}


def _unseen_text(count: int) -> str:
    return ngettext("%(n)d item has not been seen yet.", "%(n)d items have not been seen yet.", count) % {"n": count}


def sign(*, plan_id: UUID, doctor: User, revision: int, unconfirmed_note: str = "") -> Plan:
    """Make the draft the patient's plan and retire the one before.

    ``revision`` is the one the page showed: if somebody changed the draft since, or signed it, nothing is signed.
    What the second opinion has not seen yet is shown to it first; ``unconfirmed_note`` says why a plan is signed that
    it does not confirm. Raises PlanError with what is missing.
    """
    doctor_only(doctor)
    check_note(unconfirmed_note)
    opinions.ensure(plan_id)
    return _signed(plan_id, doctor, revision, unconfirmed_note.strip())


@transaction.atomic
def _signed(plan_id: UUID, doctor: User, revision: int, unconfirmed_note: str) -> Plan:
    plan = draft_of(plan_id)
    if plan.revision != revision:
        raise PlanError(_("The plan changed while you were looking at it. Look at it again, then sign."))
    items = selectors.items_for(doctor, plan)
    left = selectors.to_do(doctor, plan, items)
    _refuse_unready(left)
    _refuse_unconfirmed(left, unconfirmed_note)
    plan.unconfirmed_note = unconfirmed_note if left.not_confirmed else None
    _leave_out_blocked(plan, doctor)
    plan.replaces, now = _retire_the_one_before(plan), timezone.now()
    plan.status, plan.signed_by, plan.signed_at, plan.revision = Plan.Status.SIGNED, doctor, now, revision + 1
    plan.save(update_fields=["status", "signed_by", "signed_at", "revision", "replaces", "unconfirmed_note"])
    telling.tell(plan)
    _record(doctor, "plan.signed", plan, revision=plan.revision)
    return plan


def _retire_the_one_before(plan: Plan) -> Plan | None:
    """Return the patient's plan so far, replaced from now on; if it was never told of, it never will be."""
    signed = Plan.objects.select_for_update().filter(patient_id=plan.patient_id, status=Plan.Status.SIGNED)
    before = signed.first()
    if before is not None:
        before.status = Plan.Status.REPLACED
        before.save(update_fields=["status"])
        telling.keep_quiet(before)
    return before


def _in_the_way(left: selectors.ToDo, so: str) -> str:
    """Return which matter of the first tier comes first, and that nothing was done because of it."""
    if left.not_assessed:
        what = _("The newest answers could not be assessed")
    elif left.no_consent:
        what = _("The patient took back the consent to be treated")
    elif left.alerts or left.allergies:
        what = _("Settle the alerts in red first")
    else:
        what = _("The newest data are not checked yet: check them first")
    return f"{what}. {so}"


def _refuse_unready(left: selectors.ToDo) -> None:
    if left.first_tier:
        raise PlanError(_in_the_way(left, _("Nothing was signed.")))
    if left.unseen:
        raise PlanError(_unseen_text(left.unseen))
    if left.seconds:
        raise PlanError(_("A colleague has been asked to sign too. Wait for the answer, or take the question back."))
    if left.held:
        raise PlanError(_("A held item waits for its answer or for your decision."))
    if left.undecided:
        raise PlanError(_("Decide every item before signing."))
    if left.gives_nothing:
        raise PlanError(_("There is nothing to sign: add an item, or close the plan without treatment."))


def _refuse_unconfirmed(left: selectors.ToDo, note: str) -> None:
    if not left.opinion:
        raise PlanError(_("The second opinion has not answered yet. Try again in a moment."))
    if left.not_confirmed and len(note) < SHORTEST_JUSTIFICATION:
        raise PlanError(
            _("The second opinion does not confirm this plan. Write why you sign it, at least %(n)d letters.")
            % {"n": SHORTEST_JUSTIFICATION}
        )


def _leave_out_blocked(plan: Plan, doctor: User) -> None:
    """What is blocked and was not taken up with a justification is rejected with the signature, and says so."""
    blocked = plan.items.filter(state="blocked", decision=Decision.PENDING)
    blocked.exclude(kind__in=UNDECIDED_MAY_STAY).update(
        decision=Decision.REJECTED,
        reason_code=RejectReason.BLOCKED,
        decided_by=doctor,
        decided_at=timezone.now(),
    )


def _record(actor: User, verb: str, plan: Plan, **detail: object) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        patient_id=plan.patient_id,
        object_type="plan",
        object_id=str(plan.pk),
        detail={key: value for key, value in detail.items() if value != ""} or None,
    )

"""A second signer for a blocked item: a colleague answers for it too, in place of a written justification (R10).

Asked from the page of the plan; it stands in the colleague's worklist until it is signed, refused or taken back.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans import outcomes
from webapp.plans.deciding import bump, draft_of
from webapp.plans.handing import colleague
from webapp.plans.models import Plan, PlanItem, RuleEvent, SecondSignature
from webapp.plans.reasons import OverrideReason
from webapp.plans.refusing import SHORTEST_JUSTIFICATION, PlanError, check_note, doctor_only

State = SecondSignature.State


@transaction.atomic
def ask(*, plan_id: UUID, item_id: UUID, doctor: User, of: str, reason_code: str) -> SecondSignature:
    """Return the question to a colleague whether she answers for a blocked item too; raise PlanError."""
    doctor_only(doctor)
    plan = draft_of(plan_id)
    item = plan.items.filter(pk=item_id).first()
    if item is None or item.state != "blocked" or item.decision != PlanItem.Decision.PENDING:
        raise PlanError(_("A second signer is asked for a blocked item that nobody has decided."))
    if reason_code not in OverrideReason.values:
        raise PlanError(_("Choose why you take it anyway."))
    if SecondSignature.objects.filter(item=item, state=State.ASKED).exists():
        raise PlanError(_("A colleague has been asked already. Take the question back first."))
    other = colleague(doctor, of)
    made = SecondSignature.objects.create(
        item=item, plan=plan, asked_by=doctor, asked_of=other, reason_code=reason_code
    )
    bump(plan)
    _record("plan.second_asked", made, doctor)
    return made


@transaction.atomic
def sign(*, second_id: UUID, doctor: User) -> PlanItem:
    """Return the item, taken by who asked and answered for by this doctor too; raise PlanError."""
    second, item = _asked_of(second_id, doctor)
    now = timezone.now()
    item.decision, item.reason_code, item.note, item.final = PlanItem.Decision.ACCEPTED, second.reason_code, None, None
    item.decided_by, item.decided_at, item.second_signer = second.asked_by, now, doctor
    item.save()
    _answer(second, State.SIGNED)
    outcomes.decided(second.asked_by, [item])
    outcomes.seconded(doctor, item, RuleEvent.What.SECOND_SIGNED)
    bump(second.plan)
    _record("plan.second_signed", second, doctor)
    return item


@transaction.atomic
def refuse(*, second_id: UUID, doctor: User, why: str) -> SecondSignature:
    """Return the question as refused, with the reason; the item waits again. Raises PlanError."""
    second, item = _asked_of(second_id, doctor)
    check_note(why)
    if len(why.strip()) < SHORTEST_JUSTIFICATION:
        raise PlanError(_("Write why you refuse, at least %(n)d letters.") % {"n": SHORTEST_JUSTIFICATION})
    _answer(second, State.REFUSED, why.strip())
    outcomes.seconded(doctor, item, RuleEvent.What.SECOND_REFUSED)
    bump(second.plan)
    _record("plan.second_refused", second, doctor)
    return second


@transaction.atomic
def take_back(*, second_id: UUID, doctor: User) -> None:
    """Take the own question back while nobody has answered it; raise PlanError."""
    doctor_only(doctor)
    second = _open(second_id)
    if second.asked_by_id != doctor.pk:
        raise PlanError(_("Only who asked takes the question back."))
    draft_of(second.plan_id)
    _answer(second, State.TAKEN_BACK)
    bump(second.plan)
    _record("plan.second_taken_back", second, doctor)


def _open(second_id: UUID) -> SecondSignature:
    rows = SecondSignature.objects.select_for_update(of=("self",)).select_related("plan", "asked_by")
    second = rows.filter(pk=second_id, state=State.ASKED).first()
    if second is None:
        raise PlanError(_("This question was answered or taken back already."))
    return second


def _asked_of(second_id: UUID, doctor: User) -> tuple[SecondSignature, PlanItem]:
    doctor_only(doctor)
    second = _open(second_id)
    if second.asked_of_id != doctor.pk:
        raise PlanError(_("Another doctor was asked. Nobody signs second in her place."))
    plan = draft_of(second.plan_id)
    item = plan.items.filter(pk=second.item_id, decision=PlanItem.Decision.PENDING).first()
    if item is None:
        raise PlanError(_("The item was decided meanwhile. Look at the plan again."))
    return second, item


def _answer(second: SecondSignature, state: str, answer: str | None = None) -> None:
    second.state, second.answered_at, second.answer = state, timezone.now(), answer
    second.save(update_fields=["state", "answered_at", "answer"])


def ever_of(plan: Plan) -> QuerySet[SecondSignature]:
    """Return every question about a plan, answered or not."""
    return SecondSignature.objects.filter(plan=plan)


def open_of(plan: Plan) -> QuerySet[SecondSignature]:
    """Return the questions about a plan that nobody has answered."""
    return ever_of(plan).filter(state=State.ASKED)


def told_of(plan: Plan) -> dict[UUID, SecondSignature]:
    """Return the newest question about each item of a plan, by item."""
    rows = ever_of(plan).exclude(state=State.TAKEN_BACK)
    rows = rows.select_related("asked_by", "asked_of").order_by("asked_at")
    return {row.item_id: row for row in rows}


def waiting_for(user: User) -> QuerySet[SecondSignature]:
    """Return what this doctor is asked to answer for too."""
    mine = SecondSignature.objects.filter(state=State.ASKED, asked_of=user, plan__status=Plan.Status.DRAFT)
    return mine if user.may("plans.sign") else mine.none()


def _record(verb: str, second: SecondSignature, actor: User) -> None:
    plan = second.plan
    audit.record(
        actor=actor, verb=verb, patient_id=plan.patient_id, object_type="plan", object_id=str(plan.pk),
        detail={"item": str(second.item_id)},
    )  # fmt: skip

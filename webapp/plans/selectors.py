"""Reads of plans. Clinicians see the plans of the clinic, patients their own signed one, everybody else none."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet

from webapp.accounts.models import User
from webapp.alerts import selectors as alert_selectors
from webapp.alerts.models import Alert
from webapp.base.roles import Role
from webapp.patients.models import AllergyIntolerance
from webapp.plans.models import UNDECIDED_MAY_STAY, Evaluation, ItemSeen, Plan, PlanItem

TAKEN = (PlanItem.Decision.ACCEPTED, PlanItem.Decision.EDITED, PlanItem.Decision.ADDED)
STOPS_SIGNING = ("emergency", "same_day")  # an open alert this urgent is of the first tier


def reviewable_by(user: User) -> QuerySet[Plan]:
    """Return the plans a clinician may open; only a doctor decides and signs them."""
    plans = Plan.objects.all() if user.may("plans.read") else Plan.objects.none()
    return plans.select_related("patient", "evaluation", "signed_by")


def drafts_for(user: User) -> QuerySet[Plan]:
    """Return the drafts that wait for a doctor, with how many items are proposed, held and blocked."""
    undecided = Q(items__decision="pending") & ~Q(items__kind__in=UNDECIDED_MAY_STAY)
    counts = {
        state: Count("items", filter=undecided & Q(items__state=state)) for state in ("proposed", "held", "blocked")
    }
    return reviewable_by(user).filter(status=Plan.Status.DRAFT).annotate(**counts)


def items_for(user: User, plan: Plan) -> list[PlanItem]:
    """Return the plan's items in order, each with ``is_seen``: whether this user has had it on screen."""
    mine = ItemSeen.objects.filter(item=OuterRef("pk"), user=user)
    if plan.patient_id and not reviewable_by(user).filter(pk=plan.pk).exists():
        return []
    return list(plan.items.annotate(is_seen=Exists(mine)).select_related("decided_by").order_by("position"))


def plans_of(user: User, patient_id: UUID) -> QuerySet[Plan]:
    """Return one patient's plans, newest first."""
    return reviewable_by(user).filter(patient_id=patient_id).order_by("-created_at")


def signed_for(user: User) -> QuerySet[Plan]:
    """Return the signed plan of the person who asks, with the items that were released in ``released_items``."""
    mine = Plan.objects.filter(status=Plan.Status.SIGNED)
    mine = mine.filter(patient__user=user) if user.active_role == Role.PATIENT else mine.none()
    released = PlanItem.objects.filter(decision__in=TAKEN).exclude(kind__in=("alert", "ask")).order_by("position")
    return mine.select_related("patient", "evaluation__release", "signed_by").prefetch_related(
        Prefetch("items", queryset=released, to_attr="released_items")
    )


def words_of(item: PlanItem) -> dict[str, Any]:
    """Return what an item says as released: the engine's content under what the doctor changed."""
    return {**item.content, **(item.final or {})}


def latest_evaluation(patient_id: UUID) -> Evaluation | None:
    """Return the newest run of the engine for a patient, whether it worked or not."""
    return Evaluation.objects.filter(patient_id=patient_id).order_by("-created_at").first()


@dataclass(frozen=True, slots=True)
class ToDo:
    """What is still between a draft and its signature; alerts and allergies are of the first tier."""

    alerts: Sequence[Alert]
    allergies: Sequence[AllergyIntolerance]
    not_assessed: bool
    unseen: int
    held: int
    undecided: int

    @property
    def first_tier(self) -> bool:
        """Whether something of the first tier is open: then nothing is accepted in bulk, and nothing signed."""
        return bool(self.alerts or self.allergies or self.not_assessed)

    @property
    def may_accept_rest(self) -> bool:
        return bool(self.undecided) and not self.first_tier and not self.unseen

    @property
    def may_sign(self) -> bool:
        return not (self.first_tier or self.unseen or self.held or self.undecided)


def to_do(user: User, plan: Plan, items: Sequence[PlanItem]) -> ToDo:
    """Return what this doctor has still to do before signing; ``items`` come from ``items_for``."""
    evaluation = latest_evaluation(plan.patient_id)
    decidable = [item for item in items if item.kind not in UNDECIDED_MAY_STAY]
    open_items = [item for item in decidable if item.decision == PlanItem.Decision.PENDING]
    return ToDo(
        alerts=list(alert_selectors.open_for(user).filter(patient_id=plan.patient_id, urgency__in=STOPS_SIGNING)),
        allergies=list(unconfirmed_allergies(plan.patient_id)),
        not_assessed=evaluation is not None and evaluation.status == Evaluation.Status.FAILED,
        unseen=sum(not item.is_seen for item in open_items),
        held=sum(item.state == "held" for item in open_items),
        undecided=sum(item.state == "proposed" for item in open_items),
    )


def unconfirmed_allergies(patient_id: UUID) -> QuerySet[AllergyIntolerance]:
    """Return allergies a patient reported that no clinician has confirmed or withdrawn."""
    return AllergyIntolerance.objects.filter(patient_id=patient_id, active=True, verification="unconfirmed")


def with_result() -> QuerySet[Evaluation]:
    """Return every evaluation that worked, newest first, for the system's own checks."""
    return Evaluation.objects.filter(status=Evaluation.Status.OK).select_related("release").order_by("-created_at")

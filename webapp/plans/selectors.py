"""Reads of plans. Clinicians see the plans of the clinic, patients their own signed one, everybody else none."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils import timezone

from webapp.accounts.models import User
from webapp.alerts import selectors as alert_selectors
from webapp.alerts.models import Alert
from webapp.base.roles import Role
from webapp.patients.models import AllergyIntolerance, Consent, Purpose
from webapp.patients.selectors import Record, contents_of
from webapp.plans import ageing, freshness
from webapp.plans.closing import gives_nothing
from webapp.plans.models import (
    UNDECIDED_MAY_STAY,
    UNDO,
    Confirmation,
    Evaluation,
    ItemSeen,
    Plan,
    PlanItem,
    SecondSignature,
)
from webapp.plans.taken import TAKEN, words_of
from webapp.plans.told import SIGNED, told

__all__ = [
    "STOPS_SIGNING",
    "TAKEN",
    "ToDo",
    "drafts_for",
    "ever_told",
    "items_for",
    "latest_evaluation",
    "plans_of",
    "reviewable_by",
    "signed_for",
    "to_do",
    "told_by",
    "unconfirmed_allergies",
    "undoable_by",
    "was_assessed",
    "with_result",
    "words_of",
]

STOPS_SIGNING = ("emergency", "same_day")  # an open alert this urgent is of the first tier


def reviewable_by(user: User) -> QuerySet[Plan]:
    """Return the plans a clinician may open; only a doctor decides and signs them."""
    plans = Plan.objects.all() if user.may("plans.read") else Plan.objects.none()
    return plans.select_related("patient", "evaluation__confirmation", "signed_by")


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


def signed_for(user: User, now: datetime | None = None) -> QuerySet[Plan]:
    """Return the plan of the person who asks, as far as told: the newest whose signature can no longer be taken back.

    What was released stands in ``released_items``. Until a new plan is told, the one before is the patient's; one that
    was replaced before it was told never is.
    """
    known = told(now or timezone.now())
    known = known.filter(patient__user=user) if user.active_role == Role.PATIENT else known.none()
    return _as_released(Plan.objects.filter(pk__in=known.order_by("-signed_at").values("pk")[:1]))


def ever_told(patient_id: UUID, now: datetime | None = None) -> QuerySet[Plan]:
    """Return every plan a patient was told of, oldest first, with ``released_items``: for the work of the system."""
    return _as_released(told(now or timezone.now()).filter(patient_id=patient_id)).order_by("signed_at", "pk")


def told_by(user: User, now: datetime | None = None) -> QuerySet[Plan]:
    """Return the signed plans a clinician may hand out: those that stand; with ``released_items``."""
    signed = reviewable_by(user).filter(status__in=SIGNED)
    return _as_released(signed.filter(signed_at__lte=(now or timezone.now()) - UNDO))


def _as_released(plans: QuerySet[Plan]) -> QuerySet[Plan]:
    released = PlanItem.objects.filter(decision__in=TAKEN).exclude(kind__in=("alert", "ask")).order_by("position")
    plans = plans.select_related("patient", "evaluation__release", "signed_by")
    return plans.prefetch_related(Prefetch("items", queryset=released, to_attr="released_items"))


def undoable_by(user: User, now: datetime | None = None) -> QuerySet[Plan]:
    """Return what this person signed and may still take back, the one that runs out first before the others."""
    since = (now or timezone.now()) - UNDO
    mine = reviewable_by(user).filter(status=Plan.Status.SIGNED, signed_by=user, signed_at__gt=since)
    return mine.order_by("signed_at")


def latest_evaluation(patient_id: UUID) -> Evaluation | None:
    """Return the newest run of the engine for a patient, whether it worked or not."""
    newest = Evaluation.objects.filter(patient_id=patient_id).select_related("confirmation")
    return newest.order_by("-created_at").first()


def was_assessed(patient_id: UUID) -> bool:
    """Return whether the engine ever ran for a patient."""
    return Evaluation.objects.filter(patient_id=patient_id).exists()


def basis_of(plan: Plan, latest: Evaluation | None) -> Evaluation:
    """Return what a draft stands on today: an evaluation that changed no line leaves it with its own, older one."""
    if latest is None or latest.status != Evaluation.Status.OK or plan.status != Plan.Status.DRAFT:
        return plan.evaluation
    is_another = latest.pk != plan.evaluation_id and latest.release_id == plan.evaluation.release_id
    return latest if is_another else plan.evaluation


def assessed_among(patient_ids: Iterable[UUID]) -> list[UUID]:
    """Return those of these patients for whom the engine ever ran, in a fixed order."""
    found = Evaluation.objects.filter(patient_id__in=set(patient_ids))
    return sorted(found.values_list("patient_id", flat=True).distinct())


@dataclass(frozen=True, slots=True)
class ToDo:
    """What is still between a draft and its signature; alerts and allergies are of the first tier."""

    alerts: Sequence[Alert]
    allergies: Sequence[AllergyIntolerance]
    not_assessed: bool
    unseen: int
    held: int
    undecided: int
    gives_nothing: bool = False  # all is decided, and no item would reach the patient
    no_consent: bool = False  # the patient took back the consent to be treated: no new plan is made
    opinion: str = ""  # what the second opinion says: confirmed, not_confirmed, absent; empty while it is not known
    opinion_reason: str = ""
    stands_on: Evaluation | None = None  # the evaluation that tells what can still change
    seconds: int = 0  # blocked items a colleague was asked to answer for too
    not_checked: bool = False  # no assessment has seen the record as it is, under today's library

    @property
    def basis(self) -> UUID | None:
        return self.stands_on.pk if self.stands_on else None

    @property
    def first_tier(self) -> bool:
        """Whether something of the first tier is open: then nothing is accepted in bulk, and nothing signed."""
        return bool(self.alerts or self.allergies or self.not_assessed or self.not_checked or self.no_consent)

    @property
    def not_confirmed(self) -> bool:
        """Whether it is signed with a written reason only, each item decided by itself."""
        return self.opinion == Confirmation.State.NOT_CONFIRMED

    @property
    def may_accept_rest(self) -> bool:
        return bool(self.undecided) and not (self.first_tier or self.not_confirmed or self.unseen)

    @property
    def may_sign(self) -> bool:
        waits = self.unseen or self.held or self.undecided or self.seconds
        return not (self.first_tier or waits or self.gives_nothing)


def to_do(user: User, plan: Plan, items: Sequence[PlanItem], record: Record | None = None) -> ToDo:
    """Return what this doctor has still to do before signing; ``items`` come from ``items_for``."""
    evaluation = latest_evaluation(plan.patient_id)
    record = record or contents_of(plan.patient)
    decidable = [item for item in items if item.kind not in UNDECIDED_MAY_STAY]
    open_items = [item for item in decidable if item.decision == PlanItem.Decision.PENDING]
    return ToDo(
        alerts=list(alert_selectors.open_for(user).filter(patient_id=plan.patient_id, urgency__in=STOPS_SIGNING)),
        allergies=list(unconfirmed_allergies(plan.patient_id)),
        not_assessed=evaluation is not None and evaluation.status == Evaluation.Status.FAILED,
        unseen=sum(not item.is_seen for item in open_items),
        held=sum(item.state == "held" for item in open_items),
        undecided=sum(item.state == "proposed" for item in open_items),
        gives_nothing=gives_nothing(items),
        no_consent=_took_back(plan.patient_id),
        **_opinion(plan, evaluation),
        stands_on=basis_of(plan, evaluation),
        seconds=SecondSignature.objects.filter(plan=plan, state=SecondSignature.State.ASKED).count(),
        not_checked=evaluation is not None and not _is_checked(evaluation, record),
    )


def _opinion(plan: Plan, latest: Evaluation | None) -> dict[str, str]:
    """Return the second opinion about what a plan rests on: that of its own evaluation, and of the newest one."""
    own = getattr(plan.evaluation, "confirmation", None)
    newest = own if latest is None or latest.status != Evaluation.Status.OK else getattr(latest, "confirmation", None)
    if own is None or newest is None:
        return {}
    worst = newest if newest.state == Confirmation.State.NOT_CONFIRMED else own
    return {"opinion": worst.state, "opinion_reason": worst.reason}


def _took_back(patient_id: UUID) -> bool:
    """Return whether the patient's last word on being treated was to take the consent back."""
    said = Consent.objects.filter(patient_id=patient_id, text__purpose=Purpose.TREATMENT).order_by("-line")
    return said.values_list("decision", flat=True).first() == Consent.Decision.WITHDRAWN


def _is_checked(evaluation: Evaluation, record: Record) -> bool:
    """Return whether the newest assessment has seen the whole record, and would come out the same today."""
    return freshness.covers(evaluation, record) and ageing.holds_today(evaluation, record, timezone.localdate())


def unconfirmed_allergies(patient_id: UUID) -> QuerySet[AllergyIntolerance]:
    """Return allergies a patient reported that no clinician has confirmed or withdrawn."""
    return AllergyIntolerance.objects.filter(patient_id=patient_id, active=True, verification="unconfirmed")


def with_result() -> QuerySet[Evaluation]:
    """Return every evaluation that worked, newest first, for the system's own checks."""
    return Evaluation.objects.filter(status=Evaluation.Status.OK).select_related("release").order_by("-created_at")

"""A draft handed to another doctor: with a reason, told to her, and taken back as long as she has not opened it."""

from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.plans.models import Handover, Plan
from webapp.plans.refusing import PlanError, check_note, doctor_only

SHORTEST = 3  # letters of a reason: a dash is none


def colleagues_of(doctor: User) -> QuerySet[User]:
    """Return the active doctors besides this one, in the order of the clinic."""
    return accounts.doctors().exclude(pk=doctor.pk)


def colleague(doctor: User, pk: str) -> User:
    """Return the colleague a form names; raise PlanError for nobody, and for oneself."""
    found = colleagues_of(doctor).filter(pk=int(pk)).first() if pk.isdecimal() and len(pk) < 10 else None
    if found is None:
        raise PlanError(_("Choose a colleague who is a doctor."))
    return found


@transaction.atomic
def hand_over(*, plan_id: UUID, doctor: User, to: str, reason: str) -> Handover:
    """Return the handover of a draft; whoever it was handed to before hands it on. Raises PlanError."""
    doctor_only(doctor)
    check_note(reason)
    other = colleague(doctor, to)
    if len(reason.strip()) < SHORTEST:
        raise PlanError(_("Write why you hand it over."))
    plan = Plan.objects.select_for_update().get(pk=plan_id)
    if plan.status != Plan.Status.DRAFT:
        raise PlanError(_("Only a draft is handed over. Open the newest."))
    standing = Handover.objects.select_for_update().filter(plan=plan, taken_back_at=None).first()
    if standing is not None:
        _hand_on(standing, doctor)
    try:
        with transaction.atomic():
            made = Handover.objects.create(plan=plan, given_by=doctor, given_to=other, reason=reason.strip())
    except IntegrityError:
        raise PlanError(_("Somebody else has just handed this draft over. Look at it again.")) from None
    _record("plan.handed_over", made, doctor)
    return made


def _hand_on(standing: Handover, doctor: User) -> None:
    """End the handover there was: only who has the draft hands it on, or who gave it, while it is not opened."""
    if doctor.pk not in (standing.given_by_id, standing.given_to_id):
        raise PlanError(_("This draft was handed to another doctor, who decides what becomes of it."))
    if standing.opened_at is not None and doctor.pk == standing.given_by_id:
        raise PlanError(_("It was opened already. Ask your colleague to hand it back."))
    standing.opened_at, standing.taken_back_at = None, timezone.now()
    standing.save(update_fields=["opened_at", "taken_back_at"])


@transaction.atomic
def take_back(*, plan_id: UUID, doctor: User) -> None:
    """Take a handover back that was not opened yet; raise PlanError for any other."""
    doctor_only(doctor)
    standing = Handover.objects.select_for_update().filter(plan_id=plan_id, taken_back_at=None).first()
    if standing is None or standing.given_by_id != doctor.pk:
        raise PlanError(_("There is nothing to take back."))
    if standing.opened_at is not None:
        raise PlanError(_("It was opened already. Ask your colleague to hand it back."))
    standing.taken_back_at = timezone.now()
    standing.save(update_fields=["taken_back_at"])
    _record("plan.handover_taken_back", standing, doctor)


def opened(plan: Plan, user: User) -> Handover | None:
    """Return the handover that stands, marked as opened where its receiver looks at the plan for the first time."""
    standing = Handover.objects.select_related("given_by", "given_to").filter(plan=plan, taken_back_at=None).first()
    if standing is not None and standing.given_to_id == user.pk and standing.opened_at is None:
        Handover.objects.filter(pk=standing.pk, taken_back_at=None).update(opened_at=timezone.now())
        standing.refresh_from_db(fields=["opened_at", "taken_back_at"])
    return standing


def carry(old: Plan, new: Plan) -> None:
    """Hand a newer draft of the same patient to whoever had the one before."""
    for standing in Handover.objects.filter(plan=old, taken_back_at=None):
        Handover.objects.create(
            plan=new, given_by_id=standing.given_by_id, given_to_id=standing.given_to_id, reason=standing.reason,
            opened_at=standing.opened_at,
        )  # fmt: skip


def waiting_for(user: User) -> QuerySet[Handover]:
    """Return the drafts handed to this doctor, and those this doctor handed over that nobody has opened yet."""
    standing = Handover.objects.filter(plan__status=Plan.Status.DRAFT, taken_back_at=None)
    if not user.may("plans.sign"):
        return standing.none()
    return standing.filter(given_to=user) | standing.filter(given_by=user, opened_at=None)


def _record(verb: str, handover: Handover, actor: User) -> None:
    plan = handover.plan
    audit.record(
        actor=actor, verb=verb, patient_id=plan.patient_id, object_type="plan", object_id=str(plan.pk),
        detail={"to": str(handover.given_to_id)},
    )  # fmt: skip

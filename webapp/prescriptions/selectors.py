"""Reads of prescriptions, requests and orders: clinicians those of every patient; pharmacies who keeps them."""

from collections.abc import Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import ExpressionWrapper, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from webapp.accounts.models import User
from webapp.base import house
from webapp.plans import selectors as plans
from webapp.plans.models import Plan
from webapp.prescriptions.models import (
    DispensingOrder,
    Pharmacy,
    PharmacyChoice,
    Prescriber,
    Prescription,
    Renewal,
    Week,
)


def plan_for(user: User, pk: UUID) -> Plan | None:
    """Return a signed plan that its patient was told of and that stands, with ``released_items``, to who prescribes."""
    if not user.may("plans.sign"):
        return None
    return plans.told_by(user).filter(pk=pk, status=Plan.Status.SIGNED).first()


def newest_told(user: User, patient_id: UUID) -> Plan | None:
    """Return the plan from which a doctor prints today; None while the patient has none."""
    return plans.told_by(user).filter(patient_id=patient_id, status=Plan.Status.SIGNED).first()


def was_given(patient_id: UUID, item: UUID) -> bool:
    """Tell whether a plan that this patient was told of holds this line."""
    return plans.ever_told(patient_id).filter(items=item).exists()


def prescriptions_for(user: User) -> QuerySet[Prescription]:
    """Return every prescription to who reads plans."""
    found = Prescription.objects.select_related("patient", "issued_by", "plan")
    return found if user.may("plans.read") else found.none()


def written_for(patient_id: UUID) -> QuerySet[Prescription]:
    """Return every prescription of one patient, newest first; whoever asks has made sure who may read it."""
    return Prescription.objects.filter(patient_id=patient_id).select_related("patient", "issued_by", "plan", "item")


def batch_for(user: User, batch: UUID) -> Sequence[Prescription]:
    """Return what was printed together, in the order of the paper."""
    return list(prescriptions_for(user).filter(batch=batch).order_by("item__position", "place"))


def prescriber(user: User) -> Prescriber:
    """Return what a doctor wrote of herself; an empty one, not kept, while she has not."""
    return Prescriber.objects.filter(pk=user.pk).first() or Prescriber(user=user)


def renewals_for(user: User) -> QuerySet[Renewal]:
    """Return every request to go on with a medicine to who reads plans; patients see theirs with their medicines."""
    found = Renewal.objects.select_related("patient", "item", "plan__evaluation__release", "decided_by")
    return found if user.may("plans.read") else found.none()


def asked_for(user: User) -> QuerySet[Renewal]:
    """Return what waits for a doctor, the longest waiting first; ``checked_at``: when one last decided on it."""
    earlier = Renewal.objects.filter(item=OuterRef("item"), state=Renewal.State.APPROVED).order_by("-decided_at")
    waiting = renewals_for(user).filter(state=Renewal.State.REQUESTED).order_by("asked_at")
    return waiting.annotate(checked_at=Coalesce(Subquery(earlier.values("decided_at")[:1]), F("plan__signed_at")))


def pharmacies() -> QuerySet[Pharmacy]:
    """Return the pharmacies patients may choose among."""
    return Pharmacy.objects.filter(is_active=True)


def chosen_by(patient_id: UUID) -> UUID | None:
    """Return the pharmacy a patient has chosen, while it is offered."""
    found = PharmacyChoice.objects.filter(patient=patient_id, pharmacy__is_active=True)
    return found.values_list("pharmacy_id", flat=True).first()


def pharmacies_for(user: User) -> QuerySet[Pharmacy]:
    """Return every pharmacy there was to who keeps the list."""
    return Pharmacy.objects.all() if user.may("clinic.manage") else Pharmacy.objects.none()


def given_up_for(user: User) -> QuerySet[DispensingOrder]:
    """Return orders that could not be sent, without what they say or of whom, to who keeps the list."""
    rows = DispensingOrder.objects.filter(state=DispensingOrder.State.GIVEN_UP).select_related("pharmacy")
    rows = rows.only("pk", "state", "attempts", "error", "ordered_at", "pharmacy__name")
    return rows if user.may("clinic.manage") else rows.none()


def slips_for(user: User, today: date) -> QuerySet[Week]:
    """Return the newest week of each plan that is in force, where less was taken than the clinic asks.

    Counted is what the patient told, and only where that is half of what was due at least: silence is no slip.
    """
    told = Week.objects.filter(last_day__range=(today - timedelta(days=7), today), plan__status=Plan.Status.SIGNED)
    short = told.filter(due__lte=2 * (F("done") + F("not_done")), not_done__gt=0)
    left_out = ExpressionWrapper(F("not_done") * 100, IntegerField())
    allowed = ExpressionWrapper((F("done") + F("not_done")) * (100 - house.now().slips_below), IntegerField())
    short = short.annotate(left_out=left_out, allowed=allowed).filter(left_out__gt=F("allowed"))
    newest = Week.objects.filter(plan=OuterRef("plan")).order_by("-number").values("pk")[:1]
    found = short.filter(pk=Subquery(newest))
    return found if user.may("plans.read") else found.none()

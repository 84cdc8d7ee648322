"""Writing prescriptions: of what was signed and told, by a doctor, each kept as printed. Part of services.py."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base import house
from webapp.plans.models import Plan
from webapp.plans.terms import terms_of
from webapp.prescriptions import selectors, writing
from webapp.prescriptions.models import Prescriber, Prescription
from webapp.prescriptions.writing import OF_DOCTOR, Given, Occasion

SIGN = "plans.sign"
COLLEGE = "college"  # printed onto the form of the doctors' college


class PrescriptionError(ValueError):
    """Why something was not prescribed so, in words for who asked."""


@transaction.atomic
def issue(*, plan: Plan, batch: UUID, given: Mapping[str, Given], doctor: User, today: date) -> UUID:
    """Return ``batch`` after writing a prescription of each medicine in ``given`` (by its key); twice writes once.

    Raises PrescriptionError for who is no doctor, and where a medicine is not written or something needed is missing.
    """
    if not doctor.may(SIGN):
        raise PrescriptionError(_("Only a doctor writes prescriptions."))
    held = Plan.objects.select_for_update(no_key=True).get(pk=plan.pk)  # two clicks write one after the other
    if held.status != Plan.Status.SIGNED:
        raise PrescriptionError(_("A newer plan has been signed meanwhile. Print from that one."))
    if Prescription.objects.filter(batch=batch).exists():
        return batch
    rows = _rows(plan, given, doctor, today)
    for row in rows:
        row.batch = batch
    Prescription.objects.bulk_create(rows)
    about = {"object_type": "plan", "object_id": str(plan.pk), "detail": {"count": len(rows)}}
    audit.record(actor=doctor, verb="prescription.written", patient_id=plan.patient_id, **about)
    return batch


def _rows(plan: Plan, given: Mapping[str, Given], doctor: User, today: date) -> list[Prescription]:
    known = {one.key: one for one in writing.medicines_of(plan, terms_of(plan.evaluation, "es"))}
    chosen = [(known[key], said) for key, said in given.items() if key in known and not known[key].barred]
    if len(chosen) != len(given) or not chosen:
        raise PrescriptionError(_("Choose at least one medicine of this plan."))
    who, form = selectors.prescriber(doctor), house.now().prescription_form
    missing = writing.stopping(writing.lacking(plan.patient, who))
    if form == COLLEGE and missing:
        raise PrescriptionError(_("Nothing is printed onto the college’s form while something on it is missing."))
    at = Occasion(plan.patient, who, form, today)
    about: dict[str, Any] = {"patient": plan.patient, "plan": plan, "issued_by": doctor, "issued_at": timezone.now()}
    return [
        Prescription(
            item=medicine.item,
            place=medicine.place,
            content=writing.content_of(medicine, said, at),
            **about,
        )
        for medicine, said in chosen
    ]


@transaction.atomic
def describe(*, doctor: User, values: Mapping[str, str]) -> Prescriber:
    """Keep what a doctor says of herself; raise PrescriptionError for who is none."""
    if not doctor.may(SIGN):
        raise PrescriptionError(_("Only a doctor writes prescriptions."))
    told = {name: str(values.get(name, "")).strip() for name in OF_DOCTOR}
    made, _new = Prescriber.objects.update_or_create(user=doctor, defaults=told | {"changed_at": timezone.now()})
    audit.record(actor=doctor, verb="prescriber.described", object_type="user", object_id=str(doctor.pk))
    return made

"""Writing into the record. Part of services.py: each function checks who writes, adds its line and tells the audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base.fields import blind
from webapp.base.roles import CLINICIANS, Role
from webapp.patients.models import (
    UNKNOWN,
    AllergyIntolerance,
    Condition,
    FamilyMemberHistory,
    MedicationStatement,
    NoneRecorded,
    Observation,
    Patient,
)
from webapp.patients.record import Verification


class PatientError(ValueError):
    """A change to a patient that cannot be made; the text says why and what to do, and repeats no value."""


class NotAllowed(PermissionError):
    """This actor may not write this."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One value to be written: of which fact, from when, out of what. ``value`` is what JSON can say, never None.

    UNKNOWN as value says that the person was asked and does not know: what was said before no longer counts.
    """

    code: str
    value: Any
    effective_at: datetime
    origin: str
    unit: str = ""
    source_id: UUID | None = None


def _may_write(patient: Patient, actor: User | None) -> None:
    """Let clinicians, the patient and the system (None) write; raise NotAllowed for the rest."""
    if actor is None or actor.active_role in CLINICIANS:
        return
    if not (actor.active_role == Role.PATIENT and patient.user_id == actor.pk):
        raise NotAllowed(_("The record is written by clinicians and by the patient."))


@transaction.atomic
def record_observations(*, patient: Patient, rows: Iterable[Reading], actor: User | None) -> list[Observation]:
    """Add observations; one audit line tells how many.

    Raises PatientError for None (what nobody asked is left out) and for an UNKNOWN measurement.
    """
    _may_write(patient, actor)
    readings, now = list(rows), timezone.now()
    if any(reading.value is None for reading in readings):
        raise PatientError(_("What is not known is left out. Nothing was saved."))
    made = [_observation(patient, reading, actor, now) for reading in readings]
    if any(row.is_unknown and row.is_measured for row in made):
        raise PatientError(_("A measurement has a value. Nothing was saved."))
    try:
        with transaction.atomic():
            Observation.objects.bulk_create(made)
    except IntegrityError:
        raise PatientError(_("An observation needs the name of a fact and a date that has passed.")) from None
    if made:
        detail = {"count": len(made), "origins": sorted({str(reading.origin) for reading in readings})}
        audit.record(actor=actor, verb="observations.recorded", patient_id=patient.pk, detail=detail)
    return made


def _observation(patient: Patient, reading: Reading, actor: User | None, now: datetime) -> Observation:
    return Observation(
        patient=patient,
        code=reading.code,
        value=reading.value,
        unit=reading.unit,
        effective_at=reading.effective_at,
        origin=reading.origin,
        source_id=reading.source_id,
        recorded_by=actor,
        recorded_at=now,
    )


@transaction.atomic
def correct_observation(*, observation: Observation, value: Any, unit: str = "", actor: User | None) -> Observation:
    """Add the right value in place of a wrong one, which stays readable.

    Raises PatientError if somebody corrected it before.
    """
    patient = observation.patient
    _may_write(patient, actor)
    if value is None:
        raise PatientError(_("What is not known is left out. Nothing was saved."))
    unit = "" if value == UNKNOWN else unit or observation.unit
    reading = Reading(observation.code, value, observation.effective_at, observation.origin, unit)
    made = _observation(patient, reading, actor, timezone.now())
    made.supersedes = observation
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise PatientError(_("Somebody corrected this value already. Look at the newest one.")) from None
    _tell(actor, "observation.corrected", made)
    return made


def add_allergy(
    *, patient: Patient, code: str, text: str, actor: User | None, verification: str = Verification.UNCONFIRMED
) -> AllergyIntolerance:
    """Add an allergy or intolerance; raise PatientError if the same one is already active.

    What a patient reports stays unconfirmed until a clinician confirms it.
    """
    _only_clinicians_confirm(verification, actor)
    return _add(
        AllergyIntolerance(
            patient=patient,
            code=code,
            code_index=_once(patient, "allergyintolerance", code),
            text=text,
            verification=Verification(verification),
        ),
        actor,
    )


@transaction.atomic
def confirm_allergy(*, allergy: AllergyIntolerance, actor: User) -> None:
    """Mark an allergy as checked by a clinician."""
    _only_clinicians_confirm(Verification.CONFIRMED, actor)
    _update(allergy, "allergy.confirmed", actor, verification=Verification.CONFIRMED)


@transaction.atomic
def close_allergy(*, allergy: AllergyIntolerance, actor: User) -> None:
    """Take an allergy out of force, by a clinician only: what protects a patient is not removed by a form."""
    _only_clinicians_confirm(Verification.CONFIRMED, actor)
    _update(allergy, "allergy.closed", actor, active=False)


@transaction.atomic
def settle_allergy(*, allergy: AllergyIntolerance, confirmed: bool, actor: User) -> None:
    """Confirm what was reported, or withdraw it; raise PatientError if somebody settled it before.

    A page may have been open while another clinician confirmed the allergy: what she confirmed is not withdrawn by it.
    """
    now = AllergyIntolerance.objects.select_for_update().get(pk=allergy.pk)
    if not now.active or now.verification == Verification.CONFIRMED:
        raise PatientError(_("Somebody has settled this allergy already. Look at the record."))
    change = confirm_allergy if confirmed else close_allergy
    change(allergy=now, actor=actor)


def add_medication(
    *,
    patient: Patient,
    code: str,
    text: str,
    actor: User | None,
    dose: str = "",
    started_on: date | None = None,
) -> MedicationStatement:
    """Add a medicine or supplement the patient takes now."""
    return _add(
        MedicationStatement(patient=patient, code=code, text=text or code, dose=dose, started_on=started_on), actor
    )


@transaction.atomic
def stop_medication(*, medication: MedicationStatement, ended_on: date | None, actor: User | None) -> None:
    """Write that a medicine is no longer taken; raise PatientError if it would end before it began."""
    _may_write(medication.patient, actor)
    try:
        with transaction.atomic():
            _update(medication, "medication.stopped", actor, active=False, ended_on=ended_on)
    except IntegrityError:
        raise PatientError(_("A medicine cannot end before it began. Check the dates.")) from None


def add_condition(
    *,
    patient: Patient,
    code: str,
    actor: User | None,
    detail: dict[str, Any] | None = None,
    verification: str = Verification.UNCONFIRMED,
) -> Condition:
    """Add a disease or state of the patient; raise PatientError if the same one is already active."""
    _only_clinicians_confirm(verification, actor)
    return _add(
        Condition(
            patient=patient,
            code=code,
            code_index=_once(patient, "condition", code),
            detail=detail or {},
            verification=Verification(verification),
        ),
        actor,
    )


@transaction.atomic
def close_condition(*, condition: Condition, actor: User) -> None:
    """Write that a condition no longer holds, by a clinician only."""
    _only_clinicians_confirm(Verification.CONFIRMED, actor)
    _update(condition, "condition.closed", actor, active=False)


def add_family_history(*, patient: Patient, code: str, relation: str, actor: User | None) -> FamilyMemberHistory:
    """Add a disease of a relative; raise PatientError if it is already there."""
    index = _once(patient, "familymemberhistory", f"{code}|{relation}")
    return _add(FamilyMemberHistory(patient=patient, code=code, relation=relation, index=index), actor)


@transaction.atomic
def record_none(*, patient: Patient, topic: str, actor: User | None) -> NoneRecorded:
    """Write that somebody asked and there is none; raise PatientError while a line of that list is in force."""
    _may_write(patient, actor)
    kind = NoneRecorded.Topic(topic)
    model = {
        NoneRecorded.Topic.ALLERGIES: AllergyIntolerance,
        NoneRecorded.Topic.MEDICATIONS: MedicationStatement,
        NoneRecorded.Topic.HISTORY: Condition,
        NoneRecorded.Topic.FAMILY_HISTORY: FamilyMemberHistory,
    }[kind]
    lines = model.objects.filter(patient=patient)
    if (lines if model is FamilyMemberHistory else lines.filter(active=True)).exists():
        raise PatientError(_("The list is not empty. Close what no longer holds first."))
    return _add(NoneRecorded(patient=patient, list=kind), actor)


def _once(patient: Patient, model: str, code: str) -> bytes | None:
    """Return the digest under which this code may be active once in this patient; None where there is no code."""
    return blind(f"{patient.pk}|{code}", f"patients.{model}.code") if code else None


def _only_clinicians_confirm(verification: str, actor: User | None) -> None:
    if verification == Verification.CONFIRMED and actor is not None and actor.active_role not in CLINICIANS:
        raise NotAllowed(_("Confirming and closing is done by a clinician."))


@transaction.atomic
def _add(line: Any, actor: User | None) -> Any:
    _may_write(line.patient, actor)
    line.recorded_by, line.recorded_at = actor, timezone.now()
    try:
        with transaction.atomic():
            line.save(force_insert=True)
    except IntegrityError:
        raise PatientError(_("This is already in the record.")) from None
    _tell(actor, f"{line._meta.model_name}.added", line)
    return line


def _update(line: Model, verb: str, actor: User | None, **columns: Any) -> None:
    type(line)._default_manager.filter(pk=line.pk).update(**columns)
    for name, value in columns.items():
        setattr(line, name, value)
    _tell(actor, verb, line)


def _tell(actor: User | None, verb: str, line: Any) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        patient_id=line.patient_id,
        object_type=line._meta.model_name,
        object_id=str(line.pk),
    )

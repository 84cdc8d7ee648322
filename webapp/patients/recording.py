"""Writing into the record. Part of services.py: each function checks who writes, adds its line and tells the audit."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.cleaning import clean
from webapp.patients.lines import Entry
from webapp.patients.models import (
    UNKNOWN,
    AllergyIntolerance,
    Condition,
    FamilyMemberHistory,
    MedicationStatement,
    Observation,
    Patient,
    PreviousTreatment,
    Verification,
)
from webapp.patients.writing import (
    NotAllowed,
    PatientError,
    add_line,
    change_line,
    may_write,
    once,
    only_clinicians_confirm,
    standing,
    tell,
    verified_by,
)


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


@transaction.atomic
def record_observations(*, patient: Patient, rows: Iterable[Reading], actor: User | None) -> list[Observation]:
    """Add observations; one audit line tells how many.

    Raises PatientError for None (what nobody asked is left out) and for an UNKNOWN measurement.
    """
    may_write(patient, actor)
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
        verification=verified_by(actor),
        recorded_by=actor,
        recorded_at=now,
    )


@transaction.atomic
def correct_observation(*, observation: Observation, value: Any, unit: str = "", actor: User | None) -> Observation:
    """Add the right value in place of a wrong one, which stays readable.

    Raises PatientError if somebody corrected it before.
    """
    patient = observation.patient
    may_write(patient, actor)
    if observation.is_measured and actor is not None and not actor.may("record.write"):
        raise NotAllowed(_("A measurement is corrected by a clinician."))
    if value is None:
        raise PatientError(_("What is not known is left out. Nothing was saved."))
    unit = "" if value == UNKNOWN else unit or observation.unit
    kept = (observation.effective_at, observation.origin)
    reading = Reading(observation.code, value, *kept, unit, observation.source_id)
    return supersede(observation, _observation(patient, reading, actor, timezone.now()), "observation.corrected")


def supersede(observation: Observation, made: Observation, verb: str, **detail: str) -> Observation:
    """Store ``made`` in place of an observation; raise PatientError if another has taken its place already."""
    made.supersedes = observation
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:
        raise PatientError(_("Somebody corrected this value already. Look at the newest one.")) from None
    tell(made.recorded_by, verb, made, **detail)
    return made


def add_allergy(
    *, patient: Patient, code: str, text: str, actor: User | None, verification: str = Verification.UNCONFIRMED
) -> AllergyIntolerance:
    """Add an allergy or intolerance; raise PatientError if the same one is already active.

    What a patient reports stays unconfirmed until a clinician confirms it.
    """
    only_clinicians_confirm(verification, actor)
    return _add(
        AllergyIntolerance(
            patient=patient,
            code=code,
            code_index=once(patient, "allergyintolerance", code),
            text=text,
            verification=Verification(verification),
        ),
        actor,
    )


@transaction.atomic
def confirm_allergy(*, allergy: AllergyIntolerance, actor: User) -> None:
    """Mark an allergy as checked by a clinician."""
    only_clinicians_confirm(Verification.CONFIRMED, actor)
    _update(allergy, "allergy.confirmed", actor, verification=Verification.CONFIRMED)


@transaction.atomic
def close_allergy(*, allergy: AllergyIntolerance, actor: User) -> None:
    """Take an allergy out of force, by a clinician only: what protects a patient is not removed by a form."""
    only_clinicians_confirm(Verification.CONFIRMED, actor)
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
        MedicationStatement(
            patient=patient,
            code=code,
            text=text or code,
            dose=dose,
            started_on=started_on,
            verification=verified_by(actor),
        ),
        actor,
    )


@transaction.atomic
def stop_medication(
    *,
    medication: MedicationStatement,
    ended_on: date | None,
    actor: User | None,
    outcome: str = PreviousTreatment.Outcome.UNKNOWN,
) -> None:
    """Write that a medicine is no longer taken; raise PatientError if it would end before it began.

    What came of it, where somebody knows, is written among the previous treatments.
    """
    may_write(medication.patient, actor)
    try:
        with transaction.atomic():
            _update(medication, "medication.stopped", actor, active=False, ended_on=ended_on)
    except IntegrityError:
        raise PatientError(_("A medicine cannot end before it began. Check the dates.")) from None
    if outcome != PreviousTreatment.Outcome.UNKNOWN:
        add_previous_treatment(
            patient=medication.patient,
            code=medication.code,
            text=medication.text,
            outcome=outcome,
            started=medication.started_on.isoformat() if medication.started_on else "",
            ended=ended_on.isoformat() if ended_on else "",
            actor=actor,
        )


def add_previous_treatment(
    *,
    patient: Patient,
    text: str,
    actor: User | None,
    code: str = "",
    outcome: str = PreviousTreatment.Outcome.UNKNOWN,
    reason: str = "",
    started: str = "",
    ended: str = "",
) -> PreviousTreatment:
    """Add a medicine or regimen of earlier with what came of it; the same one may have been tried twice."""
    line = PreviousTreatment(
        patient=patient, code=code, text=text or code, outcome=outcome, reason=reason, started=started, ended=ended
    )
    line.verification = verified_by(actor)
    return _add(line, actor)


def add_condition(
    *,
    patient: Patient,
    code: str,
    actor: User | None,
    detail: dict[str, Any] | None = None,
    verification: str = Verification.UNCONFIRMED,
) -> Condition:
    """Add a disease or state of the patient; raise PatientError if the same one is already active."""
    only_clinicians_confirm(verification, actor)
    return _add(
        Condition(
            patient=patient,
            code=code,
            code_index=once(patient, "condition", code),
            detail=detail or {},
            verification=Verification(verification),
        ),
        actor,
    )


@transaction.atomic
def close_condition(*, condition: Condition, actor: User) -> None:
    """Write that a condition no longer holds, by a clinician only."""
    only_clinicians_confirm(Verification.CONFIRMED, actor)
    _update(condition, "condition.closed", actor, active=False)


def add_family_history(*, patient: Patient, code: str, relation: str, actor: User | None) -> FamilyMemberHistory:
    """Add a disease of a relative; raise PatientError if it is already there."""
    index = once(patient, "familymemberhistory", f"{code}|{relation}")
    return _add(
        FamilyMemberHistory(
            patient=patient, code=code, relation=relation, index=index, verification=verified_by(actor)
        ),
        actor,
    )


def _add(line: Any, actor: User | None) -> Any:
    may_write(line.patient, actor)
    return add_line(clean(line), actor)


def _update(line: Entry, verb: str, actor: User | None, **columns: Any) -> None:
    """Change the line that stands; raise PatientError where another has taken its place meanwhile."""
    standing(line)
    change_line(line, actor, **columns)
    tell(actor, verb, line)

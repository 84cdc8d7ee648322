"""What the desk changes in a record, and the assessment that follows from it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language

from webapp.accounts.models import User
from webapp.desk.kinds import Kind
from webapp.patients import services as patients
from webapp.patients.models import DiagnosticReport, Observation, Patient
from webapp.plans import tasks
from webapp.plans.lines import terms_now
from webapp.results import services as results

MEASURE, IDENTITY = "measure", "identity"
_SAYINGS = {"none": patients.record_none, "whole": patients.record_whole, "more": patients.record_doubt}


@transaction.atomic
def add(*, kind: Kind, patient: Patient, given: Mapping[str, Any], actor: User, today: date) -> Any:
    """Return the new line; raise PatientError if it is there already."""
    line = kind.add(patient=patient, actor=actor, **given)
    tasks.after_change(patient_id=patient.pk, what=kind.history, today=today)
    return line


@transaction.atomic
def correct(*, kind: Kind, line: Any, given: Mapping[str, Any], actor: User, today: date) -> Any:
    """Return the line that takes the place of ``line``; raise PatientError if another did so meanwhile."""
    made = patients.correct(line=line, actor=actor, **given)
    tasks.after_change(patient_id=line.patient_id, what=kind.history, today=today)
    return made


@transaction.atomic
def confirm(*, kind: Kind, line: Any, actor: User, today: date) -> None:
    """Mark a line as checked with the patient."""
    patients.confirm(line=line, actor=actor)
    tasks.after_change(patient_id=line.patient_id, what=kind.history, today=today)


@transaction.atomic
def close(*, kind: Kind, line: Any, given: Mapping[str, Any], actor: User, today: date) -> None:
    """Write that a line no longer holds from a day on."""
    if kind.close is None:
        raise patients.PatientError("nothing of this kind ends")
    kind.close(line, actor, dict(given))
    tasks.after_change(patient_id=line.patient_id, what=kind.history, today=today)


@transaction.atomic
def take_back(*, kind: Kind, line: Any, reason: str, actor: User, today: date) -> None:
    """Mark a line as entered in error."""
    patients.enter_in_error(line=line, actor=actor, reason=reason)
    tasks.after_change(patient_id=line.patient_id, what=kind.history, today=today)


@transaction.atomic
def say_of_list(*, kind: Kind, said: str, patient: Patient, actor: User, today: date) -> None:
    """Write what somebody says of a list as a whole: ``none``, ``whole`` (there is no more) or ``more`` (maybe)."""
    _SAYINGS[said](patient=patient, topic=kind.topic, actor=actor)
    tasks.after_change(patient_id=patient.pk, what=kind.history, today=today)


@transaction.atomic
def measure(*, patient: Patient, reading: patients.Reading, actor: User, today: date) -> None:
    """Add a measurement; one of a laboratory is a result, which its patient reads once it is released."""
    if reading.origin == Observation.Origin.LAB:
        results.record([_as_result(patient, reading, today)], actor=actor, today=today)
        return
    patients.record_observations(patient=patient, rows=[reading], actor=actor)
    tasks.after_change(patient_id=patient.pk, what=MEASURE, today=today)


def _as_result(patient: Patient, reading: patients.Reading, today: date) -> results.Sheet:
    title = terms_now((get_language() or "es")[:2], today).fact(reading.code)
    value = results.Value(reading.code, reading.value, reading.unit)
    day = timezone.localdate(reading.effective_at)
    return results.Sheet(patient, DiagnosticReport.Category.LABORATORY, title, day, [value])


@transaction.atomic
def measure_again(*, row: Observation, value: Any, unit: str, actor: User, today: date) -> Observation:
    """Return the measurement that takes the place of a wrong one."""
    made = patients.correct_observation(observation=row, value=value, unit=unit, actor=actor)
    results.reopen(report_id=row.source_id, actor=actor, today=today)
    tasks.after_change(patient_id=row.patient_id, what=MEASURE, today=today)
    return made


@transaction.atomic
def measure_taken_back(*, row: Observation, reason: str, actor: User, today: date) -> None:
    """Mark a measurement as entered in error: what was measured before it counts again."""
    patients.enter_observation_in_error(observation=row, actor=actor, reason=reason)
    results.reopen(report_id=row.source_id, actor=actor, today=today)
    tasks.after_change(patient_id=row.patient_id, what=MEASURE, today=today)


@transaction.atomic
def set_identity_right(
    *, patient: Patient, given: Mapping[str, Any], shown: Mapping[str, str], actor: User, today: date
) -> None:
    """Set right who a patient is: age and sex are facts of the plan. Raises PatientError."""
    patients.correct_identity(patient=patient, actor=actor, shown=shown, **given)
    tasks.after_change(patient_id=patient.pk, what=IDENTITY, today=today)

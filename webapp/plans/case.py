"""The record of one patient as the case the engine reads: dated, and silent about what nobody recorded.

An empty list says "asked, and none": it is given only where a person wrote that down. What is missing is left out or
null, and the engine takes it for unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.utils import timezone

from webapp.patients.models import (
    AllergyIntolerance,
    Condition,
    FamilyMemberHistory,
    MedicationStatement,
    NoneRecorded,
    Observation,
    Patient,
)

Case = dict[str, Any]
DIARY_DAYS = 14
ABOUT_THE_PERSON = ("pregnant", "breastfeeding", "weight_kg", "height_cm")
DIARY = {
    "diary_stools": "stools_bristol",
    "diary_pain": "pain_0_10",
    "diary_bloating": "bloating_0_10",
    "diary_heartburn": "heartburn_0_10",
}
FREE_TEXT = ("alcohol", "diet", "medicines_badly_tolerated", "other", "plans", "stools", "weight")
SECTION = {Observation.Origin.LAB: "labs", Observation.Origin.VITAL: "vitals"}


def build(patient: Patient, today: date) -> Case:
    """Return the patient's case as of ``today``: the newest value of every fact, the last 14 days of the diary."""
    newest = _newest(patient.pk, today)
    person = {code: newest.pop(code).value if code in newest else None for code in ABOUT_THE_PERSON}
    return {
        "id": str(patient.pk),
        "as_of": today.isoformat(),
        "patient": {
            "age_years": _age(patient, today),
            "sex": _sex(patient),
            **dict.fromkeys(ABOUT_THE_PERSON),
            **person,
        },
        "allergies": _allergies(patient.pk),
        "medications": _medications(patient.pk),
        "history": _history(patient.pk),
        "family_history": _family(patient.pk),
        **_answers(newest.values()),
        "diary": _diary(patient.pk, today),
    }


def _age(patient: Patient, today: date) -> int | None:
    return patient.age_on(today) if patient.birth_date else None


def _sex(patient: Patient) -> str | None:
    return patient.sex if patient.sex in (Patient.Sex.FEMALE, Patient.Sex.MALE) else None


def _newest(patient_id: UUID, today: date) -> dict[str, Observation]:
    """Return the newest value of every fact but the diary's, by code; what was superseded does not count."""
    rows = Observation.objects.filter(patient_id=patient_id, superseded_by__isnull=True)
    rows = rows.filter(effective_at__date__lte=today).exclude(code__in=DIARY)
    found = rows.order_by("code", "-effective_at", "-recorded_at").distinct("code")
    return {row.code: row for row in found}


def day_of(row: Observation) -> date:
    """Return the day, in the clinic's time zone, a value belongs to."""
    return timezone.localtime(row.effective_at).date()


def _answers(rows: Iterable[Observation]) -> Mapping[str, Any]:
    questionnaire: Case = {}
    free_text: dict[str, str] = {}
    vitals: Case = {}
    labs: list[Case] = []
    for row in rows:
        if row.origin == Observation.Origin.LAB:
            labs.append({"name": row.code, "value": row.value, "unit": row.unit or None, "date": _iso(row)})
        elif row.code in FREE_TEXT and isinstance(row.value, str):
            free_text[row.code] = row.value
        else:
            section = vitals if row.origin == Observation.Origin.VITAL else questionnaire
            section[row.code] = _dated(row)
    return {"questionnaire": questionnaire, "free_text": free_text, "labs": labs, "vitals": vitals}


def _dated(row: Observation) -> Case:
    given = {"value": row.value, "date": _iso(row)}
    return given | {"unit": row.unit} if row.unit else given


def _iso(row: Observation) -> str:
    return day_of(row).isoformat()


def _none_recorded(patient_id: UUID, topic: str) -> bool:
    return NoneRecorded.objects.filter(patient_id=patient_id, list=topic).exists()


def _list(patient_id: UUID, topic: str, entries: Sequence[Case]) -> list[Case] | None:
    """Return what is recorded; nothing recorded is [] only if a person said so."""
    if entries:
        return list(entries)
    return [] if _none_recorded(patient_id, topic) else None


def _allergies(patient_id: UUID) -> list[Case] | None:
    rows = AllergyIntolerance.objects.filter(patient_id=patient_id, active=True).order_by("recorded_at", "pk")
    return _list(patient_id, "allergies", [_named("drug", row.code, row.text) for row in rows])


def _medications(patient_id: UUID) -> list[Case] | None:
    rows = MedicationStatement.objects.filter(patient_id=patient_id, active=True).order_by("recorded_at", "pk")
    return _list(patient_id, "medications", [_medication(row) for row in rows])


def _medication(row: MedicationStatement) -> Case:
    given = _named("drug", row.code, row.text) | {"dose": row.dose or None}
    return given | {"date": row.started_on.isoformat()} if row.started_on else given


def _named(key: str, code: str, text: str) -> Case:
    """Return one entry by its code; words that no code fits are passed on as words, never dropped."""
    return {key: code} if code else {key: None, "text": text}


def _history(patient_id: UUID) -> list[Case] | None:
    rows = Condition.objects.filter(patient_id=patient_id).order_by("recorded_at", "pk")
    return _list(patient_id, "history", [{**row.detail, "code": row.code} for row in rows])


def _family(patient_id: UUID) -> list[Case] | None:
    rows = FamilyMemberHistory.objects.filter(patient_id=patient_id).order_by("recorded_at", "pk")
    return _list(patient_id, "family_history", [{"code": row.code, "relation": row.relation} for row in rows])


def _diary(patient_id: UUID, today: date) -> Case | None:
    """Return the last fourteen days ending today, None on days not filled in; None without a single day."""
    first = today - timedelta(days=DIARY_DAYS - 1)
    rows = Observation.objects.filter(
        patient_id=patient_id, code__in=DIARY, superseded_by__isnull=True, effective_at__date__range=(first, today)
    ).order_by("effective_at", "recorded_at")
    days = {(row.code, (day_of(row) - first).days): row.value for row in rows}
    if not days:
        return None
    series = {name: _series(days, code) for code, name in DIARY.items()}
    return {"days": DIARY_DAYS, **series}


def _series(days: Mapping[tuple[str, int], Any], code: str) -> list[Any] | None:
    values = [days.get((code, day)) for day in range(DIARY_DAYS)]
    return values if any(value is not None for value in values) else None

"""The results of the demo clinic: the months behind released by their doctors, a few of these days still waiting."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from webapp.accounts.models import User
from webapp.patients.models import Patient
from webapp.patients.titles import LABORATORY as UNTITLED
from webapp.plans.lines import terms_now
from webapp.results import ruling
from webapp.results import services as results
from webapp.results.models import Mode, Release

LABORATORY = "Laboratorio Clínico del Parque"
STOOL_DAYS = 3
# Who has something new: key of the patient, how many days ago, values with the ends the laboratory printed.
WAITING: dict[str, tuple[int, list[tuple[str, Any, str, tuple[float | None, float | None] | tuple[()]]]]] = {
    "patient05": (1, [("faecal_calprotectin", 182, "ug/g", (None, 50)), ("crp", 9.4, "mg/L", (None, 5))]),
    "patient01": (0, [("ferritin", 41, "ng/mL", ()), ("hb", 13.6, "g/dL", (12, 15.5))]),
    "patient03": (0, [("potassium", 6.6, "mmol/L", (3.5, 5.1)), ("creatinine", 1.4, "mg/dL", ())]),
}


def rules(director: User, today: date) -> None:
    """Let the director decide once: texts approved as proposed, stool tests out after some days."""
    ruling.approve_proposed(actor=director, terms=terms_now("es", today))
    ruling.decide(kind="stool", mode=Mode.AFTER_DAYS, days=STOOL_DAYS, actor=director)


def written(patient: Patient, rows: list[list[Any]], doctor: User) -> None:
    """Write down a report of the past and release it: who has a portal reads it today."""
    values = [results.Value(code, value, unit) for code, value, unit in rows]
    today = timezone.localdate()
    sheet = results.Sheet(patient, "laboratory", str(UNTITLED), today, values, LABORATORY)
    [one] = results.record([sheet], actor=doctor, today=today)
    if one.state == Release.State.WAITING:
        results.release(report_id=one.pk, shown=one.revision, actor=doctor)


def waiting(patients: dict[str, Patient], doctors: dict[str, User], today: date) -> list[Patient]:
    """Leave what waits for a doctor: in range, out of range, and critical; return whose it is."""
    return [_waits(patients[key], doctors[key], today, *told) for key, told in WAITING.items() if key in patients]


def _waits(patient: Patient, doctor: User, today: date, ago: int, rows: list[Any]) -> Patient:
    values = [results.Value(*row) for row in rows]
    day = today - timedelta(days=ago)
    sheet = results.Sheet(patient, "laboratory", str(UNTITLED), day, values, LABORATORY)
    results.record([sheet], actor=doctor, today=today)
    return patient

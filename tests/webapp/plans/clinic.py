"""The shipped protocols on the shelf, and the sample patients as records: what the engine really drafts from."""

import json
from datetime import datetime, time
from pathlib import Path
from typing import Any

from django.utils import timezone

from rules import services as shelf
from rules.models import Release
from tests.webapp.plans.factories import a_patient, this_day, years_ago
from tests.webapp.shelves import Kept, take_published
from webapp.patients import services as patients
from webapp.patients.models import Patient

ROOT = Path(__file__).resolve().parents[3]
NEEDED = {"alarm_upper", "dyspepsia", "h_pylori", "reflux", "ibs"}


def noon() -> datetime:
    return datetime.combine(this_day(), time(12), timezone.get_default_timezone())


def _load() -> None:
    take_published(ROOT / "protocols_yaml")
    assert set(shelf.edition(Release.objects.get().digest).protocols) >= NEEDED


_kept = Kept(_load)


def publish() -> str:
    """Put the shipped protocols on the shelf; return the digest of the set in force."""
    _kept.put()
    return Release.objects.get().digest


def says(patient: Patient, **values: Any) -> None:
    """Record what a patient answered today."""
    rows = [patients.Reading(code, value, noon(), "questionnaire") for code, value in values.items()]
    patients.record_observations(patient=patient, rows=rows, actor=None)


def lab(patient: Patient, code: str, value: Any, unit: str = "") -> None:
    rows = [patients.Reading(code, value, noon(), "lab", unit)]
    patients.record_observations(patient=patient, rows=rows, actor=None)


def nothing(patient: Patient, *topics: str) -> None:
    for topic in topics:
        patients.record_none(patient=patient, topic=topic, actor=None)


def a_dyspeptic_woman() -> Patient:
    """Sample s02: 36 years, dyspepsia, no alarm features, takes nothing."""
    patient = a_patient(birth_date=years_ago(36))
    nothing(patient, "allergies", "medications", "history", "family_history")
    says(
        patient, dyspepsia=True, duration_weeks=8, dysphagia=False, weight_loss=False, vomiting=False, gi_bleeding=False
    )
    return patient


def on_warfarin() -> Patient:
    """Sample s06: a man of 58 with H. pylori who takes warfarin."""
    patient = a_patient("Ricardo", "Esteban Mora", birth_date=years_ago(58), sex="male")
    nothing(patient, "allergies", "history", "family_history")
    patients.add_medication(patient=patient, code="warfarin", text="warfarina", dose="5 mg", actor=None)
    lab(patient, "h_pylori_stool_antigen", "positive", "qualitative")
    says(patient, alcohol="Una botella de vino los fines de semana")
    return patient


def codes(evaluation: Any, state: str = "") -> set[str]:
    items = json.loads(evaluation.result)["items"]
    return {item["code"] for item in items if not state or item["state"] == state}

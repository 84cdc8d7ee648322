"""The record of one patient as the case the engine reads: dated, and silent about what nobody recorded.

An empty list says "asked, and none": it is given only where a person wrote that down. A list of which nobody said that
it is all ends in an entry without a name. What is missing is left out or null, and the engine takes it for unknown.
"""

from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from engine.facts import fold
from engine.language.documents import Edition
from webapp.patients import selectors
from webapp.patients.models import FamilyMemberHistory, MedicationStatement, NoneRecorded, Observation, Patient
from webapp.patients.selectors import Record
from webapp.plans import treatments

Case = dict[str, Any]
Topic = NoneRecorded.Topic
DIARY_DAYS = 14
ABOUT_THE_PERSON = ("pregnant", "breastfeeding", "weight_kg", "height_cm")
DIARY = {
    "diary_stools": "stools_bristol",
    "diary_pain": "pain_0_10",
    "diary_bloating": "bloating_0_10",
    "diary_heartburn": "heartburn_0_10",
}
FREE_TEXT = ("alcohol", "diet", "medicines_badly_tolerated", "other", "plans", "stools", "weight")
IN_OWN_WORDS = (*FREE_TEXT, "main_complaint")


def build(patient: Patient, today: date, record: Record | None = None) -> Case:
    """Return the patient's case as of ``today``: the newest value of every fact, the last 14 days of the diary."""
    record = record or selectors.contents_of(patient)
    past = [row for row in record.observations if day_of(row) <= today]
    newest = selectors.newest_by_code(row for row in past if row.code not in DIARY)
    person = {code: _said(newest.pop(code)) if code in newest else None for code in ABOUT_THE_PERSON}
    return {
        "id": str(patient.pk),
        "as_of": today.isoformat(),
        "patient": {"age_years": patient.age_on(today), "sex": _sex(patient), **person},
        **_lists(record),
        **_tried(record, today),
        **_answers(newest[code] for code in sorted(newest)),
        "diary": _diary(past, today),
        "decided": _decided(patient, newest),
    }


def fit(case: Case, edition: Edition) -> Case:
    """Return the case in the words of one library: what it has no name for is passed on as text, or left out.

    A list entry nobody can code makes its list incomplete; a value no rule could read is no part of the case.
    """
    facts = edition.vocabulary.facts
    known = {**case}
    for section in ("questionnaire", "vitals"):
        known[section] = {name: value for name, value in case[section].items() if name in facts}
    known["labs"] = [entry for entry in case["labs"] if entry["name"] in facts]
    known["decided"] = [name for name in case.get("decided", ()) if name in facts]
    for section, fact in edition.vocabulary.lists.items():
        if case.get(section):
            words = set(facts[fact].choices or edition.formulary.names)
            known[section] = [_recognised(entry, words) for entry in case[section]]
    return treatments.fit(known, edition)


def _recognised(entry: Case, words: AbstractSet[str]) -> Case:
    key = "drug" if "drug" in entry else "code"
    name = entry.get(key)
    if name is None or fold(name) in words:
        return entry
    return entry | {key: None, "text": entry.get("text") or name}


def day_of(row: Observation) -> date:
    """Return the day, in the clinic's time zone, a value belongs to."""
    return timezone.localtime(row.effective_at).date()


def _sex(patient: Patient) -> str | None:
    return patient.sex if patient.sex in (Patient.Sex.FEMALE, Patient.Sex.MALE) else None


def _lists(record: Record) -> Case:
    allergies = [_named("drug", row.code, row.text) for row in record.allergies if row.active]
    medications = [_medication(row) for row in record.medications if row.active]
    history = [row.detail | {"code": row.code or None} for row in record.conditions if row.active]
    family = [_relative(row) for row in record.family_history]
    return {
        "allergies": _list(record, Topic.ALLERGIES, allergies, "drug"),
        "medications": _list(record, Topic.MEDICATIONS, medications, "drug"),
        "history": _list(record, Topic.HISTORY, history, "code"),
        "family_history": _list(record, Topic.FAMILY_HISTORY, family, "code"),
    }


def _tried(record: Record, today: date) -> Case:
    """Return what was tried before, and nothing where nobody has asked: older cases had no such section."""
    tried = treatments.before(record, today)
    return {} if tried is None else {treatments.SECTION: tried}


def _list(record: Record, topic: str, entries: Sequence[Case], key: str) -> list[Case] | None:
    """Return what is recorded, oldest first; nothing recorded is [] only if a person said so.

    Where nobody said that this is all, the list ends in an entry without a name: it is incomplete.
    """
    if entries:
        return [*reversed(entries), *([] if topic in record.whole else [{key: None, "text": "?"}])]
    return [] if topic in record.none else None


def _relative(row: FamilyMemberHistory) -> Case:
    """Return an illness of the family; one without a code is told in the words used, which stand as the relation."""
    return {"code": row.code, "relation": row.relation} if row.code else {"code": None, "text": row.relation}


def _medication(row: MedicationStatement) -> Case:
    given = _named("drug", row.code, row.text) | {"dose": row.dose or None}
    return given | {"date": row.started_on.isoformat()} if row.started_on else given


def _named(key: str, code: str, text: str) -> Case:
    """Return one entry by its code with the words used; words that no code fits are never dropped."""
    return {key: code or None, "text": text}


def _answers(rows: Iterable[Observation]) -> Case:
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
            section[row.code] = _said(row)
    return {"questionnaire": questionnaire, "free_text": free_text, "labs": labs, "vitals": vitals}


def _decided(patient: Patient, newest: Mapping[str, Observation]) -> list[str]:
    """Return the yes/no facts that the clinic answered after the patient's last words, which yield to that."""
    written = [row.effective_at for code, row in newest.items() if code in IN_OWN_WORDS]
    return sorted(
        code
        for code, row in newest.items()
        if written and isinstance(row.value, bool) and row.effective_at > max(written) and _by_clinic(row, patient)
    )


def _by_clinic(row: Observation, patient: Patient) -> bool:
    return row.recorded_by_id is not None and row.recorded_by_id != patient.user_id


def _said(row: Observation) -> Case | None:
    """Return a value with its day; null where the person does not know, whatever was said before."""
    return None if row.is_unknown else _dated(row)


def _dated(row: Observation) -> Case:
    given = {"value": row.value, "date": _iso(row)}
    return given | {"unit": row.unit} if row.unit else given


def _iso(row: Observation) -> str:
    return day_of(row).isoformat()


def _diary(past: Iterable[Observation], today: date) -> Case | None:
    """Return the last fourteen days ending today, None on days not filled in; None without a single day."""
    first = today - timedelta(days=DIARY_DAYS - 1)
    days: dict[tuple[str, int], Any] = {}
    for row in past:  # newest first
        if row.code in DIARY and day_of(row) >= first:
            days.setdefault((row.code, (day_of(row) - first).days), None if row.is_unknown else row.value)
    if all(value is None for value in days.values()):
        return None
    return {"days": DIARY_DAYS, **{name: _series(days, code) for code, name in DIARY.items()}}


def _series(days: Mapping[tuple[str, int], Any], code: str) -> list[Any] | None:
    values = [days.get((code, day)) for day in range(DIARY_DAYS)]
    return values if any(value is not None for value in values) else None

"""From a response that was sent to the record: dated observations and the lists, and nothing that was not said."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.utils import timezone

from engine.facts import fold
from engine.language.documents import Question
from webapp.accounts.models import User
from webapp.intake.answers import LISTS, MEDICATIONS, TREATMENTS, Stored
from webapp.intake.facts import Sheet, code_of, plain_value
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import selectors as patient_selectors
from webapp.patients import services as patients
from webapp.patients.models import UNKNOWN, MedicationStatement, Observation, PreviousTreatment

Entry = Mapping[str, Any]
NOON = time(12)


def write(response: QuestionnaireResponse, sheet: Sheet, actor: User, now: datetime) -> None:
    """Write what was answered to the questions shown; answers a changed branch has hidden are left out."""
    said = [(question, sheet.answers[question.item]) for question in sheet.questions if question.item in sheet.answers]
    moment = _moment(response, now)
    values = [pair for pair in said if pair[0].kind not in LISTS]
    _write_values(response, values, moment, actor)
    if response.for_day:
        _end_taken_back(response, sheet, actor)
    record = patient_selectors.contents_of(response.patient)
    for question, stored in said:
        if question.kind in LISTS:
            _write_list(record, question.kind, stored, actor)
            _write_doubt(response, record, question.kind, stored, actor)


def _moment(response: QuestionnaireResponse, now: datetime) -> datetime:
    """Return when the values hold: now, or at noon of the day that is told of from memory."""
    if response.for_day is None or response.for_day == timezone.localdate(now):
        return now
    return datetime.combine(response.for_day, NOON, tzinfo=timezone.get_current_timezone())


def _write_values(
    response: QuestionnaireResponse, said: Sequence[tuple[Question, Stored]], moment: datetime, actor: User
) -> None:
    named = _named(said)
    origin = Observation.Origin.DIARY if response.for_day else Observation.Origin.QUESTIONNAIRE
    earlier = _earlier(response) if response.for_day else {}
    corrected = {code: value for code, value, _unit in named if code in earlier}
    rows = [
        patients.Reading(code, value, moment, origin, unit, response.pk)
        for code, value, unit in named
        if code not in corrected
    ]
    patients.record_observations(patient=response.patient, rows=rows, actor=actor)
    for code, value in corrected.items():
        if earlier[code].value != value:
            patients.correct_observation(observation=earlier[code], value=value, actor=actor)


def _end_taken_back(response: QuestionnaireResponse, sheet: Sheet, actor: User) -> None:
    """End what an earlier page of this day said where this one's answer was taken out or is not asked any more."""
    out = {past.item for past in response.past_answers.all()} - sheet.answers.keys()
    questions = [found for item in out if (found := sheet.book.question(item))]
    earlier = _earlier(response) if questions else {}
    for code in sorted({code_of(question) for question in questions} & earlier.keys()):
        if not earlier[code].is_unknown:
            patients.correct_observation(observation=earlier[code], value=UNKNOWN, actor=actor)


def _named(said: Sequence[tuple[Question, Stored]]) -> list[tuple[str, Any, str]]:
    """Return code, value and unit of every answer; "I don't know" is said too, so that an older value ends.

    Free words without a fact share one code, and none of them takes the place of another.
    """
    values = [(question, plain_value(question, stored), stored.get("unit", "")) for question, stored in said]
    known = [(code_of(question), value, unit) for question, value, unit in values if value is not None]
    unknown = {code_of(question) for question, value, _unit in values if value is None and question.fact}
    return known + [(code, UNKNOWN, "") for code in sorted(unknown - {code for code, _value, _unit in known})]


def _earlier(response: QuestionnaireResponse) -> dict[str, Observation]:
    """Return what the diary already holds for that day, so that a correction takes its place."""
    standing = patient_selectors.observations_of(response.patient).filter(
        origin=Observation.Origin.DIARY, effective_at__date=response.for_day
    )
    return patient_selectors.newest_by_code(standing)


def _write_list(record: patient_selectors.Record, kind: str, stored: Stored, actor: User) -> None:
    if stored.get("unknown"):
        return
    entries: Sequence[Entry] = stored.get("entries", ())
    if kind == MEDICATIONS:
        went = {one["key"]: one["result"] for one in stored.get("stopped", ())}
        _medications(record, entries, actor, went)
    else:
        _WRITERS[kind](record, entries, actor)
    patients.record_asked(patient=record.patient, topic=kind, actor=actor)


def _write_doubt(
    response: QuestionnaireResponse, record: patient_selectors.Record, kind: str, stored: Stored, actor: User
) -> None:
    """Write that a person does not know what stands in a list, so that an old "none" ends; or knows it again."""
    doubt = bool(stored.get("unknown"))
    if doubt or kind in record.unsure:
        value = UNKNOWN if doubt else True
        row = patients.Reading(kind, value, timezone.now(), Observation.Origin.QUESTIONNAIRE, source_id=response.pk)
        patients.record_observations(patient=record.patient, rows=[row], actor=actor)


def _new(entries: Sequence[Entry], lines: Iterable[Any]) -> list[Entry]:
    """Return the entries no line in force stands for."""
    known = {_key(line.code, getattr(line, "text", "")) for line in lines if getattr(line, "active", True)}
    return [entry for entry in entries if _key(entry["code"], entry["text"]) not in known]


def _key(code: str | None, text: str) -> str:
    return code or fold(text)


def _allergies(record: patient_selectors.Record, entries: Sequence[Entry], actor: User) -> None:
    for entry in _new(entries, record.allergies):
        patients.add_allergy(patient=record.patient, code=entry["code"] or "", text=entry["text"], actor=actor)


def _medications(
    record: patient_selectors.Record, entries: Sequence[Entry], actor: User, went: Mapping[str, str]
) -> None:
    """Add what is new; what the patient once wrote and no longer names has ended, as ``went`` says how it went.

    A clinician's lines stay.

    They also stay where a clinician fills in: nobody can tell a line heard from the patient from one of the clinic.
    """
    named, own = {_key(entry["code"], entry["text"]) for entry in entries}, record.patient.user_id
    for line in record.medications:
        if line.active and own and line.recorded_by_id == own and _changed(line, named, entries):
            outcome = (
                "unknown" if _key(line.code, line.text) in named else went.get(_key(line.code, line.text), "unknown")
            )
            patients.stop_medication(medication=line, ended_on=timezone.localdate(), outcome=outcome, actor=actor)
    for entry in _new(entries, record.medications):
        patients.add_medication(
            patient=record.patient, code=entry["code"] or "", text=entry["text"], dose=entry["dose"], actor=actor
        )


def _changed(line: MedicationStatement, named: set[str], entries: Sequence[Entry]) -> bool:
    key = _key(line.code, line.text)
    if key not in named:
        return True
    doses = {entry["dose"] for entry in entries if _key(entry["code"], entry["text"]) == key}
    return bool(doses - {"", line.dose})


def _history(record: patient_selectors.Record, entries: Sequence[Entry], actor: User) -> None:
    known = {_key(line.code, line.detail.get("text", "")) for line in record.conditions if line.active}
    for entry in entries:
        if _key(entry["code"], entry["text"]) not in known:
            patients.add_condition(
                patient=record.patient, code=entry["code"] or "", detail={"text": entry["text"]}, actor=actor
            )


def _family(record: patient_selectors.Record, entries: Sequence[Entry], actor: User) -> None:
    """Add what is new; an illness no code fits is kept in the words used, beside the relation."""
    known = {_key(line.code, line.relation) for line in record.family_history}
    for entry in entries:
        if _key(entry["code"], entry["text"]) not in known:
            relation = "first_degree" if entry["code"] else entry["text"]
            patients.add_family_history(
                patient=record.patient, code=entry["code"] or "", relation=relation, actor=actor
            )


def _treatments(record: patient_selectors.Record, entries: Sequence[Entry], actor: User) -> None:
    """Add what is new; what came of a treatment is set right where nobody of the clinic has confirmed the line."""
    standing = {_key(line.code, line.text): line for line in record.previous_treatments if line.active}
    for entry in entries:
        line, outcome = standing.get(_key(entry["code"], entry["text"])), entry.get("result", "unknown")
        if line is None:
            patients.add_previous_treatment(
                patient=record.patient, code=entry["code"] or "", text=entry["text"], outcome=outcome, actor=actor
            )
        elif outcome not in ("unknown", line.outcome):
            _judge(line, outcome, actor)


def _judge(line: PreviousTreatment, outcome: str, actor: User) -> None:
    """Write what the patient says came of a treatment; beside what a clinician wrote, as another line."""
    if line.is_confirmed:
        patients.add_previous_treatment(
            patient=line.patient, code=line.code, text=line.text, outcome=outcome, actor=actor
        )
    else:
        patients.correct(line=line, actor=actor, outcome=outcome)


_WRITERS = {
    "allergies": _allergies,
    TREATMENTS: _treatments,
    "history": _history,
    "family_history": _family,
}

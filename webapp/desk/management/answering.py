"""Patients of the demo clinic who answer: the questionnaires of the shelf, and months of diary pages at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.http import QueryDict
from django.utils import timezone

from engine.language.documents import Question, Questionnaire
from rules import selectors as shelf
from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.intake import selectors, services
from webapp.intake.answers import LISTS, MARK_UNKNOWN, NONE, UNKNOWN, Stored, given_in, read
from webapp.intake.facts import Sheet, code_of
from webapp.intake.models import Answer, QuestionnaireResponse
from webapp.patients import selectors as records
from webapp.patients import services as patients
from webapp.patients.lists import RECORD_LISTS
from webapp.patients.models import Observation, Patient

Status = QuestionnaireResponse.Status
Page = Sequence[Any]  # day, Bristol types, pain, bloating, heartburn
UNITS = {"weight_before_kg": "kg"}  # of what is told at a visit; the rest has none
FACTS = ("diary_stools", "diary_pain", "diary_bloating", "diary_heartburn")


def _of_kind(kind: str) -> Questionnaire | None:
    found = (one for one in selectors.questionnaires().values() if one.kind == kind)
    return min(found, key=lambda one: one.name, default=None)


@dataclass(frozen=True)
class Told:
    """What a patient would say: ``answers`` by fact; ``otherwise`` what yes-or-no questions get that it leaves out."""

    answers: Mapping[str, Any]
    otherwise: str = MARK_UNKNOWN


def fill_in(patient: Patient, name: str, told: Told, stop_after: int | None, today: date) -> None:
    """Fill in a questionnaire as its patient would, and send it unless the person stops after some items.

    What the patient tells beyond its questions is written down by the responsible doctor.
    """
    if name not in selectors.questionnaires():
        return
    actor = patient.user
    response = services.start(patient=patient, questionnaire=name, actor=actor, language=patient.language, today=today)
    if stop_after is None:
        record = records.contents_of(patient)
        sheet = _answered(response, _with_record(record, told), record)
        _write_the_rest(patient, sheet, told)
        _keep(response, sheet)
        services.submit(response_id=response.pk, actor=actor, today=today)
    else:
        _begin_only(response, actor, told, stop_after)


def _with_record(record: records.Record, told: Told) -> Told:
    """Return the story and, behind it, what the record holds: a weight once measured is known at home too."""
    known = {code: line.value for code, line in record.current.items()}
    return Told({**known, **told.answers}, told.otherwise)


def _answered(response: QuestionnaireResponse, told: Told, record: records.Record) -> Sheet:
    """Return the sheet with every question answered; what an answer opens is asked in the next round."""
    sheet = selectors.sheet_of(response)
    while asked := sheet.open_questions:
        sheet = replace(
            sheet, answers={**sheet.answers, **{one.item: _said(one, sheet, told, record) for one in asked}}
        )
    return sheet


def _said(question: Question, sheet: Sheet, told: Told, record: records.Record) -> Stored:
    if question.kind in LISTS:
        entries = _entries(question.kind, record)
        return {"entries": entries} if entries else NONE
    given = given_in(question.item, _form(question, told))
    return read(question, sheet.book.spec(question), given, None) or UNKNOWN


def _entries(kind: str, record: records.Record) -> list[dict[str, Any]]:
    """Return what stands in the record already, as the patient would name it."""
    return [
        {"code": line.code, "text": getattr(line, "text", "") or line.code, "dose": getattr(line, "dose", "")}
        for line in RECORD_LISTS[kind].lines_in(record)
    ]


def _keep(response: QuestionnaireResponse, sheet: Sheet) -> None:
    """Write the answers at once; those that raise a red flag one by one, since each is told to the clinic."""
    raising = {item for item, _instruction in sheet.red_flags()}
    quiet = [(item, value) for item, value in sheet.answers.items() if item not in raising]
    now = timezone.now()
    Answer.objects.bulk_create(
        Answer(response=response, item=item, value=value, answered_at=now) for item, value in quiet
    )
    for item in raising:
        form = QueryDict(mutable=True)
        form[item] = "yes" if sheet.answers[item]["value"] is True else str(sheet.answers[item]["value"])
        services.save_answer(response_id=response.pk, item=item, form=form, actor=response.patient.user)


def _write_the_rest(patient: Patient, sheet: Sheet, told: Told) -> None:
    asked = {code_of(question) for group in sheet.book.questionnaire.groups for question in group.questions}
    elsewhere = {
        question.fact
        for one in selectors.questionnaires().values()
        if one.kind == "score"
        for group in one.groups
        for question in group.questions
    }
    rest = {code: value for code, value in told.answers.items() if code not in asked | elsewhere}
    write_down(patient, rest, patient.general_practitioner)


def write_down(patient: Patient, answers: Mapping[str, Any], doctor: User) -> None:
    """Write what was said at a visit into the record, by the doctor who heard it."""
    now = timezone.now()
    rows = [
        patients.Reading(code, value, now, Observation.Origin.STAFF, UNITS.get(code, ""))
        for code, value in answers.items()
    ]
    if rows:
        patients.record_observations(patient=patient, rows=rows, actor=doctor)


def _begin_only(response: QuestionnaireResponse, actor: User, told: Told, stop_after: int) -> None:
    for _once in range(stop_after):
        fresh = QuestionnaireResponse.objects.get(pk=response.pk)
        question = selectors.sheet_of(fresh).open_questions[0]
        form = _form(question, told)
        services.save_answer(response_id=response.pk, item=question.item, form=form, actor=actor)


def _form(question: Question, told: Told) -> QueryDict:
    """Return what the page would send; what the story does not tell is "I don't know", or "no" where it says so."""
    form = QueryDict(mutable=True)
    value = told.answers.get(code_of(question))
    if question.kind == "yes_no":
        form[question.item] = told.otherwise if value is None else "yes" if value else "no"
    elif value is None or not _fits(question, value):
        form[question.item] = MARK_UNKNOWN
    else:
        form[question.item] = str(value)
        form[f"{question.item}-unit"] = question.unit or ""
    return form


def _fits(question: Question, value: Any) -> bool:
    if question.kind == "choice":
        return value in {option.code for option in question.options}
    return question.kind in ("scale", "integer", "decimal", "quantity", "text")


def write_diary(patient: Patient, actor: User, pages: Sequence[tuple[datetime, Page]]) -> None:
    """Write diary pages as sent on their evenings: responses and answers for a patient with a login, and the record."""
    diary = _of_kind("diary") if actor.active_role == Role.PATIENT else None
    sources = [uuid4() for _page in pages]
    if diary:
        _write_responses(patient, actor, diary, list(zip(sources, pages, strict=True)))
    rows = [
        patients.Reading(fact, value, moment, Observation.Origin.DIARY, source_id=source if diary else None)
        for source, (moment, page) in zip(sources, pages, strict=True)
        for fact, value in zip(FACTS, page[1:], strict=True)
    ]
    patients.record_observations(patient=patient, rows=rows, actor=actor)


def _write_responses(
    patient: Patient, actor: User, diary: Questionnaire, pages: list[tuple[Any, tuple[datetime, Page]]]
) -> None:
    release = shelf.release_of()
    version = shelf.version("questionnaire", diary.name, release=release)
    made = [
        QuestionnaireResponse(
            id=source,
            patient=patient,
            version=version,
            release=release,
            questionnaire=diary.name,
            for_day=timezone.localtime(moment).date(),
            language=patient.language,
            started_at=moment - timedelta(minutes=1),
        )
        for source, (moment, _page) in pages
    ]
    QuestionnaireResponse.objects.bulk_create(made)
    items = {question.fact: question.item for group in diary.groups for question in group.questions}
    Answer.objects.bulk_create(
        Answer(response_id=source, item=items[fact], value={"value": value}, answered_at=moment)
        for source, (moment, page) in pages
        for fact, value in zip(FACTS, page[1:], strict=True)
        if fact in items
    )
    for response in made:
        response.status, response.completed_by = Status.COMPLETED, actor
        response.completed_at = response.started_at + timedelta(minutes=1)
    QuestionnaireResponse.objects.bulk_update(made, ["status", "completed_by", "completed_at"])

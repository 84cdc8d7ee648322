"""Patients of the demo clinic who answer: the intake questionnaire item by item, and months of diary pages at once."""

from collections.abc import Sequence
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
from webapp.intake.answers import MARK_NONE, MARK_UNKNOWN
from webapp.intake.models import Answer, QuestionnaireResponse
from webapp.patients import services as patients
from webapp.patients.models import Observation, Patient

Status = QuestionnaireResponse.Status
Page = Sequence[Any]  # day, Bristol types, pain, bloating, heartburn
FACTS = ("diary_stools", "diary_pain", "diary_bloating", "diary_heartburn")


def _of_kind(kind: str) -> Questionnaire | None:
    found = (one for one in selectors.questionnaires().values() if one.kind == kind)
    return min(found, key=lambda one: one.name, default=None)


def fill_in(patient: Patient, actor: User, answers: dict[str, Any], stop_after: int | None, today: date) -> None:
    """Answer the intake questionnaire as a person would, and send it unless the person stops after some items."""
    asked = _of_kind("intake")
    if asked is None:
        return
    response = services.start(
        patient=patient, questionnaire=asked.name, actor=actor, language=patient.language, today=today
    )
    given = 0
    while (question := _next(response)) and given != stop_after:
        form = _form(question, answers)
        services.save_answer(response_id=response.pk, item=question.item, form=form, actor=actor)
        given += 1
    if stop_after is None:
        services.submit(response_id=response.pk, actor=actor, today=today)


def _next(response: QuestionnaireResponse) -> Question | None:
    fresh = QuestionnaireResponse.objects.get(pk=response.pk)
    return next(iter(selectors.sheet_of(fresh).open_questions), None)


def _form(question: Question, answers: dict[str, Any]) -> QueryDict:
    """Return what the page would send; what the story does not tell is "I don't know"."""
    form = QueryDict(mutable=True)
    value = answers.get(question.fact or question.item)
    if question.kind in ("allergies", "medications", "history", "family_history"):
        form[question.item] = MARK_NONE
    elif isinstance(value, bool):
        form[question.item] = "yes" if value else "no"
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

"""Reads of questionnaires and of what was answered: a patient the own ones, a clinician those of the clinic."""

from dataclasses import replace
from datetime import date
from math import ceil
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from engine.language.documents import Questionnaire
from rules import selectors as shelf
from rules import services as shelf_services
from webapp.accounts.models import User
from webapp.base.roles import Role
from webapp.intake.answers import Stored
from webapp.intake.facts import Book, Sheet
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.patients.models import Patient

Status = QuestionnaireResponse.Status
FILL_IN = "intake.fill"
ASKED = {"es": "Unas preguntas de su clínica", "en": "A few questions of your clinic"}


def responses_for(user: User) -> QuerySet[QuestionnaireResponse]:
    """Return the responses this user may read."""
    rows = QuestionnaireResponse.objects.select_related("patient", "version", "release", "completed_by")
    rows = rows.defer("version__text")
    if user.active_role == Role.PATIENT or user.may("record.read"):
        return rows.filter(patient__in=patients.patients_for(user))
    return rows.none()


def fillable_by(user: User) -> QuerySet[QuestionnaireResponse]:
    """Return the responses this user may fill in: a patient the own ones, a clinician those of the clinic."""
    mine = responses_for(user)
    return mine if user.active_role == Role.PATIENT or user.may(FILL_IN) else mine.none()


def may_fill_in(user: User, patient: Patient) -> bool:
    """Whether this user may begin a questionnaire of this patient: the own one, or with leave to fill in for others."""
    if user.active_role == Role.PATIENT:
        return patient.user_id == user.pk
    return user.may(FILL_IN) and patients.patients_for(user).filter(pk=patient.pk).exists()


def questionnaires() -> dict[str, Questionnaire]:
    """Return what can be filled in today, by name; empty while nothing is published."""
    if shelf.current_release() is None:
        return {}
    return dict(shelf_services.edition().questionnaires)


def book_of(response: QuestionnaireResponse) -> Book:
    """Return the very version this response was begun with, whatever has been published since."""
    digest = response.release.digest
    found = [
        one
        for one in shelf_services.library(digest).questionnaires
        if (one.name, one.version) == (response.questionnaire, response.version.version)
    ]
    return Book(asked_of(response, found[0]), shelf_services.edition(digest), shelf_services.program(digest))


def asked_of(response: QuestionnaireResponse, whole: Questionnaire) -> Questionnaire:
    """Return the questionnaire of a response: the whole, or the few questions a doctor asked for."""
    if response.only is None:
        return whole
    wanted = frozenset(response.only)
    groups = [
        replace(group, questions=tuple(one for one in group.questions if one.item in wanted)) for group in whole.groups
    ]
    count = sum(len(group.questions) for group in whole.groups)
    minutes = max(1, ceil(whole.minutes * len(wanted) / max(1, count)))
    return replace(whole, title=ASKED, minutes=minutes, groups=tuple(group for group in groups if group.questions))


def answers_of(response: QuestionnaireResponse) -> dict[str, Stored]:
    return {answer.item: answer.value for answer in response.answers.all()}


def sheet_of(response: QuestionnaireResponse, book: Book | None = None) -> Sheet:
    """Return the response as it stands now."""
    day = timezone.localdate(response.completed_at) if response.completed_at else timezone.localdate()
    person = person_of(response.patient, day)
    return Sheet(book or book_of(response), answers_of(response), person, response.for_day or day)


def person_of(patient: Patient, day: date) -> dict[str, Any]:
    """Return what branching may know of a person without asking: age and sex."""
    sex = patient.sex if patient.sex in (Patient.Sex.FEMALE, Patient.Sex.MALE) else None
    return {"age_years": patient.age_on(day) if patient.birth_date else None, "sex": sex}


def diary_days(patient: Patient, since: date) -> dict[date, QuestionnaireResponse]:
    """Return the newest sent diary page of each day, by day."""
    pages = QuestionnaireResponse.objects.filter(patient=patient, status=Status.COMPLETED, for_day__gte=since).order_by(
        "for_day", "completed_at"
    )
    return {page.for_day: page for page in pages if page.for_day}

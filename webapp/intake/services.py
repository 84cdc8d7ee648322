"""What a patient does with a questionnaire: begin it, answer, take an answer back, send it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from engine.language.documents import Question, RedFlag
from rules import selectors as shelf
from webapp.accounts.models import User
from webapp.alerts import selectors as alert_list
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.intake import lists, selectors, writing
from webapp.intake.answers import LISTS, Stored, given_in, read
from webapp.intake.facts import Book, Sheet
from webapp.intake.models import Answer, QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.plans import services as plans
from webapp.plans import tasks

TREATMENT = "treatment"
DAYS_BACK = 7  # how long a day of the diary may still be written down, from memory
Status = QuestionnaireResponse.Status


class IntakeError(ValueError):
    """Why this cannot be done now, in words for the patient."""


class ConsentMissing(IntakeError):
    """The treatment consent in force was not accepted: nothing is asked before."""


class AlreadySent(IntakeError):
    """The questionnaire was sent, here or in another window; its answers are kept as they were."""


class UnknownItem(IntakeError):
    """The questionnaire has no such question, or does not ask it of this person."""


class Unfinished(IntakeError):
    """Questions that need an answer (if only "I don't know") are open; ``items`` names them."""

    def __init__(self, items: Sequence[str]) -> None:
        super().__init__(_("Some questions still need an answer. “I don’t know” is an answer too."))
        self.items = tuple(items)


@dataclass(frozen=True, slots=True)
class Raised:
    """A red flag that an answer raised, and when the clinic was told; None if it could not be told."""

    question: Question
    flag: RedFlag
    told_at: datetime | None


def start(
    *, patient: Patient, questionnaire: str, actor: User, language: str, today: date, for_day: date | None = None
) -> QuestionnaireResponse:
    """Return the response to go on with: the open one, or a new one on the version published now.

    A diary page needs its day, today or up to seven days back. Raises ConsentMissing before the consent,
    IntakeError for a questionnaire or day that cannot be filled in.
    """
    _must_consent(patient)
    known = selectors.questionnaires().get(questionnaire)
    if known is None:
        raise IntakeError(_("This questionnaire is no longer in use."))
    if (known.kind == "diary") != (for_day is not None):
        raise IntakeError(_("A diary page belongs to a day."))
    if for_day and not today - timedelta(days=DAYS_BACK) <= for_day <= today:
        raise IntakeError(_("The diary can be filled in up to %(days)s days back.") % {"days": DAYS_BACK})
    try:
        with transaction.atomic():
            going_on = _open(patient, questionnaire, for_day)
            return going_on or _begin(
                patient, questionnaire, actor=actor, language=language, today=today, for_day=for_day
            )
    except IntegrityError:  # begun in two windows at once: both go on with the same one
        return QuestionnaireResponse.objects.get(
            patient=patient, questionnaire=questionnaire, for_day=for_day, status=Status.IN_PROGRESS
        )


def _must_consent(patient: Patient) -> None:
    if not patients.has_current_consent(patient, TREATMENT):
        raise ConsentMissing(_("Before any question, please read how we use your answers, and decide."))


def _open(patient: Patient, questionnaire: str, for_day: date | None) -> QuestionnaireResponse | None:
    rows = QuestionnaireResponse.objects.filter(patient=patient, questionnaire=questionnaire, for_day=for_day)
    return rows.filter(status=Status.IN_PROGRESS).select_related("patient", "version", "release").first()


def _begin(
    patient: Patient, questionnaire: str, *, actor: User, language: str, today: date, for_day: date | None
) -> QuestionnaireResponse:
    release = shelf.release_of()
    response = QuestionnaireResponse.objects.create(
        patient=patient,
        version=shelf.version("questionnaire", questionnaire, release=release),
        release=release,
        questionnaire=questionnaire,
        for_day=for_day,
        recalled=for_day is not None and for_day < today,
        language=language,
        started_at=timezone.now(),
    )
    if for_day:
        _copy_earlier(response)
    _record("response.started", response, actor)
    return response


def _copy_earlier(response: QuestionnaireResponse) -> None:
    """Begin a correction with what that day's page said."""
    earlier = selectors.diary_days(response.patient, response.for_day or date.max).get(response.for_day or date.max)
    if earlier is None or earlier.version_id != response.version_id:
        return
    now = timezone.now()
    Answer.objects.bulk_create(
        Answer(response=response, item=answer.item, value=answer.value, answered_at=now)
        for answer in earlier.answers.all()
    )


def save_answer(*, response_id: UUID, item: str, form: Mapping[str, Any], actor: User) -> list[Raised]:
    """Keep what a form says to one item and return the red flags this has raised, most urgent first.

    When this returns, the answer is committed. Raises NotAccepted with a question back, UnknownItem, AlreadySent or
    ConsentMissing, and then nothing is changed.
    """
    with transaction.atomic():
        response, book = _locked(response_id, actor)
        before = selectors.sheet_of(response, book)
        question = _asked(before, item)
        stored = before.answers.get(item)
        value = _value(question, book, form, stored)
        if value == stored:
            return []
        _keep(response, item, value)
        answers = {**before.answers, item: value}
        if value is None:
            del answers[item]
        raised = _newly_raised(before, replace(before, answers=answers))
        return [Raised(one, flag, _alert(response, one, flag, answers[one.item], actor)) for one, flag in raised]


def _locked(response_id: UUID, actor: User) -> tuple[QuestionnaireResponse, Book]:
    rows = selectors.responses_for(actor).select_for_update(of=("self",))
    response = rows.get(pk=response_id)
    if response.status != Status.IN_PROGRESS:
        raise AlreadySent(_("You have sent this questionnaire already. Your answers are kept."))
    _must_consent(response.patient)
    return response, selectors.book_of(response)


def _asked(sheet: Sheet, item: str) -> Question:
    found = next((one for one in sheet.questions if one.item == item), None)
    if found is None:
        raise UnknownItem(_("This question is not asked any more."))
    return found


def _value(question: Question, book: Book, form: Mapping[str, Any], stored: Stored | None) -> Stored | None:
    if question.kind in LISTS:
        return lists.apply(question, book.edition, lists.change_in(question.item, form), stored)
    return read(question, book.spec(question), given_in(question.item, form), stored)


def _keep(response: QuestionnaireResponse, item: str, value: Stored | None) -> None:
    if value is None:
        response.answers.filter(item=item).delete()
        return
    Answer.objects.update_or_create(
        response=response, item=item, defaults={"value": value, "answered_at": timezone.now()}
    )


def _newly_raised(before: Sheet, after: Sheet) -> list[tuple[Question, RedFlag]]:
    known = before.red_flags()
    return [pair for key, pair in after.red_flags().items() if key not in known]


def _alert(
    response: QuestionnaireResponse, question: Question, flag: RedFlag, said: Stored, actor: User
) -> datetime | None:
    """Tell the clinic and return when; None if that could not be written, so that the page does not claim it."""
    text = {language: _alert_words(response, question, flag, language) for language in ("es", "en")}
    try:
        with transaction.atomic():
            alert = alerts.raise_(
                patient_id=response.patient_id,
                rule=_rule(response, question, flag),
                code=flag.alert,
                urgency=flag.urgency,
                text=text,
                facts={"response": str(response.pk), "item": question.item, "value": said},
                actor=actor,
            )
    except DatabaseError:  # the instruction on the screen matters more than the line in our list
        return None
    return alert.last_raised_at


def _rule(response: QuestionnaireResponse, question: Question, flag: RedFlag) -> str:
    return f"{response.questionnaire}.{question.item}.{flag.instruction}"[:120]


def raised_by(response: QuestionnaireResponse, item: str) -> list[Raised]:
    """Return the red flags the answer to an item raises as it stands, and what the clinic's list says of each."""
    flags = [pair for pair in selectors.sheet_of(response).red_flags().values() if pair[0].item == item]
    return [Raised(question, flag, _told(response, question, flag)) for question, flag in flags]


def _told(response: QuestionnaireResponse, question: Question, flag: RedFlag) -> datetime | None:
    return alert_list.told_since(response.patient_id, _rule(response, question, flag), response.started_at)


def _alert_words(response: QuestionnaireResponse, question: Question, flag: RedFlag, language: str) -> str:
    book = selectors.book_of(response)
    title = book.questionnaire.instructions[flag.instruction].title
    return f"{question.text.get(language, question.item)} — {title.get(language, flag.instruction)}"


def take_back(*, response_id: UUID, item: str, actor: User) -> None:
    """Open a question again whose answer was a mistake. The alert stays: a person closes it."""
    with transaction.atomic():
        response, book = _locked(response_id, actor)
        _asked(selectors.sheet_of(response, book), item)
        _keep(response, item, None)
        _record("response.answer_taken_back", response, actor)


def submit(*, response_id: UUID, actor: User, today: date) -> bool:
    """Send the response: into the record, then to the engine. Return whether this call was the one that sent it.

    Sending twice makes one. Raises Unfinished or ConsentMissing, and then nothing is written. Once this returns the
    answers are in the record whatever the engine made of them: the assessment also waits as a job.
    """
    if not _complete(response_id, actor, today):
        return False
    response = QuestionnaireResponse.objects.get(pk=response_id)
    plans.assess(patient_id=response.patient_id, because=_because(response), today=today, actor=actor)
    return True


@transaction.atomic
@audit.together()
def _complete(response_id: UUID, actor: User, today: date) -> bool:
    try:
        response, book = _locked(response_id, actor)
    except AlreadySent:
        return False
    sheet = selectors.sheet_of(response, book)
    if sheet.must_answer:
        raise Unfinished([question.item for question in sheet.must_answer])
    now: datetime = timezone.now()
    writing.write(response, sheet, actor, now)
    response.status, response.completed_at, response.completed_by = Status.COMPLETED, now, actor
    response.save(update_fields=["status", "completed_at", "completed_by"])
    _record("response.submitted", response, actor, answers=len(sheet.answers))
    tasks.enqueue(patient_id=response.patient_id, because=_because(response), today=today)
    return True


def _because(response: QuestionnaireResponse) -> str:
    return "diary" if response.for_day else "questionnaire"


def _record(verb: str, response: QuestionnaireResponse, actor: User, **detail: object) -> None:
    audit.record(
        actor=actor,
        verb=verb,
        patient_id=response.patient_id,
        object_type="questionnaire_response",
        object_id=str(response.pk),
        detail={"questionnaire": response.questionnaire, **detail},
    )

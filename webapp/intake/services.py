"""What a patient does with a questionnaire: begin it, answer, take an answer back, send it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.language.documents import Question
from rules import selectors as shelf
from webapp.accounts.models import User
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.intake import flags, keeping, known, lists, selectors, writing
from webapp.intake.answers import KEEP_ANY, LISTS, NotAccepted, Stored, given_in, read
from webapp.intake.facts import Book, Sheet
from webapp.intake.flags import Raised
from webapp.intake.keeping import Delivery, Moment
from webapp.intake.models import Answer, PastAnswer, QuestionnaireResponse
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.plans import services as plans
from webapp.plans import tasks

TREATMENT = "treatment"
DAYS_BACK = 7  # how long a day of the diary may still be written down, from memory
Status = QuestionnaireResponse.Status
NO_CONSENT_FOR = gettext_lazy(
    "The patient has not agreed to the treatment text in force. Nothing is asked before: the consent comes first."
)


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
class Saved:
    """What saving an answer has done."""

    raised: Sequence[Raised] = ()  # red flags, most urgent first
    gone: frozenset[str] = frozenset()  # items whose answers no longer count: their questions are not asked any more
    back: frozenset[str] = frozenset()  # items whose earlier answers count again
    late: str = ""  # why it was put aside: a newer answer stands, or the questionnaire was sent


def start(
    *, patient: Patient, questionnaire: str, actor: User, language: str, today: date, for_day: date | None = None
) -> QuestionnaireResponse:
    """Return the response to go on with: the open one, or a new one on the version published now.

    A diary page needs its day, today or up to seven days back. Raises ConsentMissing before the consent,
    IntakeError for a questionnaire or day that cannot be filled in, Patient.DoesNotExist for a patient who is not
    the ``actor`` nor one the actor may fill it in for.
    """
    if not selectors.may_fill_in(actor, patient):
        raise Patient.DoesNotExist
    must_consent(patient)
    asked = selectors.questionnaires().get(questionnaire)
    if asked is None:
        raise IntakeError(_("This questionnaire is no longer in use."))
    if (asked.kind == "diary") != (for_day is not None):
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


def must_consent(patient: Patient) -> None:
    """Raise ConsentMissing for a patient who has not agreed to the treatment text in force."""
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
        Answer(response=response, item=answer.item, value=answer.value, answered_at=now, language=answer.language)
        for answer in earlier.answers.all()
    )


def save_answer(
    *, response_id: UUID, item: str, form: Mapping[str, Any], actor: User, delivery: Delivery = keeping.AT_ONCE
) -> Saved:
    """Keep what a form says to one item, and return what that has done.

    When this returns, the answer is committed; the same delivery again changes nothing. Raises NotAccepted with a
    question back, UnknownItem, AlreadySent or ConsentMissing, and then nothing is changed; a response ``actor`` may
    not fill in does not exist for them.
    """
    with transaction.atomic():
        response, book = _locked(response_id, actor, sent_too=delivery.kept)
        if not keeping.is_new(response, delivery):
            return Saved(flags.raised_by(response, item))
        before = selectors.sheet_of(response, book)
        question = _asked(before, item, late_too=delivery.kept)
        value = _value(question, response, before, form, delivery)
        moment = keeping.moment_of(response, actor, delivery)
        if value == before.answers.get(item):
            return Saved()
        if delivery.kept and (reason := _too_late(response, before, item, form, moment)):
            return _put_aside(response, before, (question, value), moment, reason)
        keeping.put(response, item, value, moment)
        settled = keeping.follow(response, before.having(item, value))
        raised = flags.raise_new(response, before, settled.sheet, actor)
        return Saved(raised, settled.gone, settled.back)


def _too_late(
    response: QuestionnaireResponse, before: Sheet, item: str, form: Mapping[str, Any], moment: Moment
) -> str | None:
    """Return why an answer that waited on a device cannot count any more. Names for a list are added all the same."""
    if response.status != Status.IN_PROGRESS:
        return PastAnswer.Because.AFTER_SENDING
    if item not in {one.item for one in before.questions}:
        return PastAnswer.Because.HIDDEN
    if not lists.change_in(item, form).names and keeping.is_overtaken(response, item, moment):
        return PastAnswer.Because.LATE
    return None


def _put_aside(
    response: QuestionnaireResponse, before: Sheet, said: tuple[Question, Stored | None], moment: Moment, because: str
) -> Saved:
    """Keep a late answer beside the one that counts. A red flag in it is told to the clinic like any other."""
    question, value = said
    if value is None or keeping.same(value, before.answers.get(question.item)):
        return Saved()
    keeping.put_aside(response, question.item, value, moment, because)
    return Saved(flags.raise_late(response, before, question, value, moment.actor), late=because)


def _locked(response_id: UUID, actor: User, sent_too: bool = False) -> tuple[QuestionnaireResponse, Book]:
    rows = selectors.fillable_by(actor).select_for_update(of=("self",))
    response = rows.get(pk=response_id)
    if response.status != Status.IN_PROGRESS and not sent_too:
        raise AlreadySent(_("You have sent this questionnaire already. Your answers are kept."))
    must_consent(response.patient)
    return response, selectors.book_of(response)


def _asked(sheet: Sheet, item: str, late_too: bool = False) -> Question:
    asked = next((one for one in sheet.questions if one.item == item), None)
    found = asked or (sheet.book.question(item) if late_too else None)
    if found is None:
        raise UnknownItem(_("This question is not asked any more."))
    return found


def _value(
    question: Question, response: QuestionnaireResponse, sheet: Sheet, form: Mapping[str, Any], delivery: Delivery
) -> Stored | None:
    book, stored = sheet.book, sheet.answers.get(question.item)
    if form.get(f"{question.item}-still") == "yes":
        return _still(question, response, sheet)
    if question.kind in LISTS:
        return lists.apply(question, book.edition, lists.change_in(question.item, form), stored)
    given = given_in(question.item, form)
    given = replace(given, keep=KEEP_ANY) if delivery.kept else given
    return read(question, book.spec(question), given, stored)


def _still(question: Question, response: QuestionnaireResponse, sheet: Sheet) -> Stored:
    """Return what was told before as the answer of today, with the day it was told."""
    found = known.known_to(response, sheet, [question]).get(question.item)
    if found is None:
        raise NotAccepted(_("Please answer this one again."))
    return {**found.value, "since": found.day.isoformat()}


def take_back(*, response_id: UUID, item: str, actor: User) -> None:
    """Open a question again whose answer was a mistake. The alert stays: a person closes it."""
    with transaction.atomic():
        response, book = _locked(response_id, actor)
        sheet = selectors.sheet_of(response, book)
        _asked(sheet, item)
        keeping.put(response, item, None, keeping.moment_of(response, actor, keeping.AT_ONCE))
        keeping.follow(response, sheet.having(item, None))
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
    alerts.done(patient_id=response.patient_id, questionnaire=response.questionnaire, now=now)
    tasks.enqueue(patient_id=response.patient_id, because=_because(response), today=today)
    return True


def note_reading(*, response: QuestionnaireResponse, actor: User, path: str) -> None:
    """Write that somebody else than the patient opened these answers."""
    if response.patient.user_id != actor.pk:
        audit.record(actor=actor, verb="response.viewed", patient_id=response.patient_id, path=path)


def note_patient(*, patient: Patient, actor: User, path: str) -> None:
    audit.record(actor=actor, verb="patient.identity_viewed", patient_id=patient.pk, path=path)


def _because(response: QuestionnaireResponse) -> str:
    if response.only is not None:
        return "asked"
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

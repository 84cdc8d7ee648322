"""What the patient's own pages gather from the other apps; the portal keeps nothing of its own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.core.paginator import Page, Paginator
from django.db.models import Count, QuerySet
from django.db.models.functions import TruncMonth

from engine.language.documents import Questionnaire
from rules import services as shelf
from rules.selectors import current_release
from webapp.accounts.models import User
from webapp.intake import screens
from webapp.intake import selectors as intake
from webapp.intake.models import QuestionnaireResponse
from webapp.patients.models import Patient
from webapp.plans import selectors as plans
from webapp.plans.sheets import Emergency, Sheet, emergency_in, sheet_of
from webapp.plans.terms import terms_of
from webapp.portal.diary import DAYS, Diary, diary_of

SENT = QuestionnaireResponse.Status.COMPLETED
A_PAGE = 30  # questionnaires on one page of the own answers
Known = Mapping[str, Questionnaire]


@dataclass(frozen=True, slots=True)
class Task:
    """A questionnaire to fill in: begun (``response``) or not."""

    name: str
    title: str
    minutes: int
    response: QuestionnaireResponse | None = None


@dataclass(frozen=True)
class Home:
    patient: Patient
    task: Task | None  # the one thing to do now
    more: Sequence[Task]
    diary_name: str | None
    diary_done: bool
    diary: Diary
    sheet: Sheet | None
    waiting: bool  # answers were sent and no plan is signed yet


def home_of(user: User, patient: Patient, today: date, language: str) -> Home:
    """Return what a patient's first page shows."""
    responses = list(intake.responses_for(user).order_by("-started_at"))
    pages = {one.for_day: one.recalled for one in responses if one.for_day and one.status == SENT}
    known = intake.questionnaires()
    tasks = _tasks(known, responses, language)
    sheet = sheet_for(user, language)
    sent_intake = any(one.status == SENT and one.for_day is None for one in responses)
    return Home(
        patient=patient,
        task=tasks[0] if tasks and (tasks[0].response or not sent_intake) else None,
        more=_more(known, responses, language) if sent_intake else [],
        diary_name=_diary_in(known),
        diary_done=today in pages,
        diary=diary_of(patient, today, pages),
        sheet=sheet,
        waiting=sent_intake and sheet is None,
    )


def _more(known: Known, responses: Sequence[QuestionnaireResponse], language: str) -> list[Task]:
    """Return what may be filled in besides; before the first questionnaire it would only be in its way."""
    return [task for task in _scores(known, language) if not any(_is_open(one, task.name) for one in responses)]


def _is_open(response: QuestionnaireResponse, name: str) -> bool:
    return response.questionnaire == name and response.status != SENT


def _tasks(known: Known, responses: Sequence[QuestionnaireResponse], language: str) -> list[Task]:
    """Return begun questionnaires first, then the intake if it was never sent."""
    begun = [one for one in responses if one.status != SENT and one.for_day is None]
    tasks = [
        _task(intake.asked_of(one, known[one.questionnaire]), language, one)
        for one in begun
        if one.questionnaire in known
    ]
    done = {one.questionnaire for one in responses if one.only is None}
    return tasks + [_task(one, language) for one in known.values() if one.kind == "intake" and one.name not in done]


def _scores(known: Known, language: str) -> list[Task]:
    return [_task(one, language) for one in known.values() if one.kind == "score"]


def _task(found: Questionnaire, language: str, response: QuestionnaireResponse | None = None) -> Task:
    return Task(found.name, screens.words(found.title, language), found.minutes, response)


def _diary_in(known: Known) -> str | None:
    return next((one.name for one in known.values() if one.kind == "diary"), None)


def diary_name() -> str | None:
    """Return the name of the diary in use, None if none is published."""
    return _diary_in(intake.questionnaires())


def diary_for(patient: Patient, today: date) -> Diary:
    pages = intake.diary_days(patient, today - timedelta(days=DAYS))
    return diary_of(patient, today, {day: page.recalled for day, page in pages.items()})


def sheet_for(user: User, language: str) -> Sheet | None:
    """Return the signed plan of the person who asks, as the patient reads it; None while there is none."""
    plan = plans.signed_for(user).first()
    if plan is None:
        return None
    terms = terms_of(plan.evaluation, language)
    return sheet_of(plan, terms, emergency_in(terms.edition, language) or _emergency_now(language))


def _emergency_now(language: str) -> Emergency | None:
    """Return the text in force, for a plan whose library is older than the text."""
    return emergency_in(shelf.edition(), language) if current_release() else None


@dataclass(frozen=True, slots=True)
class Answered:
    """A questionnaire in the list of the own answers."""

    response: QuestionnaireResponse
    title: str

    @property
    def sent(self) -> bool:
        return self.response.status == SENT


@dataclass(frozen=True)
class Answers:
    """One page of the own answers, newest first; ``page`` knows those around it.

    The days of the diary stand by ``months``, (first day, days written); those of one month where it was asked for.
    """

    rows: Sequence[Answered]
    page: Page
    months: Sequence[tuple[date, int]] = ()
    month: date | None = None


def answered_by(user: User, language: str, number: str, asked: str = "") -> Answers:
    """Return a page of what a person answered, by the titles of the versions answered; the nearest page there is.

    ``asked``: a month of the diary, "2026-11".
    """
    answers, month = intake.responses_for(user), _month(asked)
    if month:
        found = answers.filter(for_day__year=month.year, for_day__month=month.month).order_by("-for_day", "pk")
    else:
        found = answers.filter(for_day=None).order_by("-started_at", "pk")
    page = Paginator(found, A_PAGE).get_page(number)
    rows = [Answered(row, row.version.report["title"].get(language) or row.questionnaire) for row in page]
    return Answers(rows, page, () if month else _months(answers), month)


def _month(text: str) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01")
    except ValueError:
        return None


def _months(answers: QuerySet[QuestionnaireResponse]) -> list[tuple[date, int]]:
    days = answers.exclude(for_day=None).annotate(month=TruncMonth("for_day")).order_by("-month")
    return list(days.values_list("month").annotate(days=Count("pk")))

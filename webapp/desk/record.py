"""One patient on one page: everything a clinician may see, or who it is for the front desk."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from webapp.accounts import selectors as accounts
from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import Alert
from webapp.desk import measures
from webapp.desk.kinds import KINDS, Kind
from webapp.desk.measures import Sheets
from webapp.intake import selectors as intake
from webapp.patients import selectors as patients
from webapp.patients.lists import is_long_ago
from webapp.patients.models import Consent, Patient
from webapp.patients.selectors import Record
from webapp.plans import case, trends
from webapp.plans import selectors as plans
from webapp.plans.lines import detail_of, name_of, terms_now
from webapp.plans.models import Plan, PlanItem
from webapp.plans.terms import Terms, words
from webapp.results.selectors import sheets_of

Words = str | Promise
M = TypeVar("M", bound=Model)
MOST_KEYS = 9
A_SECTION = 20  # lines of a list shown on the page; the rest follow on the page of the whole list
_LINES: Mapping[str, Callable[[Record], Sequence[Any]]] = {
    "allergies": lambda record: record.allergies,
    "medications": lambda record: record.medications,
    "treatments": lambda record: record.previous_treatments,
    "conditions": lambda record: record.conditions,
    "family": lambda record: record.family_history,
    "procedures": lambda record: record.care.procedures if record.care else (),
    "stays": lambda record: record.care.encounters if record.care else (),
    "reports": lambda record: record.care.reports if record.care else (),
    "documents": lambda record: record.care.documents if record.care else (),
    "contacts": lambda record: record.care.contacts if record.care else (),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A line of one of the record's lists, in words."""

    line: Any
    words: str
    detail: str
    by: str
    own: bool  # the patient wrote it down
    sent_in: bool = False  # a file that came from the patient, whoever has given it another title since
    sheet: UUID | None = None  # of a file or a report: the page of its values

    @property
    def unconfirmed(self) -> bool:
        return bool(self.line.active and not self.line.is_confirmed)


@dataclass(frozen=True, slots=True)
class Whole:
    """Who said that a list is complete and on which day; ``long_ago`` where one asks whether it still is."""

    day: date
    by: str
    own: bool
    long_ago: bool


@dataclass(frozen=True, slots=True)
class Section:
    """One list: what holds, what held, and what is known of it where it is empty."""

    kind: Kind
    now: Sequence[Row]
    past: Sequence[Row]
    said_none: bool = False
    unsure: bool = False
    whole: Whole | None = None

    @property
    def is_open(self) -> bool:
        """Whether the list is not all known: an empty one is no answer, and neither is one nobody said to be whole."""
        return bool(self.kind.topic and not (self.whole if self.now else self.said_none))

    @property
    def shown(self) -> Sequence[Row]:
        return self.now[:A_SECTION]

    @property
    def shown_past(self) -> Sequence[Row]:
        return self.past[:A_SECTION]

    @property
    def total(self) -> int:
        return len(self.now) + len(self.past)

    @property
    def is_long(self) -> bool:
        return max(len(self.now), len(self.past)) > A_SECTION


@dataclass(frozen=True, slots=True)
class Asked:
    """A questionnaire that was sent, by the title of the version that was asked."""

    response: Any
    title: str


@dataclass(frozen=True, slots=True)
class Sheet:
    patient: Patient
    record: Record
    age: int
    sections: Mapping[str, Section]
    labs: Sequence[measures.Value]
    answers: Sequence[measures.Value]
    not_known: Sequence[measures.Value]  # asked, and the person does not know
    asked: Sequence[Asked]
    asked_total: int
    plans: Sequence[Plan]
    plans_total: int
    standing: Sequence[Plan]  # the signed plan and the draft, however many came after them
    current: Sequence[str]  # what the signed plan says, line by line
    alerts: Sequence[Alert]
    trends: Sequence[trends.Trend]
    days_filled: int
    consents: Sequence[Consent]
    namesakes: Sequence[Patient]

    @property
    def signed(self) -> Plan | None:
        return next((plan for plan in self.standing if plan.status == Plan.Status.SIGNED), None)

    @property
    def draft(self) -> Plan | None:
        return next((plan for plan in self.standing if plan.status == Plan.Status.DRAFT), None)


def sheet_of(user: User, patient: Patient, *, language: str, today: date, path: str) -> Sheet:
    """Return the page of a patient; reading it is written into the audit."""
    record = patients.record_of(user, patient, path=path)
    terms = terms_now(language, today)
    sheets = sheets_of(user, patient)
    labs, answers = measures.values_of(record, terms, sheets)
    diary = case.build(patient, today, record)["diary"]
    made = plans.plans_of(user, patient.pk)
    mine, plans_total = _first(made)
    standing = list(made.filter(status__in=[Plan.Status.SIGNED, Plan.Status.DRAFT]))
    asked, asked_total = _first(sent_by(user, patient))
    return Sheet(
        patient=patient,
        record=record,
        age=patient.age_on(today),
        sections=sections_of(record, terms, sheets),
        labs=labs,
        answers=[one for one in answers if not one.unknown],
        not_known=[one for one in answers if one.unknown],
        asked=titled(asked, language),
        asked_total=asked_total,
        plans=mine,
        plans_total=plans_total,
        standing=standing,
        current=_current(standing, language),
        alerts=list(alerts.live_of(user, patient.pk)),
        trends=trends.trends_of(diary),
        days_filled=trends.days_filled(diary),
        consents=newest_consents(patient),
        namesakes=patients.namesakes_of(user, patient, path=path),
    )


def sections_of(record: Record, terms: Terms, sheets: Sheets) -> dict[str, Section]:
    """Return every list of a record by its name in addresses; one query for the names of whoever wrote.

    ``sheets`` are the pages of reports, by the number of a file or a report.
    """
    lines = {slug: list(found(record)) for slug, found in _LINES.items()}
    written = [line for some in (*lines.values(), record.whole.values()) for line in some]
    names = accounts.names_of({line.recorded_by_id for line in written if line.recorded_by_id})
    made = {slug: _section(KINDS[slug], some, record, terms, names) for slug, some in lines.items()}
    return {slug: _leading(section, sheets) for slug, section in made.items()}


def _leading(section: Section, sheets: Sheets) -> Section:
    """Return a list whose files and reports lead to the page of their values."""

    def lead(rows: Sequence[Row]) -> list[Row]:
        return [replace(row, sheet=found.pk) if (found := sheets.get(row.line.pk)) else row for row in rows]

    return replace(section, now=lead(section.now), past=lead(section.past))


def _section(kind: Kind, lines: Sequence[Any], record: Record, terms: Terms, names: Mapping[int, str]) -> Section:
    rows = [row_of(kind, line, record.patient, terms, names) for line in lines]
    return Section(
        kind=kind,
        now=[row for row in rows if row.line.active],
        past=[row for row in rows if not row.line.active],
        said_none=kind.topic in record.none,
        unsure=kind.topic in record.unsure,
        whole=_whole(kind, record, names),
    )


def _whole(kind: Kind, record: Record, names: Mapping[int, str]) -> Whole | None:
    said = record.whole.get(kind.topic)
    if said is None:
        return None
    own = said.recorded_by_id is not None and said.recorded_by_id == record.patient.user_id
    return Whole(timezone.localdate(said.recorded_at), names.get(said.recorded_by_id or 0, ""), own, is_long_ago(said))


def row_of(kind: Kind, line: Any, patient: Patient, terms: Terms, names: Mapping[int, str]) -> Row:
    """Return one line in words."""
    own = line.recorded_by_id is not None and line.recorded_by_id == patient.user_id
    sent_in = kind.holds_files and patient.user_id is not None and line.content.recorded_by_id == patient.user_id
    by = names.get(line.recorded_by_id or 0, "")
    return Row(line, name_of(line, terms), detail_of(line, terms), by, own, sent_in)


def _first(rows: QuerySet[M]) -> tuple[list[M], int]:
    """Return the lines a page shows of a list, and how many there are: counted only where there are more."""
    found = list(rows[: A_SECTION + 1])
    return found[:A_SECTION], rows.count() if len(found) > A_SECTION else len(found)


def sent_by(user: User, patient: Patient) -> QuerySet[Any]:
    """Return the questionnaires a patient sent, newest first, as far as ``user`` may read them."""
    sent = intake.responses_for(user).filter(patient=patient).exclude(completed_at=None)
    return sent.order_by("-completed_at", "-pk")


def titled(responses: Iterable[Any], language: str) -> list[Asked]:
    return [Asked(row, title_of(row, language)) for row in responses]


def title_of(response: Any, language: str) -> str | Promise:
    """Return what a questionnaire was called in the version that was asked."""
    return words((response.version.report or {}).get("title"), language) or response.questionnaire


def _current(standing: Sequence[Plan], language: str) -> list[str]:
    """Return the lines of the signed plan, as a doctor released them."""
    signed = [plan for plan in standing if plan.status == Plan.Status.SIGNED]
    if not signed:
        return []
    items = PlanItem.objects.filter(plan=signed[0], decision__in=plans.TAKEN).exclude(kind__in=("alert", "ask"))
    items = items.order_by("position")
    return [words(plans.words_of(item).get("title"), language) or item.code for item in items]


def newest_consents(patient: Patient) -> list[Consent]:
    """Return the last word on every purpose there was one about."""
    newest: dict[str, Consent] = {}
    for line in patients.ledger_of(patient):
        newest.setdefault(line.text.purpose, line)
    return list(newest.values())


def contacts_section(patient: Patient, contacts: Sequence[Any], terms: Terms) -> Section:
    """Return the contacts of a patient for whoever sees no more than who the patient is."""
    names = accounts.names_of(line.recorded_by_id for line in contacts if line.recorded_by_id)
    kind = KINDS["contacts"]
    return Section(kind, [row_of(kind, one, patient, terms, names) for one in contacts], [])


@dataclass(frozen=True, slots=True)
class Part:
    """A way to a part of the page: its place, its word, how much stands there, and the key that leads there."""

    place: str
    title: Words
    count: int | None = None
    open: bool = False  # nobody has asked yet, or the person does not know
    key: str = ""


def parts_of(sheet: Sheet) -> list[Part]:
    """Return the parts of the page in their order; the first nine have a figure as key."""
    lists = [
        Part(slug, one.kind.title, len(one.now), open=one.is_open)
        for slug, one in sheet.sections.items()
        if slug != "contacts"
    ]
    found = [
        *([Part("alerts", _("Alerts"), len(sheet.alerts))] if sheet.alerts else []),
        Part("plan", _("Current plan")),
        *lists,
        Part("labs", _("Measurements"), len(sheet.labs)),
        Part("answers", _("Answers"), len(sheet.answers)),
        Part("questionnaires", _("Questionnaires"), sheet.asked_total),
        Part("plans", _("Plans"), sheet.plans_total),
        Part("identity", _("Who it is")),
        Part("consents", _("Consents"), len(sheet.consents)),
        Part("contacts", _("Contacts"), len(sheet.sections["contacts"].now)),
    ]
    return [replace(part, key=str(place)) if place <= MOST_KEYS else part for place, part in enumerate(found, 1)]

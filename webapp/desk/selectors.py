"""The clinician's list: one row a patient who needs somebody, the riskiest first, then the one who waits longest.

Thousands of rows are sorted from plain columns alone; names and texts are decrypted for the page shown.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import RANK, Alert
from webapp.desk.choosing import Choice
from webapp.desk.instants import Name
from webapp.desk.sources import SOURCES, Reason, reasons, tabs_of
from webapp.desk.waitlist import Entry, Waitlist, gathered
from webapp.patients import selectors as patients
from webapp.patients.finding import found_among
from webapp.patients.models import Patient
from webapp.plans import monitoring
from webapp.plans import selectors as plans
from webapp.plans.models import Plan, PlanItem, Task
from webapp.plans.terms import words

PAGE = 50
NEVER = float("inf")
TABS = {"all": gettext_lazy("All"), **tabs_of(SOURCES)}
BANDS = (
    (RANK["same_day"], pgettext_lazy("worklist", "Now")),
    (RANK["urgent_2w"], pgettext_lazy("worklist", "Within 2 weeks")),
    (RANK["soon"], pgettext_lazy("worklist", "Soon")),
    (0, pgettext_lazy("worklist", "In turn")),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the page: who, why now, what the plan holds, since when."""

    entry: Entry
    patient: Patient
    headline: str
    detail: str
    plan: Any = None  # a draft with its counts
    tasks: Sequence[Task] = ()
    reasons: Sequence[Reason] = ()  # of the sources that speak for themselves


@dataclass(frozen=True, slots=True)
class Band:
    title: Any
    rows: Sequence[Row]
    total: int


def entries_for(user: User) -> Waitlist:
    """Return everybody who waits for this clinician, in order; one query a source, however many wait."""
    return gathered(user, SOURCES)


def chosen_among(user: User, entries: Waitlist, choice: Choice, now: datetime) -> Waitlist:
    """Return those a reader chose to see, whatever their kind; one query where a doctor is chosen."""
    before = choice.waits_since_before(now)
    listed = entries if before is None else entries.since_before(before)
    if not choice.doctor:
        return listed
    theirs = patients.patients_for(user).filter(general_practitioner_id=choice.doctor_id)
    return listed.of_patients(set(theirs.order_by().values_list(Name("pk"), flat=True)))


def tab_counts(entries: Waitlist) -> dict[str, int]:
    """Return how many there are under each filter."""
    counts = entries.counts()
    return {tab: len(entries) if tab == "all" else counts.get(tab, 0) for tab in TABS}


def rows_of(user: User, entries: Sequence[Entry], language: str) -> list[Row]:
    """Return the lines of one page; the number of queries does not grow with its length."""
    who = patients.patients_for(user).in_bulk([entry.patient_id for entry in entries])
    drafts = plans.drafts_for(user).in_bulk([entry.plan_id for entry in entries if entry.plan_id])
    told = alerts.alerts_for(user).in_bulk([pk for entry in entries for pk in entry.alert_ids])
    watched = monitoring.tasks_for(user).in_bulk([pk for entry in entries for pk in entry.task_ids])
    about, why = _hypotheses(drafts.values(), language), reasons(user, _by_source(entries), language)
    return [
        Row(
            entry,
            who[entry.patient_id],
            *_told(entry, told, about, language),
            drafts.get(entry.plan_id),
            [watched[pk] for pk in entry.task_ids if pk in watched],
            [why[pk] for pks in entry.waiting.values() for pk in pks if pk in why],
        )
        for entry in entries
    ]


def _by_source(entries: Iterable[Entry]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = {}
    for entry in entries:
        for source, pks in entry.waiting.items():
            found.setdefault(source, []).extend(pks)
    return found


def _hypotheses(drafts: Iterable[Plan], language: str) -> dict[UUID, str]:
    """Return what each draft takes to be the matter, in words."""
    found: dict[UUID, list[str]] = {}
    rows = PlanItem.objects.filter(plan__in=list(drafts), kind="dx").exclude(state="blocked").order_by("position")
    for item in rows:
        found.setdefault(item.plan_id, []).append(words(item.content.get("title"), language))
    return {plan: ", ".join(titles) for plan, titles in found.items()}


def _told(entry: Entry, told: dict[UUID, Alert], about: dict[UUID, str], language: str) -> tuple[str, str]:
    """Return why now, and the second line: the alerts by urgency, then what the draft takes to be the matter."""
    mine = sorted((told[pk] for pk in entry.alert_ids if pk in told), key=lambda alert: -RANK[alert.urgency])
    lines = [words(alert.text, language) for alert in mine]
    if entry.plan_id in about:
        lines.append(about[entry.plan_id])
    return (lines[0], " · ".join(lines[1:])) if lines else ("", "")


def banded(rows: Sequence[Row], entries: Waitlist) -> list[Band]:
    """Return the rows of a page under how soon they are due, each with how many there are in all."""
    found = []
    ceiling, above = NEVER, 0
    for floor, title in BANDS:
        inside, until = [row for row in rows if floor <= row.entry.rank < ceiling], entries.of_rank(floor)
        if inside:
            found.append(Band(title, inside, until - above))
        ceiling, above = floor, until
    return found


def after(entries: Waitlist, plan_id: str) -> Entry | None:
    """Return who comes after the patient of this plan, the first one for an unknown plan; None if nobody else waits."""
    place = entries.place_of("drafts", plan_id)
    if place is None:
        return entries[0] if entries else None
    return entries[(place + 1) % len(entries)] if len(entries) > 1 else None


MOST_LETTERS = 80
FOUND_AT_MOST = 30


def searched(text: str) -> str:
    """Return what somebody typed into a search as the database takes it: no zero byte, no endless word."""
    return text.replace("\0", "").strip()[:MOST_LETTERS]


def auditable_by(user: User) -> QuerySet[Patient]:
    """Return the patients about whom ``user`` may ask who looked at their record."""
    return Patient.objects.all() if user.may("audit.read") else Patient.objects.none()


def auditable(user: User, text: str) -> list[Patient]:
    """Return those of them a search finds."""
    return found_among(auditable_by(user), text)[:FOUND_AT_MOST]

"""The clinician's list: one row a patient who needs somebody, the riskiest first, then the one who waits longest.

Thousands of rows are sorted from plain columns alone; names and texts are decrypted for the page shown.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy, pgettext_lazy

from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import RANK, Alert
from webapp.desk.choosing import Choice
from webapp.desk.sources import SOURCES, Reason, Waiting, reasons, tabs_of
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


@dataclass(slots=True)
class Entry:
    """A patient in the list, by plain columns only: what waits, by the name of the source that told it."""

    patient_id: UUID
    rank: int = 0
    since: datetime | None = None  # the first thing that waits
    newest: datetime | None = None  # the last one that came
    due: datetime | None = None  # the first promise
    waiting: dict[str, list[UUID]] = field(default_factory=dict)
    tabs: set[str] = field(default_factory=set)

    def tell(self, source: str, one: Waiting) -> None:
        self.waiting.setdefault(source, []).append(one.pk)
        self.tabs |= one.tabs
        self.rank = max(self.rank, one.rank)
        if self.since is None or one.since < self.since:
            self.since = one.since
        if self.newest is None or one.since > self.newest:
            self.newest = one.since
        if one.due is not None and (self.due is None or one.due < self.due):
            self.due = one.due

    @property
    def plan_id(self) -> UUID | None:
        return next(iter(self.waiting.get("drafts", ())), None)

    @property
    def alert_ids(self) -> Sequence[UUID]:
        return self.waiting.get("alerts", ())

    @property
    def task_ids(self) -> Sequence[UUID]:
        """What a doctor said she would watch, and is due."""
        return self.waiting.get("watched", ())

    @property
    def flagged(self) -> bool:
        return "flags" in self.tabs

    @property
    def not_assessed(self) -> bool:
        return "not_assessed" in self.tabs

    def in_tab(self, tab: str) -> bool:
        return tab == "all" or tab in self.tabs


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


def entries_for(user: User) -> list[Entry]:
    """Return everybody who waits for this clinician, in order; one query a source, however many wait."""
    found: dict[UUID, Entry] = {}
    for source in SOURCES:
        for one in source.waiting(user):
            entry = found.get(one.patient_id)
            if entry is None:
                entry = found[one.patient_id] = Entry(one.patient_id)
            entry.tell(source.name, one)
    return sorted(found.values(), key=_order)


def _order(entry: Entry) -> tuple[int, float, float, str]:
    due = entry.due.timestamp() if entry.due else NEVER
    return -entry.rank, due, entry.since.timestamp() if entry.since else 0.0, str(entry.patient_id)


def chosen_among(user: User, entries: Sequence[Entry], choice: Choice, now: datetime) -> list[Entry]:
    """Return those a reader chose to see, whatever their kind; one query where a doctor is chosen."""
    listed = [entry for entry in entries if choice.waits_long_enough(entry.since, now)]
    if not choice.doctor:
        return listed
    theirs = patients.patients_for(user).filter(general_practitioner_id=choice.doctor_id)
    found = set(theirs.values_list("pk", flat=True))
    return [entry for entry in listed if entry.patient_id in found]


def stamp_of(entries: Iterable[Entry]) -> str:
    """Return what changes whenever somebody comes, goes, or waits for something else: made of plain columns alone."""
    told = hashlib.blake2b(digest_size=16)
    for entry in entries:
        told.update(entry.patient_id.bytes + bytes([entry.rank]))
        told.update(b"".join(pk.bytes for pks in entry.waiting.values() for pk in pks))
    return told.hexdigest()


def come_since(entries: Iterable[Entry], moment: datetime) -> int:
    """Return how many have something that came after a moment."""
    return sum(entry.newest is not None and entry.newest > moment for entry in entries)


def tab_counts(entries: Iterable[Entry]) -> dict[str, int]:
    found = dict.fromkeys(TABS, 0)
    for entry in entries:
        found["all"] += 1
        for tab in entry.tabs & found.keys():
            found[tab] += 1
    return found


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


def banded(rows: Sequence[Row], entries: Sequence[Entry]) -> list[Band]:
    """Return the rows of a page under how soon they are due, each with how many there are in all."""
    found = []
    ceiling = NEVER
    for floor, title in BANDS:
        inside = [row for row in rows if floor <= row.entry.rank < ceiling]
        if inside:
            found.append(Band(title, inside, sum(floor <= entry.rank < ceiling for entry in entries)))
        ceiling = floor
    return found


def after(entries: Sequence[Entry], plan_id: str) -> Entry | None:
    """Return who comes after the patient of this plan, the first one for an unknown plan; None if nobody else waits."""
    place = next((place for place, entry in enumerate(entries) if str(entry.plan_id) == plan_id), None)
    if place is None:
        return entries[0] if entries else None
    others = [*entries[place + 1 :], *entries[:place]]
    return others[0] if others else None


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

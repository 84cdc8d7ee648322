"""Who looked at a patient's record: the book in plain words, for the administration and the doctors."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _

from webapp.accounts import selectors as accounts
from webapp.audit import selectors as audit
from webapp.audit import words
from webapp.audit.models import Entry
from webapp.base.roles import Role
from webapp.patients.models import Patient

A_PAGE = 50
MOST_DIGITS = 18


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of the book: one person, from day to day; None where nothing is narrowed."""

    who: int | None = None
    first: date | None = None
    last: date | None = None

    @property
    def narrows(self) -> bool:
        return any(value is not None for value in (self.who, self.first, self.last))


def question_in(query: Mapping[str, Any]) -> Question:
    """Return the question of an address; what cannot be read narrows nothing."""
    who = str(query.get("who", ""))
    return Question(
        int(who) if who.isdecimal() and len(who) <= MOST_DIGITS else None, _day(query, "from"), _day(query, "to")
    )


def _day(query: Mapping[str, Any], name: str) -> date | None:
    try:
        return parse_date(str(query.get(name, "")))
    except ValueError:
        return None


@dataclass(frozen=True, slots=True)
class Look:
    """One line: when, who, wearing which hat, did or saw what."""

    at: datetime
    who: str
    role: str
    what: words.Words
    reading: bool

    @property
    def day(self) -> date:
        return timezone.localdate(self.at)


@dataclass(frozen=True)
class Looks:
    """One page of the book and what it can be narrowed to."""

    lines: Sequence[Look]
    page: Page
    people: Sequence[tuple[int, str]]
    asked: Question


def looks_at(patient: Patient, asked: Question, number: str) -> Looks:
    """Return a page of who looked at ``patient``; the number of queries does not grow with the book."""
    found = audit.looks_at(patient.pk, actor_id=asked.who, first=asked.first, last=asked.last)
    page = Paginator(found, A_PAGE).get_page(number)
    names = accounts.names_of(audit.actors_of(patient.pk))
    people = sorted(names.items(), key=lambda one: one[1].casefold())
    return Looks([_look(entry, names) for entry in page], page, people, asked)


def _look(entry: Entry, names: Mapping[int, str]) -> Look:
    who = names.get(entry.actor_id or 0, "")
    return Look(
        at=entry.at,
        who=who or (_("Pauta, by itself") if entry.actor_id is None else _("Somebody no longer here")),
        role=role_words(entry.actor_role),
        what=words.said(entry.verb),
        reading=words.is_reading(entry.verb),
    )


def role_words(role: str) -> str:
    """Return a hat in words; nothing for the system, which wears none."""
    return str(Role(role).label) if role in Role.values else ""

"""A list of a record too long for the patient's page: all of it, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.desk import record
from webapp.desk.kinds import KINDS
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.plans import selectors as plans
from webapp.plans.lines import terms_now
from webapp.results.selectors import sheets_of

A_PAGE = 50
QUESTIONNAIRES, PLANS = "questionnaires", "plans"
ENTRIES = KINDS.keys() - {"contacts"}


@dataclass(frozen=True, slots=True)
class LongList:
    """One page of a list of a record; ``section`` is there where its lines are entries of the record."""

    part: str
    title: str | Promise
    page: Page
    rows: Sequence[Any]
    section: record.Section | None = None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a list, in which language, on which day, at which address."""

    user: User
    language: str
    today: date
    path: str


def list_of(reader: Reader, patient: Patient, part: str, number: str) -> LongList | None:
    """Return a page of the list ``part``; None for a part that is none. Reading it is written into the audit."""
    if part in ENTRIES:
        return _entries(reader, patient, part, number)
    if part == QUESTIONNAIRES:
        return _questionnaires(reader, patient, number)
    return _plans(reader, patient, number) if part == PLANS else None


def _entries(reader: Reader, patient: Patient, part: str, number: str) -> LongList:
    found = patients.record_of(reader.user, patient, path=reader.path)
    sheets = sheets_of(reader.user, patient)
    section = record.sections_of(found, terms_now(reader.language, reader.today), sheets)[part]
    page = Paginator([*section.now, *section.past], A_PAGE).get_page(number)
    return LongList(part, section.kind.title, page, list(page), section)


def _questionnaires(reader: Reader, patient: Patient, number: str) -> LongList:
    audit.record(actor=reader.user, verb="responses.viewed", patient_id=patient.pk, path=reader.path)
    page = Paginator(record.sent_by(reader.user, patient), A_PAGE).get_page(number)
    return LongList(QUESTIONNAIRES, gettext_lazy("Questionnaires sent"), page, record.titled(page, reader.language))


def _plans(reader: Reader, patient: Patient, number: str) -> LongList:
    audit.record(actor=reader.user, verb="plans.viewed", patient_id=patient.pk, path=reader.path)
    page = Paginator(plans.plans_of(reader.user, patient.pk), A_PAGE).get_page(number)
    return LongList(PLANS, gettext_lazy("Plans"), page, list(page))

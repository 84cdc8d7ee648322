"""One patient on one page: everything a clinician may see, or who it is for the front desk."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from engine.facts import Vocabulary
from engine.formulary import Formulary
from engine.language.documents import Edition
from rules import services as shelf
from rules.selectors import ShelfError
from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import Alert
from webapp.intake import selectors as intake
from webapp.patients import selectors as patients
from webapp.patients.models import Observation, Patient
from webapp.patients.selectors import Record
from webapp.plans import case, trends
from webapp.plans import selectors as plans
from webapp.plans.models import Plan
from webapp.plans.terms import Terms

_NOTHING = Edition(Vocabulary({}, {}), Formulary({}, {}, {}, {}), {}, {}, {}, {}, "")
_CODED = ("allergies", "medications", "conditions", "family_history")


@dataclass(frozen=True, slots=True)
class Value:
    title: str
    value: str
    day: date
    origin: Any


@dataclass(frozen=True, slots=True)
class Coded:
    """A line of one of the record's lists, in words."""

    line: Any
    words: str


@dataclass(frozen=True, slots=True)
class Sheet:
    patient: Patient
    record: Record
    age: int
    allergies: Sequence[Coded]
    medications: Sequence[Coded]
    conditions: Sequence[Coded]
    family_history: Sequence[Coded]
    labs: Sequence[Value]
    answers: Sequence[Value]
    responses: Sequence[Any]
    plans: Sequence[Plan]
    alerts: Sequence[Alert]
    trends: Sequence[trends.Trend]
    days_filled: int


def terms_now(language: str, today: date) -> Terms:
    """Return the words of what is published; before anything is, codes stand as they are."""
    try:
        return Terms(shelf.edition(None, today), language)
    except ShelfError:
        return Terms(_NOTHING, language)


def sheet_of(user: User, patient: Patient, *, language: str, today: date, path: str) -> Sheet:
    """Return the page of a patient; reading it is written into the audit."""
    record = patients.record_of(user, patient, path=path)
    terms = terms_now(language, today)
    values = [row for code, row in sorted(record.current.items()) if code not in case.DIARY]
    lists = {name: [_coded(line, terms) for line in getattr(record, name)] for name in _CODED}
    diary = case.build(patient, today, record)["diary"]
    return Sheet(
        patient=patient,
        record=record,
        age=patient.age_on(today),
        **lists,
        labs=[_value(row, record, terms) for row in values if row.origin == Observation.Origin.LAB],
        answers=[_value(row, record, terms) for row in values if row.origin != Observation.Origin.LAB],
        responses=list(intake.responses_for(user).filter(patient=patient).exclude(completed_at=None)[:20]),
        plans=list(plans.plans_of(user, patient.pk)[:20]),
        alerts=list(alerts.live_of(user, patient.pk)),
        trends=trends.trends_of(diary),
        days_filled=trends.days_filled(diary),
    )


def _coded(line: Any, terms: Terms) -> Coded:
    text = getattr(line, "text", "")
    known = terms.listed(line.code) if line.code else ""
    if known and text and text.casefold() not in (known.casefold(), line.code.casefold()):
        return Coded(line, f"{known} («{text}»)")
    return Coded(line, known or text)


def _value(row: Observation, record: Record, terms: Terms) -> Value:
    """Return a value in words; of what is not known any more, also what was said before."""
    words = terms.value(row.code, row.value, row.unit)
    if row.is_unknown and (before := record.known_before(row.code)):
        earlier = terms.value(before.code, before.value, before.unit)
        day = date_format(case.day_of(before), "j b Y")
        words = _("%(now)s; before: %(value)s, %(day)s") % {"now": words, "value": earlier, "day": day}
    return Value(terms.fact(row.code), words, case.day_of(row), row.get_origin_display())

"""What stands in each section, gathered from the apps that keep it: what the patient may read, in a colleague's words.

Whoever calls has a share that is open, with this section in it.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from webapp.accounts import selectors as accounts
from webapp.patients import selectors as patients
from webapp.patients.filed import content_of
from webapp.patients.models import Encounter, Patient, Procedure
from webapp.patients.selectors import Record
from webapp.plans.lines import detail_of, name_of, terms_now
from webapp.plans.sheets import sheet_of
from webapp.plans.terms import Terms, terms_of
from webapp.prescriptions import medicines, papers
from webapp.prescriptions import selectors as prescriptions
from webapp.prescriptions.models import Prescription
from webapp.results import presenting
from webapp.results import selectors as results
from webapp.sharing import diary

A_PAGE = 10  # reports
Words = str | Promise
Context = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reader:
    """Whose record is read, on which day, in which language, and which page of a long list."""

    patient: Patient
    today: date
    language: str
    terms: Terms
    page: str


@dataclass(frozen=True, slots=True)
class Line:
    title: str
    detail: str
    day: date
    by: str  # empty: the patient
    unconfirmed: bool


@dataclass(frozen=True, slots=True)
class List:
    """One list: its lines that hold. ``said`` tells of an empty one: none, unsure or open; "" where nobody is asked."""

    title: Words
    lines: Sequence[Line]
    said: str = ""
    is_whole: bool = True  # False where lines stand in it and nobody has said that they are all
    is_feminine: bool = False  # its Spanish title is, and what is said of it agrees


@dataclass(frozen=True, slots=True)
class Paper:
    """A file to take along, under a name that says no word of what is in it."""

    content: bytes
    name: str
    content_type: str


FEMININE = ("allergies",)
_ASKED: Mapping[str, tuple[str, Words]] = {
    "allergies": ("allergies", _("Allergies")),
    "history": ("conditions", _("Diagnoses")),
    "medications": ("medications", _("Current treatments")),
    "previous_treatments": ("previous_treatments", _("Earlier treatments")),
}


def reader_of(patient: Patient, *, today: date, language: str, page: str) -> Reader:
    """Return the reader of a patient's record."""
    return Reader(patient, today, language, terms_now(language, today), page)


def contents(section: str, reader: Reader) -> Context:
    """Return what the page of a section shows."""
    return _CONTENTS[section](reader)


def paper(section: str, patient: Patient, pk: UUID) -> Paper | None:
    """Return a file of a section, as it lies with the clinic; None for any that does not belong to it."""
    found = _PAPERS.get(section)
    return found(patient, pk) if found else None


def _history(reader: Reader) -> Context:
    record = patients.contents_of(reader.patient)
    around = [
        (_("Hospital stays"), list(patients.standing_of(reader.patient, Encounter, "-started"))),
        (_("Operations and procedures"), list(patients.standing_of(reader.patient, Procedure, "-performed"))),
    ]
    names = _writers(record, *(lines for _title, lines in around))
    asked = [_asked(topic, record, reader, names) for topic in ("allergies", "history")]
    return {"lists": asked + [List(title, _lines(lines, reader, names)) for title, lines in around]}


def _treatments(reader: Reader) -> Context:
    record = patients.contents_of(reader.patient)
    names = _writers(record)
    plan = medicines.plan_of(reader.patient.pk)
    return {
        "lists": [_asked(topic, record, reader, names) for topic in ("medications", "previous_treatments")],
        "taken": medicines.taken_of(plan, terms_of(plan.evaluation, reader.language)) if plan else [],
        "plan": plan,
        "papers": _batches(prescriptions.written_for(reader.patient.pk), reader.terms),
    }


def _results(reader: Reader) -> Context:
    page: Page = Paginator(results.released_to(reader.patient), A_PAGE).get_page(reader.page)
    return {"page": page, "reports": presenting.shown(list(page), reader.terms, for_patient=False)}


def _plan(reader: Reader) -> Context:
    plan = medicines.plan_of(reader.patient.pk)
    return {"sheet": sheet_of(plan, terms_of(plan.evaluation, reader.language)) if plan else None}


def _diary(reader: Reader) -> Context:
    return {"diary": diary.of(reader.patient, reader.today)}


def _asked(topic: str, record: Record, reader: Reader, names: Mapping[int, str]) -> List:
    """Return a list of which the clinic asks whether it is complete."""
    part, title = _ASKED[topic]
    lines = [line for line in getattr(record, part) if line.active]
    said = "none" if topic in record.none else "unsure" if topic in record.unsure else "open"
    return List(title, _lines(lines, reader, names), said, topic in record.whole, topic in FEMININE)


def _lines(lines: Iterable[Any], reader: Reader, names: Mapping[int, str]) -> list[Line]:
    return [_line(line, reader, names) for line in lines]


def _line(line: Any, reader: Reader, names: Mapping[int, str]) -> Line:
    own = line.recorded_by_id is not None and line.recorded_by_id == reader.patient.user_id
    by = "" if own else names.get(line.recorded_by_id or 0, "Pauta")
    day = timezone.localdate(line.recorded_at)
    return Line(name_of(line, reader.terms), detail_of(line, reader.terms), day, by, not line.is_confirmed)


def _writers(record: Record, *more: Iterable[Any]) -> dict[int, str]:
    lists = [getattr(record, part) for part, _title in _ASKED.values()]
    found = {line.recorded_by_id for lines in (*lists, *more) for line in lines}
    return accounts.names_of(pk for pk in found if pk)


def _batches(written: Iterable[Prescription], terms: Terms) -> list[tuple[Prescription, list[str]]]:
    """Return what was printed together, newest first: the first of each batch with the names of all its medicines."""
    found: dict[UUID, tuple[Prescription, list[str]]] = {}
    for one in written:
        found.setdefault(one.batch, (one, []))[1].append(terms.ingredient(one.content["medicine"]["code"]))
    return list(found.values())


def _prescription(patient: Patient, pk: UUID) -> Paper | None:
    found = list(prescriptions.written_for(patient.pk).filter(batch=pk).order_by("item__position", "place"))
    if not found:
        return None
    return Paper(papers.prescriptions(found), f"sheet-{patient.record_number}.pdf", "application/pdf")


def _original(patient: Patient, pk: UUID) -> Paper | None:
    """Return the original of a report that is released to the patient."""
    one = results.released_to(patient).filter(pk=pk).first()
    document = results.report_of(one).document if one else None
    if document is None or document.entered_in_error:
        return None
    found = content_of(document)
    return Paper(found.content, found.name, found.content_type)


_CONTENTS: Mapping[str, Callable[[Reader], Context]] = {
    "history": _history,
    "treatments": _treatments,
    "results": _results,
    "plan": _plan,
    "diary": _diary,
}
_PAPERS: Mapping[str, Callable[[Patient, UUID], Paper | None]] = {
    "treatments": _prescription,
    "results": _original,
}

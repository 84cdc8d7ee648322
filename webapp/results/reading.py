"""A file of results, read row by row: each row gets a verdict, and nothing of it is kept before somebody says so."""

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from engine.facts import fold
from webapp.patients.models import Patient
from webapp.patients.services import PatientError
from webapp.plans.terms import Terms
from webapp.results import comparing, entering
from webapp.results.entering import Book, Typed, UnitAsked
from webapp.results.services import Value

MOST_BYTES, MOST_ROWS = 2_000_000, 20_000
# What a column may be called, in the first line: folded, in Spanish or in English.
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "patient": ("nhc", "numero_de_historia", "historia", "record_number", "mrn", "patient"),
    "day": ("fecha", "dia", "date", "day"),
    "name": ("prueba", "analito", "determinacion", "test", "analyte", "loinc"),
    "value": ("valor", "resultado", "value", "result"),
    "unit": ("unidad", "unidades", "unit", "units"),
    "low": ("min", "minimo", "rango_desde", "low", "range_from"),
    "high": ("max", "maximo", "rango_hasta", "high", "range_to"),
    "laboratory": ("laboratorio", "laboratory", "lab"),
}
NEEDED = ("patient", "day", "name", "value")
DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%Y%m%d")


class FileRefused(ValueError):
    """A file that cannot be looked at; the text says what to do instead."""


class Verdict(StrEnum):
    NEW = "new"
    DUPLICATE = "duplicate"
    QUERIED = "queried"
    ERROR = "error"


VERDICTS: Mapping[Verdict, str | Promise] = {
    Verdict.NEW: gettext_lazy("new"),
    Verdict.DUPLICATE: gettext_lazy("there already"),
    Verdict.QUERIED: gettext_lazy("which unit?"),
    Verdict.ERROR: gettext_lazy("cannot be read"),
}


@dataclass(slots=True)
class Row:
    """One line of the file with its verdict; ``fits`` are the units to choose from where the unit is queried."""

    line: int
    told: Mapping[str, str]
    verdict: Verdict = Verdict.NEW
    problem: str = ""
    fits: Sequence[str] = ()
    patient: Patient | None = None
    day: date | None = None
    value: Value | None = None

    @property
    def laboratory(self) -> str:
        return self.told.get("laboratory", "")

    def fail(self, problem: str, verdict: Verdict = Verdict.ERROR, fits: Sequence[str] = ()) -> None:
        self.verdict, self.problem, self.fits = verdict, problem, fits


def text_of(content: bytes) -> str:
    """Return a file as text: UTF-8, UTF-16 with its mark, or what Spanish Windows writes; raise FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused(_("This file is larger than 2 MB. Send it in parts."))
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        return content.decode("utf-16", "replace")
    if b"\0" in content:
        raise FileRefused(_("This is not a text. Save the sheet as CSV and send that."))
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def rows_in(text: str) -> list[Row]:
    """Return the lines below the first, which names the columns; raise FileRefused where it does not."""
    first = text.lstrip("\r\n").partition("\n")[0]
    mark = max(";,\t", key=first.count)
    lines = csv.reader(io.StringIO(text.strip("\r\n")), delimiter=mark)
    names = [_column(name) for name in next(lines, [])]
    absent = [COLUMNS[name][0] for name in NEEDED if name not in names]
    if absent:
        said = {"names": ", ".join(absent)}
        raise FileRefused(_("The first line names the columns; these are missing: %(names)s.") % said)
    found = [
        Row(number, {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name})
        for number, cells in enumerate(lines, start=2)
        if any(cell.strip() for cell in cells)
    ]
    if not found or len(found) > MOST_ROWS:
        raise FileRefused(_("A file holds from 1 to 20,000 rows."))
    return found


def _column(name: str) -> str:
    return next((column for column, names in COLUMNS.items() if fold(name) in names), "")


def judged(rows: Sequence[Row], terms: Terms, units: Mapping[str, str]) -> Sequence[Row]:
    """Give each row its verdict; ``units`` are those somebody confirmed, by line. Two queries, however many rows."""
    numbers = {row.told.get("patient", "") for row in rows}
    known = {one.record_number: one for one in Patient.objects.filter(record_number__in=numbers)}
    book, today = entering.book_of(terms), timezone.localdate()
    for row in rows:
        _read(row, known, today)
        if row.verdict == Verdict.NEW:
            _weigh(row, book, terms, units.get(str(row.line), ""))
    _compare([row for row in rows if row.verdict == Verdict.NEW], terms)
    return rows


def _read(row: Row, known: Mapping[str, Patient], today: date) -> None:
    row.patient, row.day = known.get(row.told.get("patient", "")), _day(row.told.get("day", ""))
    if row.patient is None:
        row.fail(_("No patient has this record number."))
    elif row.day is None:
        row.fail(_("Write the day as 31/12/2026."))
    elif row.day > today:
        row.fail(_("This day is still to come. Check the year."))


def _day(text: str) -> date | None:
    for form in DAYS:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 — a day has no zone
        except ValueError:
            continue
    return None


def _weigh(row: Row, book: Book, terms: Terms, unit: str) -> None:
    told = {name: row.told.get(name, "") for name in ("name", "value", "unit", "low", "high")}
    try:
        row.value = entering.value_of(Typed(**(told | ({"unit": unit} if unit else {}))), book, terms)
    except UnitAsked as problem:
        row.fail(str(problem), Verdict.QUERIED, problem.fits)
    except PatientError as problem:
        row.fail(str(problem))


def _compare(rows: Sequence[Row], terms: Terms) -> None:
    """Mark what the record holds, and what stands in the file twice."""
    held = {
        place: set(values)
        for place, values in comparing.held(
            [row.patient.pk for row in rows if row.patient], [row.value.code for row in rows if row.value], terms
        ).items()
    }
    for row in rows:
        if row.patient is None or row.value is None or row.day is None:
            continue
        place = (row.patient.pk, row.value.code, row.day)
        said = entering.plain(terms.spec(row.value.code), row.value.value, row.value.unit)
        there = held.setdefault(place, set())
        if said in there:
            row.fail(_("This value of this day is there already."), Verdict.DUPLICATE)
        elif there:
            row.fail(_("Another value of this day is there. Correct that one in the record if it is wrong."))
        there.add(said)


def counted(rows: Iterable[Row]) -> dict[str, int]:
    """Return how many rows have each verdict."""
    found: dict[str, Any] = dict.fromkeys(Verdict, 0)
    for row in rows:
        found[row.verdict] += 1
    return {str(name): count for name, count in found.items()}

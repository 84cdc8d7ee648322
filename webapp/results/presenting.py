"""Results in words, for the people who read them: each value with its range, its verdict by text and icon, its text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from webapp.patients.models import DiagnosticReport, Observation
from webapp.patients.titles import title_of
from webapp.plans.terms import Terms
from webapp.results import charts, selectors
from webapp.results.flags import Flag
from webapp.results.judging import Person, Range, exact, verdict
from webapp.results.models import Explanation, Release
from webapp.results.releasing import ends_of

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Sign:
    """How a verdict is shown: words, an icon and a colour beside them; ``plain`` are the words for patients."""

    words: Words
    plain: Words
    icon: str
    colour: str


SIGNS: Mapping[Flag, Sign] = {
    Flag.CRITICAL_LOW: Sign(
        gettext_lazy("critical, low"), gettext_lazy("very low"), "exclamation-octagon-fill", "c-red"
    ),
    Flag.LOW: Sign(pgettext_lazy("result", "low"), pgettext_lazy("result", "low"), "arrow-down", "c-ochre"),
    Flag.NORMAL: Sign(gettext_lazy("in range"), gettext_lazy("in range"), "check2", "c-moss"),
    Flag.HIGH: Sign(pgettext_lazy("result", "high"), pgettext_lazy("result", "high"), "arrow-up", "c-ochre"),
    Flag.CRITICAL_HIGH: Sign(
        gettext_lazy("critical, high"), gettext_lazy("very high"), "exclamation-octagon-fill", "c-red"
    ),
    Flag.MAYBE_CRITICAL: Sign(
        gettext_lazy("may be critical"), gettext_lazy("to be looked at"), "exclamation-octagon-fill", "c-red"
    ),
    Flag.UNSURE: Sign(
        gettext_lazy("in range or not: not known"),
        gettext_lazy("in range or not: not known"),
        "question-circle",
        "c-ochre",
    ),
    Flag.MARKED: Sign(
        gettext_lazy("to be looked at"), gettext_lazy("to be looked at"), "exclamation-triangle-fill", "c-ochre"
    ),
}


@dataclass(frozen=True, slots=True)
class Line:
    """One value of a report. ``sign`` is None where there is no range to hold it against; ``text`` where none is."""

    row: Observation
    code: str
    title: str
    value: str
    flag: Flag
    sign: Sign | None
    range: str
    is_printed: bool
    bar: charts.Bar | None
    text: str
    chart: charts.Chart | None = None

    @property
    def pk(self) -> UUID:
        return self.row.pk


@dataclass(frozen=True, slots=True)
class Shown:
    """A report with its values in words."""

    release: Release
    report: DiagnosticReport
    lines: Sequence[Line]
    day: date | None  # None where only the month or the year is known

    @property
    def title(self) -> str:
        return title_of(self.report)

    @property
    def out(self) -> Sequence[Line]:
        return [line for line in self.lines if line.flag.is_out]


@dataclass(frozen=True, slots=True)
class Reader:
    """In whose words and for whom; ``texts`` are the explanations in force."""

    terms: Terms
    texts: Mapping[str, Explanation]
    for_patient: bool


def reader_of(terms: Terms, names: Sequence[str], *, for_patient: bool) -> Reader:
    return Reader(terms, selectors.explanations(names) if names else {}, for_patient)


def line_of(row: Observation, person: Person, reader: Reader, course: Sequence[Observation] | None = None) -> Line:
    """Return one value in words; ``course`` are the values of its analyte, oldest first, for the drawing."""
    terms, spec = reader.terms, reader.terms.spec(row.code)
    found = verdict(spec, row, person, ends_of(row))
    sign, title = SIGNS.get(found.flag), terms.fact(row.code)
    value, ends = terms.value(row.code, row.value, row.unit), _range_words(found.range)
    text, limits = reader.texts.get(row.code), found.range.limits if found.range else None
    number = exact(row.value)
    said = _said(value, ends, sign, reader.for_patient)
    return Line(
        row=row,
        code=row.code,
        title=title,
        value=value,
        flag=found.flag,
        sign=sign,
        range=ends,
        is_printed=bool(found.range and found.range.is_printed),
        bar=charts.bar_of(number, limits, said) if number is not None and limits else None,
        text=text.body(terms.language) if text else "",
        chart=charts.chart_of(title, course, spec, limits) if course else None,
    )


def _range_words(held: Range | None) -> str:
    return charts.span_words(held.limits) if held and not held.limits.is_open else ""


def _said(value: str, ends: str, sign: Sign | None, for_patient: bool) -> str:
    word = (sign.plain if for_patient else sign.words) if sign else ""
    if not ends:
        return str(word or value)
    return _("%(value)s, %(verdict)s; range %(range)s") % {"value": value, "verdict": word, "range": ends}


def shown(releases: Sequence[Release], terms: Terms, *, for_patient: bool) -> list[Shown]:
    """Return reports in words, in the order given; the number of queries does not grow with theirs."""
    values = selectors.values_of(one.pk for one in releases)
    names = sorted({row.code for rows in values.values() for row in rows})
    reader = reader_of(terms, names, for_patient=for_patient)
    people = selectors.people_of(list({one.patient_id: one.patient for one in releases}.values()))
    return [
        Shown(
            one,
            selectors.report_of(one),
            sorted((line_of(row, people[one.patient_id], reader) for row in values.get(one.pk, ())), key=_order),
            day_of(selectors.report_of(one).effective),
        )
        for one in releases
    ]


def with_courses(one: Release, terms: Terms) -> Shown:
    """Return one report for its patient, each value with its course among what the patient may read."""
    rows = selectors.values_of([one.pk]).get(one.pk, [])
    names = [row.code for row in rows]
    reader, courses = reader_of(terms, names, for_patient=True), selectors.courses_of(one.patient, names)
    person = selectors.people_of([one.patient])[one.patient_id]
    lines = sorted((line_of(row, person, reader, courses.get(row.code)) for row in rows), key=_order)
    report = selectors.report_of(one)
    return Shown(one, report, lines, day_of(report.effective))


def _order(line: Line) -> tuple[bool, bool, str]:
    """Put what is critical first, then what is out of range, then the rest by name."""
    return not line.flag.is_critical, not line.flag.is_out, line.title.casefold()


def day_of(partial: str) -> date | None:
    """Return the day of a report as FHIR writes it, None where only its month or year is known."""
    try:
        return date.fromisoformat(partial)
    except ValueError:
        return None


def headline(lines: Sequence[Line]) -> str:
    """Return what of a report is out of range, in one row of words; empty where nothing is."""
    return " · ".join(
        f"{line.title} {line.value}, {line.sign.words}" for line in lines if line.flag.is_out and line.sign
    )


@dataclass(frozen=True, slots=True)
class Undo:
    """How long a release may still be taken back unseen."""

    release: Release
    seconds: int

    @property
    def shown(self) -> str:
        return f"{self.seconds // 60}:{self.seconds % 60:02d}"


def undo_of(one: Release) -> Undo:
    """Return what is left of the time in which no patient has been told."""
    left = (one.visible_at - timezone.now()).total_seconds() if one.visible_at else 0
    return Undo(one, max(int(left), 0))

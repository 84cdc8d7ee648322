"""Writing results down, with everything that follows: the policy, the alert of a critical one, the new assessment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone, translation
from django.utils.formats import date_format

from webapp.accounts.models import User
from webapp.alerts import services as alerts
from webapp.audit import services as audit
from webapp.patients.models import DiagnosticReport, DocumentReference, Observation, Patient
from webapp.patients.panels import Panel, add_panels
from webapp.patients.services import Reading
from webapp.plans import tasks
from webapp.plans.lines import terms_now
from webapp.plans.terms import Terms
from webapp.results import releasing, selectors
from webapp.results.catalogue import analyte
from webapp.results.flags import Flag
from webapp.results.judging import Person, verdict
from webapp.results.models import Kind, Mode, ReferenceRange, Release
from webapp.results.releasing import Policies, ResultError, release, release_due, take_back

__all__ = ["ResultError", "Sheet", "Value", "record", "release", "release_due", "reopen", "take_back"]

MEASURE = "measure"
RECENT = timedelta(days=14)  # an older critical value is history: it waits for a doctor, and alarms nobody today
NOON = time(12)
ALERT = {
    "es": "Resultado crítico: %(what)s %(value)s, del %(day)s. Nadie se lo ha dicho al paciente.",
    "en": "Critical result: %(what)s %(value)s, of %(day)s. Nobody has told the patient.",
}
MAYBE = {
    "es": "Puede ser crítico: %(what)s %(value)s, del %(day)s. Nadie se lo ha dicho al paciente.",
    "en": "May be critical: %(what)s %(value)s, of %(day)s. Nobody has told the patient.",
}


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a sheet, with the ends the laboratory printed beside it, in its unit."""

    code: str
    value: Any
    unit: str = ""
    ends: Sequence[float | None] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """A report as it came: whose, of what kind, from which day, with its values."""

    patient: Patient
    category: str
    title: str
    day: date
    values: Sequence[Value] = field(default_factory=tuple)
    laboratory: str = ""
    conclusion: str = ""
    document: DocumentReference | None = None


@dataclass(frozen=True, slots=True)
class _Judged:
    report: DiagnosticReport
    rows: Sequence[Observation]
    flags: Sequence[Flag]


@transaction.atomic
@audit.together()
def record(sheets: Sequence[Sheet], *, actor: User | None, today: date) -> list[Release]:
    """Return the releases of the new reports; as many queries for one sheet as for a thousand.

    Raises PatientError for what the record does not take, NotAllowed for whoever is no clinician.
    """
    made = add_panels([_panel(sheet) for sheet in sheets], actor)
    ranges = [
        ReferenceRange(observation=row, ends=list(value.ends))
        for sheet, (_report, rows) in zip(sheets, made, strict=True)
        for value, row in zip(sheet.values, rows, strict=True)
        if any(end is not None for end in value.ends)
    ]
    ReferenceRange.objects.bulk_create(ranges, batch_size=500)
    judged = _judged(sheets, made, terms_now("es", today))
    policies = selectors.policies()
    releases = [
        releasing.new(one.report, _kind(sheet, policies), one.flags) for sheet, one in zip(sheets, judged, strict=True)
    ]
    releasing.begin(releases, policies)
    _alarm(judged, today)
    tasks.after_changes(patient_ids=[sheet.patient.pk for sheet in sheets], what=MEASURE, today=today)
    return releases


def _panel(sheet: Sheet) -> Panel:
    at = _moment(sheet.day)
    return Panel(
        patient=sheet.patient,
        category=sheet.category,
        title=sheet.title,
        effective=sheet.day.isoformat(),
        readings=[Reading(one.code, one.value, at, Observation.Origin.LAB, one.unit) for one in sheet.values],
        performer=sheet.laboratory,
        conclusion=sheet.conclusion,
        document=sheet.document,
    )


def _moment(day: date) -> datetime:
    """Return when a value of a day holds: noon, or now if it is of today and noon is still to come."""
    return min(timezone.make_aware(datetime.combine(day, NOON)), timezone.now())


def _kind(sheet: Sheet, policies: Policies) -> str:
    """Return the kind whose policy holds: of a laboratory's report the strictest of its analytes."""
    if sheet.category != DiagnosticReport.Category.LABORATORY:
        return Kind(sheet.category)
    return strictest({analyte(one.code).kind for one in sheet.values} or {Kind.BLOOD.value}, policies)


def strictest(kinds: Iterable[str], policies: Policies) -> str:
    """Return the kind that keeps patients waiting longest; of equals the first by name."""

    def wait(kind: str) -> tuple[int, int, str]:
        mode, days = policies[kind]
        return -[Mode.AT_ONCE, Mode.AFTER_DAYS, Mode.AFTER_DOCTOR].index(Mode(mode)), -days, kind

    return min(kinds, key=wait)


def _judged(
    sheets: Sequence[Sheet], made: Sequence[tuple[DiagnosticReport, Sequence[Observation]]], terms: Terms
) -> list[_Judged]:
    people = selectors.people_of([sheet.patient for sheet in sheets])
    return [
        _Judged(report, rows, _flags(rows, sheet, people[sheet.patient.pk], terms))
        for sheet, (report, rows) in zip(sheets, made, strict=True)
    ]


def _flags(rows: Sequence[Observation], sheet: Sheet, person: Person, terms: Terms) -> list[Flag]:
    pairs = zip(rows, sheet.values, strict=True)
    return [_flag(row, value.ends, person, terms) for row, value in pairs]


def _flag(row: Observation, ends: Sequence[Any], person: Person, terms: Terms) -> Flag:
    return verdict(terms.spec(row.code), row, person, ends).flag


def _alarm(judged: Iterable[_Judged], today: date) -> None:
    """Tell doctors the same day of what is critical and new."""
    for one in judged:
        for row, flag in zip(one.rows, one.flags, strict=True):
            if flag.is_critical and today - timezone.localdate(row.effective_at) <= RECENT:
                alarm(row, today, ALERT if flag != Flag.MAYBE_CRITICAL else MAYBE)


def alarm(row: Observation, today: date, texts: Mapping[str, str] = ALERT) -> None:
    """Raise the alert of a critical value: it stands in the doctors' list until somebody takes charge of it."""
    day = timezone.localdate(row.effective_at)
    alerts.raise_(
        patient_id=row.patient_id,
        rule=f"results.critical.{row.code}",
        code="alert:critical_result",
        urgency="same_day",
        text={language: _words(row, text, language, today) for language, text in texts.items()},
        facts={row.code: row.value, "unit": row.unit},
        newest=day,
    )


def _words(row: Observation, text: str, language: str, today: date) -> str:
    """Return what is critical in a language, numbers and day written as its readers do, whoever brought it in."""
    terms = terms_now(language, today)
    with translation.override(language):
        said = {"what": terms.fact(row.code), "value": terms.value(row.code, row.value, row.unit)}
        return text % {**said, "day": date_format(timezone.localdate(row.effective_at))}


@transaction.atomic
def reopen(*, report_id: UUID | None, actor: User, today: date) -> None:
    """Hold a report back again after one of its values was corrected or taken back: a doctor releases what it says now.

    What is critical now is told, as if it had just come. A value that belongs to no report changes nothing here.
    """
    held = Release.objects.select_for_update(of=("self",)).select_related("patient").filter(pk=report_id).first()
    if held is None:
        return
    _keep_ranges(held.pk)
    rows = selectors.values_of([held.pk]).get(held.pk, [])
    person, terms = selectors.people_of([held.patient])[held.patient_id], terms_now("es", today)
    flags = [_flag(row, releasing.ends_of(row), person, terms) for row in rows]
    releasing.hold(held, flags, actor)
    _alarm([_Judged(held.report, rows, flags)], today)


def _keep_ranges(report_id: UUID) -> None:
    """Let a corrected value keep the range printed beside the one it replaces, where the unit is the same."""
    standing = Observation.objects.filter(source_id=report_id, superseded_by__isnull=True, entered_in_error=False)
    made = [row for row in standing.select_related("supersedes") if row.supersedes and row.supersedes.unit == row.unit]
    held = ReferenceRange.objects.in_bulk([*(row.pk for row in made), *(row.supersedes_id for row in made)])
    ReferenceRange.objects.bulk_create(
        ReferenceRange(observation=row, ends=held[row.supersedes_id].ends)
        for row in made
        if row.pk not in held and row.supersedes_id in held
    )

"""Reading results: clinicians all of a patient's, patients what has been released to them, nobody else any."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from webapp.accounts.models import User
from webapp.patients import selectors as patients
from webapp.patients.models import DiagnosticReport, Observation, Patient
from webapp.results.judging import Person
from webapp.results.models import Explanation, Kind, LabFile, Mode, ReferenceRange, Release, ReleasePolicy

LAB = Observation.Origin.LAB
NEVER = (Mode.AFTER_DOCTOR.value, 0)  # what holds where the clinic has decided nothing


def releases_for(user: User) -> QuerySet[Release]:
    """Return every report with results to who reads records; to nobody else any."""
    return standing() if user.may("record.read") else standing().none()


def standing() -> QuerySet[Release]:
    """Return the releases of all reports that hold: neither taken back nor a correction of theirs."""
    found = Release.objects.filter(report__entered_in_error=False).exclude(report__superseded_by__entered_in_error=True)
    about = ("report__document__content", "report__superseded_by", "patient", "released_by")
    return found.select_related(*about)


def report_of(one: Release) -> DiagnosticReport:
    """Return what the report of a release says now: the last of its corrections."""
    found = one.report
    while (after := getattr(found, "superseded_by", None)) is not None:
        found = after
    return found


@dataclass(frozen=True, slots=True)
class Sheet:
    """The page of a report: its number, and whether the original stands on it."""

    pk: UUID
    has_original: bool


def sheets_of(user: User, patient: Patient) -> Mapping[UUID, Sheet]:
    """Return the page on which a file or a report of a record stands with its values, by the number of either."""
    found: dict[UUID, Sheet] = {}
    lean = releases_for(user).select_related(None).select_related("report__superseded_by")
    for one in lean.filter(patient=patient).order_by("received_at"):
        now = report_of(one)
        sheet = Sheet(one.pk, now.document_id is not None)
        found |= dict.fromkeys(filter(None, (one.pk, now.pk, now.document_id)), sheet)
    return found


def waiting_for(user: User) -> QuerySet[Release]:
    """Return what a doctor has to release, the longest waiting first."""
    return releases_for(user).filter(state=Release.State.WAITING).order_by("received_at")


def undoable_by(user: User, now: datetime) -> QuerySet[Release]:
    """Return what this user released so lately that no patient has been told."""
    return releases_for(user).filter(released_by=user, visible_at__gt=now).order_by("-visible_at")


def released_to(patient: Patient, now: datetime | None = None) -> QuerySet[Release]:
    """Return the reports this patient may read, the newest examination first."""
    seen = standing().filter(patient=patient, visible_at__lte=now or timezone.now())
    return seen.order_by("-report__effective", "-visible_at", "-pk")


def own_releases(user: User) -> QuerySet[Release]:
    """Return the reports that are released to the patient who asks."""
    own = patients.own_patient(user)
    return released_to(own) if own else Release.objects.none()


def hidden_from(patient: Patient) -> Q:
    """Return the condition of values of a laboratory that this patient may not read."""
    shown = released_to(patient).values("report_id")
    return Q(origin=LAB) & (Q(source_id=None) | ~Q(source_id__in=shown))


def values_of(report_ids: Iterable[UUID]) -> Mapping[UUID, list[Observation]]:
    """Return the standing values of these reports, each report's by code; two queries."""
    rows = Observation.objects.filter(
        source_id__in=list(report_ids), origin=LAB, superseded_by__isnull=True, entered_in_error=False
    )
    found: dict[UUID, list[Observation]] = defaultdict(list)
    for row in with_ranges(rows.order_by("code", "pk")):
        found[row.source_id].append(row)
    return found


def with_ranges(rows: Iterable[Observation]) -> list[Observation]:
    """Return values, each with what the laboratory printed beside it as ``printed``, None where nothing."""
    found = list(rows)
    ranges = ReferenceRange.objects.in_bulk([row.pk for row in found])
    for row in found:
        row.printed = ranges.get(row.pk)  # type: ignore[attr-defined]
    return found


def course_of(patient: Patient, code: str, now: datetime | None = None) -> list[Observation]:
    """Return what this patient may read of one analyte, oldest first."""
    rows = patients.observations_of(patient, code).filter(origin=LAB).exclude(hidden_from(patient))
    return list(rows)[::-1]


def courses_of(patient: Patient, codes: Iterable[str]) -> Mapping[str, list[Observation]]:
    """Return the same of several analytes, in one query."""
    names = list(codes)
    rows = patients.observations_of(patient, *names).filter(origin=LAB).exclude(hidden_from(patient)) if names else ()
    found: dict[str, list[Observation]] = defaultdict(list)
    for row in reversed(list(rows)):
        found[row.code].append(row)
    return found


def people_of(found: Sequence[Patient], now: datetime | None = None) -> Mapping[UUID, Person]:
    """Return what ranges depend on, of these patients, in one query."""
    told = Observation.objects.filter(
        patient__in=found, code="pregnant", superseded_by__isnull=True, entered_in_error=False
    )
    pregnant = {row.patient_id: row.value is True for row in told.order_by("effective_at", "recorded_at", "pk")}
    day = timezone.localdate(now)
    return {one.pk: Person(one.age_on(day), one.sex, pregnant.get(one.pk, False)) for one in found}


def policies() -> Mapping[str, tuple[str, int]]:
    """Return what holds of each kind: the mode, and the days of ``after_days``."""
    rows = ReleasePolicy.objects.order_by("kind", "-decided_at", "-pk").distinct("kind")
    decided = {row.kind: (row.mode, row.days) for row in rows}
    return {kind: decided.get(kind, NEVER) for kind in Kind.values}


def explanations(names: Iterable[str] | None = None) -> Mapping[str, Explanation]:
    """Return the text in force of each analyte that has one."""
    rows = Explanation.objects.order_by("analyte", "-version").distinct("analyte")
    if names is not None:
        rows = rows.filter(analyte__in=list(names))
    return {row.analyte: row for row in rows if not row.is_withdrawn}


def files_for(user: User) -> QuerySet[LabFile]:
    """Return the files this user is bringing in: nobody sees those of another."""
    own = LabFile.objects.filter(asked_by=user)
    return own if user.may("record.write") else own.none()

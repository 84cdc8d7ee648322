"""Everything about one person, gathered: by kind of resource, in an order that the data alone decide."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone

from webapp.accounts import selectors as accounts
from webapp.alerts.models import Alert, Reminder
from webapp.intake.models import QuestionnaireResponse
from webapp.patients import models
from webapp.patients.filed import Download, content_of, released_to
from webapp.patients.history import Change, changes_of
from webapp.patients.lines import Entry
from webapp.patients.lists import RECORD_LISTS
from webapp.plans import selectors as plans
from webapp.plans.lines import terms_now
from webapp.plans.models import Plan, Settlement, Task
from webapp.privacy import courses, medicines, shapes
from webapp.privacy.medicines import Medicines
from webapp.privacy.models import Export
from webapp.privacy.shapes import Resource, Speech
from webapp.results.selectors import hidden_from, report_of
from webapp.results.selectors import released_to as results_to
from webapp.sharing.models import Share

ENTRIES: tuple[type[Entry], ...] = (
    models.AllergyIntolerance,
    models.MedicationStatement,
    models.PreviousTreatment,
    models.Condition,
    models.FamilyMemberHistory,
    models.Procedure,
    models.Encounter,
    models.DiagnosticReport,
    models.DocumentReference,
    models.RelatedPerson,
)
Step = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Contents:
    """What goes into a copy: resources by their FHIR name, the files, and the day of the newest line."""

    patient: models.Patient
    kind: str
    language: str
    as_of: date
    resources: dict[str, list[Resource]]
    files: Sequence[Download]


@dataclass
class Rows:
    """The rows of one person's record, read before they are put into words."""

    entries: dict[str, list[Any]]
    observations: list[models.Observation]
    none: list[models.NoneRecorded]
    consents: list[models.Consent]
    responses: list[QuestionnaireResponse]
    plans: list[Plan]
    changes: list[Change]
    alerts: list[Alert] = field(default_factory=list)
    settlements: list[Settlement] = field(default_factory=list)
    tasks: list[Task] = field(default_factory=list)
    reminders: list[Reminder] = field(default_factory=list)
    shares: list[Share] = field(default_factory=list)
    medicines: Medicines = field(default_factory=Medicines)

    def was_empty(self, said: models.NoneRecorded) -> bool:
        """Return whether nothing had been written into a list when somebody said that there is no more."""
        lines = self.entries[RECORD_LISTS[said.list].model.__name__]
        return all(line.recorded_at > said.recorded_at for line in lines)

    @property
    def documents(self) -> list[models.DocumentReference]:
        return self.entries["DocumentReference"]


def rows_of(patient: models.Patient, kind: str) -> Rows:
    """Return what belongs into a copy of this kind; the patient's holds nothing that is not the patient's.

    Left out of it are lines entered in error, which may tell of somebody else, files nobody has released, plans that
    were never told, and what clinicians write for each other: alerts, tasks, settlements.
    """
    whole = kind == Export.Kind.CLINIC
    entries = {model.__name__: list(_lines(model, patient, whole)) for model in ENTRIES}
    if not whole:
        _only_released(entries, patient)
    rows = Rows(
        entries=entries,
        observations=list(_observations(patient, whole)),
        none=list(models.NoneRecorded.objects.filter(patient=patient).order_by("recorded_at", "pk")),
        consents=list(models.Consent.objects.filter(patient=patient).select_related("text").order_by("line")),
        responses=list(_responses(patient)),
        plans=list(_plans(patient, whole)),
        changes=changes_of(patient),
        reminders=list(Reminder.objects.filter(patient=patient).order_by("due_at", "pk")),
        shares=list(Share.objects.filter(patient=patient).order_by("opened_at", "pk")),
        medicines=medicines.of(patient),
    )
    if whole:
        rows.alerts = list(Alert.objects.filter(patient=patient).order_by("raised_at", "pk"))
        rows.settlements = list(Settlement.objects.filter(patient=patient).order_by("settled_at", "pk"))
        rows.tasks = list(Task.objects.filter(patient=patient).order_by("made_at", "pk"))
    else:
        rows.changes = [one for one in rows.changes if _may_be_told(one, _shown_ids(rows))]
    return rows


def _lines(model: type[Entry], patient: models.Patient, whole: bool) -> QuerySet[Any]:
    found = model._default_manager.filter(patient=patient).order_by("recorded_at", "pk")
    if model is models.DocumentReference:
        found = found.select_related("content")
    return found if whole else found.filter(entered_in_error=False)


def _only_released(entries: dict[str, list[Any]], patient: models.Patient) -> None:
    """Keep of files and reports those the portal shows."""
    reports = {report_of(one) for one in results_to(patient)}
    shown = {one.pk for one in released_to(patient)} | {one.document_id for one in reports if one.document_id}
    entries["DocumentReference"] = [one for one in entries["DocumentReference"] if one.pk in shown]
    told = entries["DiagnosticReport"]
    entries["DiagnosticReport"] = [one for one in told if one in reports or one.document_id in shown]


def _observations(patient: models.Patient, whole: bool) -> QuerySet[models.Observation]:
    found = models.Observation.objects.filter(patient=patient).order_by("effective_at", "recorded_at", "pk")
    if whole:
        return found
    found = found.filter(entered_in_error=False).exclude(superseded_by__entered_in_error=True)
    return found.exclude(hidden_from(patient))


def _responses(patient: models.Patient) -> QuerySet[QuestionnaireResponse]:
    found = QuestionnaireResponse.objects.filter(patient=patient).order_by("started_at", "pk")
    return (
        found.select_related("patient", "version", "release")
        .defer("version__text")
        .prefetch_related("answers", "past_answers")
    )


def _plans(patient: models.Patient, whole: bool) -> QuerySet[Plan]:
    if not whole:
        return plans.ever_told(patient.pk)
    signed = Plan.objects.filter(patient=patient, signed_at__isnull=False).order_by("signed_at", "pk")
    return signed.select_related("evaluation__release").prefetch_related("items")


def _shown_ids(rows: Rows) -> frozenset[UUID]:
    lines = [line.pk for some in rows.entries.values() for line in some]
    return frozenset([*lines, *(row.pk for row in rows.observations), *(row.patient_id for row in rows.consents)])


def _may_be_told(change: Change, shown: frozenset[UUID]) -> bool:
    """Whether a change is of a line in the copy; who the patient is has one line, the patient."""
    return change.kind == "patient" or (change.pk in shown and change.kind != "contact")


def gather(patient: models.Patient, kind: str, language: str, step: Step) -> Contents:
    """Return everything about a person, in ``language``; ``step`` is called once for each part that is done."""
    rows = rows_of(patient, kind)
    as_of = timezone.localdate(_newest(patient, rows))
    speech = Speech(terms_now(language, as_of), accounts.names_of(_writers(patient, rows)))
    files = [_stepped(content_of(one), step) for one in rows.documents]
    return Contents(patient, kind, language, as_of, _shaped(patient, rows, kind, speech, step), files)


def _stepped(thing: Any, step: Step) -> Any:
    step()
    return thing


def _newest(patient: models.Patient, rows: Rows) -> datetime:
    moments = [patient.registered_at, *(change.at for change in rows.changes)]
    moments += [row.recorded_at for row in rows.observations]
    moments += [row.completed_at or row.started_at for row in rows.responses]
    moments += [row.taken_back_at or row.opened_at for row in rows.shares] + rows.medicines.moments
    return max(moments + [row.signed_at for row in rows.plans if row.signed_at])


def _writers(patient: models.Patient, rows: Rows) -> Iterable[int]:
    lines = [*rows.observations, *rows.none, *rows.consents, *(line for some in rows.entries.values() for line in some)]
    found = {line.recorded_by_id for line in lines} | {patient.general_practitioner_id}
    found |= {row.completed_by_id for row in rows.responses} | {row.specialist_id for row in rows.shares}
    found |= {one.answered_by_id for row in rows.responses for one in (*row.answers.all(), *row.past_answers.all())}
    found |= {plan.signed_by_id for plan in rows.plans}
    found |= {item.decided_by_id for plan in rows.plans for item in _items(plan)}
    found |= (
        rows.medicines.writers | {row.closed_by_id for row in rows.alerts} | {row.user_id for row in rows.settlements}
    )
    found |= {who for row in rows.tasks for who in (row.made_by_id, row.settled_by_id)}
    return found - {None}


def _items(plan: Plan) -> list[Any]:
    released = getattr(plan, "released_items", None)
    return list(released) if released is not None else sorted(plan.items.all(), key=lambda item: item.position)


def _person(patient: models.Patient, rows: Rows, speech: Speech) -> Resource:
    chosen = rows.medicines.pharmacy
    return shapes.patient(patient, speech) | ({"pharmacy": chosen} if chosen else {})


def _shaped(patient: models.Patient, rows: Rows, kind: str, speech: Speech, step: Step) -> dict[str, list[Resource]]:
    whole = kind == Export.Kind.CLINIC
    found: dict[str, list[Resource]] = {"Patient": [_person(patient, rows, speech)]}
    for name, lines in rows.entries.items():
        found[name] = [shapes.entry(line, speech, internal=whole) for line in lines]
    found["Observation"] = [shapes.observation(row, speech) for row in rows.observations]
    found["List"] = [shapes.said_of_list(row, speech, empty=rows.was_empty(row)) for row in rows.none]
    found["Consent"] = [shapes.consent(row, speech) for row in rows.consents]
    found["Consent"] += [courses.share(row, speech) for row in rows.shares]
    found["QuestionnaireResponse"] = [_stepped(courses.response(row, speech), step) for row in rows.responses]
    found["CarePlan"] = [courses.plan(row, _items(row), speech, internal=whole) for row in rows.plans]
    found |= medicines.resources(rows.medicines, speech, internal=whole)
    found["CommunicationRequest"] = [courses.reminder(row, speech) for row in rows.reminders]
    found["Provenance"] = [courses.change(row, speech) for row in rows.changes]
    if whole:
        found["Flag"] = [courses.alert(row, speech) for row in rows.alerts]
        found["DetectedIssue"] = [courses.settlement(row, speech) for row in rows.settlements]
        found["Task"] = [courses.task(row, speech) for row in rows.tasks]
    return found

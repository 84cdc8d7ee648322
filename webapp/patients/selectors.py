"""Reading patients. Every function that serves a page takes the user, and gives only what that user may see."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients.access import is_own, may_read_record, number_index, own_patient, patients_for
from webapp.patients.filed import Download, document_for, shown_to
from webapp.patients.finding import (
    PREFIX,
    REASONS,
    SORTED_AT_ONCE,
    Candidate,
    Directory,
    directory,
    duplicates,
    duplicates_of,
    namesakes_of,
)
from webapp.patients.history import Change, FieldChange, history_of
from webapp.patients.lines import Line
from webapp.patients.lists import RECORD_LISTS, said_of_lists
from webapp.patients.models import (
    AllergyIntolerance,
    Condition,
    Consent,
    ConsentText,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    FamilyMemberHistory,
    MedicationStatement,
    NoneRecorded,
    Observation,
    Patient,
    PreviousTreatment,
    Procedure,
    RelatedPerson,
)

__all__ = [
    "PREFIX",
    "REASONS",
    "SORTED_AT_ONCE",
    "Candidate",
    "Care",
    "Change",
    "Directory",
    "Download",
    "FieldChange",
    "Record",
    "contacts_of",
    "contents_of",
    "current_observations",
    "current_text",
    "decision_on",
    "directory",
    "document_for",
    "duplicates",
    "duplicates_of",
    "has_current_consent",
    "history_of",
    "is_own",
    "ledger_of",
    "line_for",
    "may_read_record",
    "namesakes_of",
    "newest_by_code",
    "number_index",
    "observations_of",
    "own_patient",
    "patients_for",
    "record_of",
    "shown_to",
    "standing_of",
]

L = TypeVar("L", bound=Line)


@dataclass(frozen=True)
class Care:
    """What happened to a patient and who stands by, newest first; only what still stands."""

    contacts: list[RelatedPerson]
    procedures: list[Procedure]
    encounters: list[Encounter]
    reports: list[DiagnosticReport]
    documents: list[DocumentReference]


@dataclass(frozen=True)
class Record:
    """All that is known of a patient.

    ``none`` names the lists somebody said to be empty; of those in ``unsure`` a person said later not to know.
    ``whole`` names those of which somebody said that nothing more belongs into them, with the line that says so.
    ``care`` is there where a person reads; the engine asks for none of it.
    """

    patient: Patient
    current: dict[str, Observation]
    observations: list[Observation]
    allergies: list[AllergyIntolerance]
    medications: list[MedicationStatement]
    conditions: list[Condition]
    family_history: list[FamilyMemberHistory]
    none: frozenset[str]
    unsure: frozenset[str] = frozenset()
    whole: Mapping[str, NoneRecorded] = field(default_factory=dict)
    previous_treatments: Sequence[PreviousTreatment] = ()
    care: Care | None = None

    def known_before(self, code: str) -> Observation | None:
        """Return the newest value of a fact, also where the person has said since not to know it."""
        return next((row for row in self.observations if row.code == code and not row.is_unknown), None)


def record_of(user: User, patient: Patient, path: str = "") -> Record:
    """Return the record of a patient and write that ``user`` saw it.

    Raises Patient.DoesNotExist, as for a patient who is not there, where ``user`` may not read it.
    """
    if not may_read_record(user, patient):
        raise Patient.DoesNotExist
    audit.record(actor=user, verb="patient.viewed", patient_id=patient.pk, path=path)
    return replace(contents_of(patient), care=_care_of(user, patient))


def _care_of(user: User, patient: Patient) -> Care:
    return Care(
        contacts=list(_contacts(patient)),
        procedures=list(_standing(Procedure, patient, "-performed")),
        encounters=list(_standing(Encounter, patient, "-started")),
        reports=list(_standing(DiagnosticReport, patient, "-effective").select_related("document__content")),
        documents=list(shown_to(user, patient)),
    )


def contacts_of(user: User, patient: Patient, path: str = "") -> list[RelatedPerson]:
    """Return whom to call and who decides for a patient, emergency contacts first; who they are, nothing clinical.

    Raises Patient.DoesNotExist where ``user`` may not see who this patient is.
    """
    if not patients_for(user).filter(pk=patient.pk).exists():
        raise Patient.DoesNotExist
    audit.record(actor=user, verb="patient.contacts_viewed", patient_id=patient.pk, path=path)
    return list(_contacts(patient))


def _contacts(patient: Patient) -> QuerySet[RelatedPerson]:
    return _standing(RelatedPerson, patient, "-is_emergency_contact", "-is_guardian")


def line_for(user: User, model: type[L], pk: UUID) -> L:
    """Return one line of the record to somebody about to amend it, with its patient.

    Raises the model's DoesNotExist alike for a line that is not there and for one ``user`` may not see.
    """
    line = model._default_manager.select_related("patient").get(pk=pk)
    if model is RelatedPerson:
        seen = patients_for(user).filter(pk=line.patient_id).exists()
    else:
        seen = may_read_record(user, line.patient)
    if not seen:
        raise model.DoesNotExist
    return line


def contents_of(patient: Patient) -> Record:
    """Return the record for the work of the system itself; what shows it to a person uses ``record_of``."""
    told = list(observations_of(patient))
    standing = [row for row in told if row.code not in RECORD_LISTS]
    lists = {topic: list(_lines(each.model, patient)) for topic, each in RECORD_LISTS.items()}
    said = said_of_lists(patient, lists, newest_by_code(told))
    held: dict[str, Any] = {each.part: _held(lists[topic]) for topic, each in RECORD_LISTS.items()}
    return Record(
        patient=patient,
        current=newest_by_code(standing),
        observations=standing,
        none=said.none,
        unsure=said.unsure,
        whole=said.whole,
        **held,
    )


def _lines(model: type, patient: Patient) -> QuerySet:
    """Return every line ever written, with what has taken its place."""
    return model.objects.filter(patient=patient).select_related("superseded_by").order_by("-recorded_at", "-pk")


def _standing(model: type, patient: Patient, *order: str) -> QuerySet:
    """Return the lines that hold."""
    return model.objects.filter(patient=patient, active=True).order_by(*order, "-recorded_at", "-pk")


def standing_of(patient: Patient, model: type[L], *order: str) -> QuerySet[L]:
    """Return the lines of one list that hold, for the work of the system itself."""
    return _standing(model, patient, *order)


def _held(lines: list[Any]) -> list[Any]:
    """Keep the lines that hold or held: neither replaced by a correction nor entered in error."""
    return [line for line in lines if not line.entered_in_error and not hasattr(line, "superseded_by")]


def observations_of(patient: Patient, *codes: str, since: datetime | None = None) -> QuerySet[Observation]:
    """Return what still holds (not superseded), newest first; of the ``codes`` given, or of all."""
    found = Observation.objects.filter(patient=patient, superseded_by__isnull=True, entered_in_error=False)
    if codes:
        found = found.filter(code__in=codes)
    if since:
        found = found.filter(effective_at__gte=since)
    return found.order_by("-effective_at", "-recorded_at", "-pk")


def current_observations(patient: Patient) -> dict[str, Observation]:
    """Return the newest value of each code that still holds."""
    return newest_by_code(observations_of(patient))


def newest_by_code(newest_first: Iterable[Observation]) -> dict[str, Observation]:
    """Return the first observation of each code; "I don't know" gives way to an older measurement."""
    found: dict[str, Observation] = {}
    for row in newest_first:
        held = found.setdefault(row.code, row)
        if held.is_unknown and row.is_measured:
            found[row.code] = row
    return found


def current_text(purpose: str) -> ConsentText | None:
    """Return the text in force for a purpose: the newest published; None before the first."""
    return ConsentText.objects.filter(purpose=purpose).order_by("-version").first()


def ledger_of(patient: Patient) -> QuerySet[Consent]:
    """Return every decision of a patient, newest first, each with its text."""
    return Consent.objects.filter(patient=patient).select_related("text").order_by("-line")


def decision_on(patient: Patient, purpose: str) -> Consent | None:
    """Return the newest decision of a patient about a purpose, None if there was none."""
    return ledger_of(patient).filter(text__purpose=purpose).first()


def has_current_consent(patient: Patient, purpose: str) -> bool:
    """Tell whether the patient's newest word on ``purpose`` is yes, and to the text now in force."""
    decision, text = decision_on(patient, purpose), current_text(purpose)
    return bool(decision and text and decision.decision == Consent.Decision.ACCEPTED and decision.text_id == text.pk)

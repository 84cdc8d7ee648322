"""Writing many reports with their values at once, in as many queries for one as for a thousand. Part of services.py."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.audit.acting import acting
from webapp.patients.cleaning import clean
from webapp.patients.models import DiagnosticReport, DocumentReference, Observation, Patient
from webapp.patients.recording import Reading
from webapp.patients.writing import NotAllowed, PatientError, verified_by

BATCH = 500


@dataclass(frozen=True, slots=True)
class Panel:
    """A report to be written with its values; ``document`` is the original file, kept before."""

    patient: Patient
    category: str
    title: str
    effective: str  # 2011-05-03
    readings: Sequence[Reading] = ()
    performer: str = ""
    conclusion: str = ""
    document: DocumentReference | None = None


@transaction.atomic
@audit.together()
def add_panels(panels: Sequence[Panel], actor: User | None) -> list[tuple[DiagnosticReport, list[Observation]]]:
    """Return the new reports, each with its values, which name it as their source.

    Raises NotAllowed for whoever is no clinician, PatientError for a value, day or file that cannot be.
    """
    if actor is not None and not actor.may("record.write"):
        raise NotAllowed(_("Results are written down by clinicians."))
    now = timezone.now()
    reports = [_report(panel, actor, now) for panel in panels]
    values = [
        [_value(reading, report, actor, now) for reading in panel.readings]
        for panel, report in zip(panels, reports, strict=True)
    ]
    try:
        with transaction.atomic(), acting(actor):
            DiagnosticReport.objects.bulk_create(reports, batch_size=BATCH)
            Observation.objects.bulk_create([row for rows in values for row in rows], batch_size=BATCH)
    except IntegrityError:
        raise PatientError(_("A value needs the name of a test and a date that has passed.")) from None
    for report, rows in zip(reports, values, strict=True):
        _tell(actor, report, len(rows))
    return list(zip(reports, values, strict=True))


def _report(panel: Panel, actor: User | None, now: Any) -> DiagnosticReport:
    document = panel.document
    if document is not None and (document.patient_id != panel.patient.pk or not document.active):
        raise PatientError(_("This file is not in this patient’s record. Choose another one."))
    line = DiagnosticReport(
        patient=panel.patient,
        category=panel.category,
        title=panel.title,
        conclusion=panel.conclusion,
        performer=panel.performer,
        effective=panel.effective,
        document=document,
        verification=verified_by(actor),
        recorded_by=actor,
        recorded_at=now,
    )
    return clean(line)


def _value(reading: Reading, report: DiagnosticReport, actor: User | None, now: Any) -> Observation:
    if reading.value is None:
        raise PatientError(_("A measurement has a value. Nothing was saved."))
    return Observation(
        patient=report.patient,
        code=reading.code,
        value=reading.value,
        unit=reading.unit,
        effective_at=reading.effective_at,
        origin=reading.origin,
        source_id=report.pk,
        verification=verified_by(actor),
        recorded_by=actor,
        recorded_at=now,
    )


def _tell(actor: User | None, report: DiagnosticReport, values: int) -> None:
    about = {"object_type": "diagnosticreport", "object_id": str(report.pk)}
    audit.record(
        actor=actor, verb="diagnosticreport.added", patient_id=report.patient_id, detail={"values": values}, **about
    )

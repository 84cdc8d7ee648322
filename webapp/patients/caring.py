"""Writing what happened and who stands by: contacts, procedures, hospital stays, reports. Part of services.py.

Days are text as people know them: ``2011``, ``5/2011``, ``3/5/2011``; empty where nobody knows.
"""

from typing import Any

from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.patients.amending import may_write_contacts
from webapp.patients.cleaning import clean
from webapp.patients.models import (
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Patient,
    Procedure,
    RelatedPerson,
)
from webapp.patients.writing import PatientError, add_line, may_write, verified_by


def add_contact(
    *,
    patient: Patient,
    name: str,
    relationship: str,
    actor: User | None,
    phone: str = "",
    email: str = "",
    note: str = "",
    is_emergency_contact: bool = False,
    is_guardian: bool = False,
) -> RelatedPerson:
    """Add somebody near the patient; an emergency contact needs a telephone."""
    line = RelatedPerson(
        patient=patient,
        name=name,
        relationship=relationship,
        phone=phone,
        email=email,
        note=note,
        is_emergency_contact=is_emergency_contact,
        is_guardian=is_guardian,
    )
    may_write_contacts(line, actor)
    line.verification = verified_by(actor)
    return add_line(clean(line), actor)


def add_procedure(
    *,
    patient: Patient,
    text: str,
    actor: User | None,
    code: str = "",
    performed: str = "",
    outcome: str = "",
    place: str = "",
) -> Procedure:
    """Add an operation, an endoscopy or the like; ``code`` is the vocabulary's word for it, if it has one."""
    return _add(
        Procedure(patient=patient, text=text, code=code, performed=performed, outcome=outcome, place=place), actor
    )


def add_encounter(
    *,
    patient: Patient,
    reason: str,
    actor: User | None,
    kind: str = Encounter.Kind.INPATIENT,
    place: str = "",
    started: str = "",
    ended: str = "",
    outcome: str = "",
) -> Encounter:
    """Add a stay in hospital or a visit to an emergency department."""
    line = Encounter(
        patient=patient, kind=kind, reason=reason, place=place, started=started, ended=ended, outcome=outcome
    )
    return _add(line, actor)


def add_report(
    *,
    patient: Patient,
    category: str,
    title: str,
    actor: User | None,
    conclusion: str = "",
    performer: str = "",
    effective: str = "",
    document: DocumentReference | None = None,
) -> DiagnosticReport:
    """Add what an examination found; ``document`` is the original file, kept before.

    Raises PatientError for a file of another patient, and for one that was taken back.
    """
    if document is not None and (document.patient_id != patient.pk or not document.active):
        raise PatientError(_("This file is not in this patient’s record. Choose another one."))
    line = DiagnosticReport(
        patient=patient,
        category=category,
        title=title,
        conclusion=conclusion,
        performer=performer,
        effective=effective,
        document=document,
    )
    return _add(line, actor)


def _add(line: Any, actor: User | None) -> Any:
    may_write(line.patient, actor)
    line.verification = verified_by(actor)
    return add_line(clean(line), actor)

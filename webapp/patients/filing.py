"""Keeping files in the record. Part of services.py."""

import hashlib

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base.fields import blind
from webapp.patients import files
from webapp.patients.cleaning import clean
from webapp.patients.models import Binary, BinaryChunk, DocumentReference, Patient
from webapp.patients.uploads import Accepted, DocumentRefused, accept
from webapp.patients.writing import PatientError, add_line, may_write, verified_by


def add_document(
    patient: Patient, *, name: str, content: bytes, kind: str, actor: User | None, title: str = ""
) -> DocumentReference:
    """Keep a file, encrypted; it is called ``title``, or else what its name says without folders and ending.

    Raises DocumentRefused, with what to do instead, for a file that is not a plain document; PatientError for one that
    is in the record already; NotAllowed where ``actor`` may not write. The audit is told of a refusal, not the name.
    """
    may_write(patient, actor)
    try:
        accepted = accept(name, content)
    except DocumentRefused as problem:
        detail = {"reason": problem.reason, "size": len(content)}
        audit.record(actor=actor, verb="document.refused", patient_id=patient.pk, detail=detail)
        raise
    line = DocumentReference(patient=patient, kind=kind, title=title or accepted.title, verification=verified_by(actor))
    index = blind(f"{patient.pk}|{hashlib.sha256(content).hexdigest()}", "patients.binary.content")
    return _keep(clean(line), accepted, index, actor)


@transaction.atomic
def _keep(line: DocumentReference, accepted: Accepted, index: bytes, actor: User | None) -> DocumentReference:
    Patient.objects.select_for_update(no_key=True).get(pk=line.patient_id)  # two clicks at once keep one file
    held = Binary.objects.filter(content_index=index).first()
    if held and held.documents.filter(active=True).exists():
        raise PatientError(_("This file is already in the record."))
    line.content = held or _store(line.patient, accepted, index, actor)
    return add_line(line, actor)


def _store(patient: Patient, accepted: Accepted, index: bytes, actor: User | None) -> Binary:
    binary = Binary.objects.create(
        patient=patient,
        content_type=accepted.content_type,
        size=len(accepted.content),
        content_index=index,
        recorded_by=actor,
        recorded_at=timezone.now(),
    )
    pieces = enumerate(files.pieces(binary.pk, accepted.content))
    BinaryChunk.objects.bulk_create(
        (BinaryChunk(binary=binary, position=place, data=piece) for place, piece in pieces), batch_size=4
    )
    return binary

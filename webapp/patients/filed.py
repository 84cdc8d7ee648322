"""Giving out the files of the record. Part of selectors.py."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils import timezone

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients import files
from webapp.patients.access import may_read_record
from webapp.patients.models import DocumentReference, Patient
from webapp.patients.uploads import EXTENSION


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it is given out: under a name of ours, which says no word of what is in it."""

    document: DocumentReference
    name: str
    content_type: str
    content: bytes


def shown_to(user: User, patient: Patient) -> QuerySet[DocumentReference]:
    """Return the files of a record ``user`` may see, newest first.

    Who reads records sees all; the patient the own ones and those a clinician released; nobody else any.
    """
    if user.may("record.read"):
        return _standing(patient)
    return released_to(patient) if may_read_record(user, patient) else DocumentReference.objects.none()


def released_to(patient: Patient) -> QuerySet[DocumentReference]:
    """Return the files that are the patient's to see: the own ones and those a clinician released, newest first."""
    own = patient.user_id
    theirs = Q(recorded_by=own) | Q(content__recorded_by=own) if own is not None else Q(pk__in=())
    return _standing(patient).filter(Q(released_at__isnull=False) | theirs)


def _standing(patient: Patient) -> QuerySet[DocumentReference]:
    found = DocumentReference.objects.filter(patient=patient, active=True).select_related("content")
    return found.order_by("-recorded_at", "-pk")


def document_for(user: User, pk: UUID, path: str = "") -> Download:
    """Return a file with its content, and write that ``user`` opened it.

    Raises DocumentReference.DoesNotExist alike for a file that is not there, for one of a patient whose record
    ``user`` may not read, for one not released to the patient who asks, and for one entered in error, which only who
    writes in the record still opens.
    """
    document = DocumentReference.objects.select_related("patient", "content").get(pk=pk)
    if not _may_open(user, document):
        raise DocumentReference.DoesNotExist
    found = content_of(document)
    audit.record(
        actor=user,
        verb="document.opened",
        patient_id=document.patient_id,
        object_type="documentreference",
        object_id=document.pk,
        path=path,
    )
    return found


def content_of(document: DocumentReference) -> Download:
    """Return a file with its content, for the work of the system itself; a person gets it by ``document_for``.

    Raises FileDamaged where its pieces are not those that were written.
    """
    binary = document.content
    chunks = binary.chunks.order_by("position").values_list("data", flat=True)
    return Download(document, _name(document), binary.content_type, files.whole(binary.pk, chunks))


def _may_open(user: User, document: DocumentReference) -> bool:
    if not user.may("record.read"):
        return shown_to(user, document.patient).filter(pk=document.pk).exists()
    return not document.entered_in_error or user.may("record.write")


def _name(document: DocumentReference) -> str:
    day = timezone.localdate(document.recorded_at)
    return f"{document.kind}-{day.isoformat()}-{document.pk.hex[:8]}.{EXTENSION[document.content.content_type]}"

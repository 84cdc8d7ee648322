"""Giving out the files of the record. Part of selectors.py."""

from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients import files
from webapp.patients.access import may_read_record
from webapp.patients.models import DocumentReference
from webapp.patients.uploads import EXTENSION


@dataclass(frozen=True, slots=True)
class Download:
    """A file as it is given out: under a name of ours, which says no word of what is in it."""

    document: DocumentReference
    name: str
    content_type: str
    content: bytes


def document_for(user: User, pk: UUID, path: str = "") -> Download:
    """Return a file with its content, and write that ``user`` opened it.

    Raises DocumentReference.DoesNotExist alike for a file that is not there, for one of a patient whose record
    ``user`` may not read, and for one entered in error, which only who writes in the record still opens.
    """
    document = DocumentReference.objects.select_related("patient", "content").get(pk=pk)
    if not may_read_record(user, document.patient):
        raise DocumentReference.DoesNotExist
    if document.entered_in_error and not user.may("record.write"):
        raise DocumentReference.DoesNotExist
    binary = document.content
    chunks = binary.chunks.order_by("position").values_list("data", flat=True)
    content = files.whole(binary.pk, chunks)
    audit.record(
        actor=user,
        verb="document.opened",
        patient_id=document.patient_id,
        object_type="documentreference",
        object_id=document.pk,
        path=path,
    )
    return Download(document, _name(document), binary.content_type, content)


def _name(document: DocumentReference) -> str:
    day = timezone.localdate(document.recorded_at)
    return f"{document.kind}-{day.isoformat()}-{document.pk.hex[:8]}.{EXTENSION[document.content.content_type]}"

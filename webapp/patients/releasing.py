"""Giving a file of the record out to its patient, and taking that back. Part of services.py.

What comes in is read by a clinician first: nobody learns of a grave finding from a telephone at night.
"""

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.outbox import services as outbox
from webapp.patients.models import DocumentReference
from webapp.patients.reaching import reached_by
from webapp.patients.writing import NotAllowed, PatientError, change_line, tell


@transaction.atomic
def release(*, document: DocumentReference, actor: User) -> DocumentReference:
    """Let the patient see and keep a file from now on, and say that there is something to read; twice changes nothing.

    Raises NotAllowed for whoever is no clinician, PatientError for a file that no longer holds.
    """
    held = _held(document, actor)
    if held.released_at is None:
        change_line(held, actor, released_by=actor, released_at=timezone.now())
        tell(actor, "documentreference.released", held)
        _notify(held)
    return held


@transaction.atomic
def withhold(*, document: DocumentReference, actor: User) -> DocumentReference:
    """Take a release back: the patient sees the file no more. What was downloaded before stays with the patient."""
    held = _held(document, actor)
    if held.released_at is not None:
        change_line(held, actor, released_by=None, released_at=None)
        tell(actor, "documentreference.withheld", held)
        outbox.cancel(_key(held))
    return held


def _held(document: DocumentReference, actor: User) -> DocumentReference:
    if not actor.may("record.write"):
        raise NotAllowed(_("What a patient sees of the file is decided by a clinician."))
    held = DocumentReference.objects.select_for_update(of=("self",)).select_related("patient__user").get(pk=document.pk)
    if not held.active:
        raise PatientError(_("This file was corrected or taken back meanwhile. Look at the record."))
    return held


def _key(document: DocumentReference) -> str:
    return f"document:{document.pk}"


def _notify(document: DocumentReference) -> None:
    """Say once that there is something to read, to whom can sign in; never what."""
    patient = document.patient
    to = reached_by(patient)
    if patient.user is None or not patient.user.is_active or not to["address"]:
        return
    outbox.queue(
        key=_key(document),
        **to,
        template="message_waiting",
        language=patient.language,
        link=reverse("portal:record"),
        recipient=str(patient.pk),
    )

"""What the portal changes by itself: what one says of a list as a whole, and the audit of reading the own record."""

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.patients import services as patients
from webapp.patients.lists import RECORD_LISTS
from webapp.patients.models import Patient
from webapp.plans import tasks
from webapp.portal.record import TOPICS, code_of_lines

_SAYINGS = {"none": patients.record_none, "whole": patients.record_whole, "more": patients.record_doubt}
_CHANGED = {
    "conditions": "condition",
    "medications": "medication",
    "treatments": "previous_treatment",
    "allergies": "allergy",
}


def note_reading(*, user: User, patient: Patient, what: str, path: str) -> None:
    """Write that a person read a part of the own record; ``what`` is a word such as ``plan``."""
    audit.record(actor=user, verb=f"{what}.viewed", patient_id=patient.pk, path=path)


def note_taking(*, user: User, patient: Patient, what: str, path: str) -> None:
    """Write that a person took a copy of a part of the own record along."""
    audit.record(actor=user, verb=f"{what}.printed", patient_id=patient.pk, path=path)


@transaction.atomic
def say_of_list(*, patient: Patient, name: str, said: str, seen: str, actor: User, today: date) -> None:
    """Write what a patient says of a list as a whole: ``none``, ``whole`` (that is all) or ``more`` (maybe).

    ``seen`` stands for the lines that were shown: of others the person said nothing. Raises PatientError.
    """
    topic = TOPICS[name]
    lines = RECORD_LISTS[topic].model._default_manager.filter(patient=patient, active=True)
    if seen != code_of_lines(lines.values_list("pk", flat=True)):
        raise patients.PatientError(_("The list has changed since you opened it. Look at it again."))
    _SAYINGS[said](patient=patient, topic=topic, actor=actor)
    tasks.after_change(patient_id=patient.pk, what=_CHANGED[name], today=today)

"""What somebody says of a list of the record as a whole. Part of services.py, like recording.py."""

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.patients.lists import RECORD_LISTS
from webapp.patients.models import UNKNOWN, NoneRecorded, Observation, Patient
from webapp.patients.writing import PatientError, add_line, is_own, may_write, verified_by


@transaction.atomic
def record_none(*, patient: Patient, topic: str, actor: User | None) -> NoneRecorded:
    """Write that somebody asked and there is none; raise PatientError while a line of that list is in force."""
    may_write(patient, actor)
    if _stands(patient, topic):
        raise PatientError(_("The list is not empty. Close what no longer holds first."))
    return _said(patient, topic, actor, "added")


@transaction.atomic
def record_whole(*, patient: Patient, topic: str, actor: User | None) -> NoneRecorded:
    """Write that there is no more than what stands in a list; raise PatientError where nothing stands in it."""
    may_write(patient, actor)
    if not _stands(patient, topic):
        raise PatientError(_("Nothing stands in this list any more. Look at it again."))
    return _said(patient, topic, actor, "whole")


@transaction.atomic
def record_asked(*, patient: Patient, topic: str, actor: User | None) -> NoneRecorded:
    """Write that a list was asked for and told in full: no more than what stands in it, which may be nothing.

    Who answers "none" does not undo what a clinician wrote: then that is all there is.
    """
    may_write(patient, actor)
    return _said(patient, topic, actor, "whole" if _stands(patient, topic) else "added")


@transaction.atomic
def record_doubt(*, patient: Patient, topic: str, actor: User) -> Observation:
    """Write that there may be more than what stands in a list, whatever was said before."""
    may_write(patient, actor)
    doubt = Observation(
        patient=patient,
        code=RECORD_LISTS[topic].topic,
        value=UNKNOWN,
        effective_at=timezone.now(),
        origin=Observation.Origin.QUESTIONNAIRE if is_own(patient, actor) else Observation.Origin.STAFF,
        verification=verified_by(actor),
    )
    made: Observation = add_line(doubt, actor, "doubted")
    return made


def _stands(patient: Patient, topic: str) -> bool:
    return RECORD_LISTS[topic].model._default_manager.filter(patient=patient, active=True).exists()


def _said(patient: Patient, topic: str, actor: User | None, verb: str) -> NoneRecorded:
    made: NoneRecorded = add_line(NoneRecorded(patient=patient, list=topic), actor, verb)
    return made

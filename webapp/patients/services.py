"""Changes to who a patient is and what was agreed. Changes to the record stand in recording.py; both are audited."""

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.base.roles import Role
from webapp.patients import selectors
from webapp.patients.amending import (
    ErrorReason,
    brings_back,
    confirm,
    confirm_observation,
    correct,
    enter_in_error,
    enter_observation_in_error,
)
from webapp.patients.asking import record_asked, record_doubt, record_none, record_whole
from webapp.patients.caring import add_contact, add_encounter, add_procedure, add_report
from webapp.patients.filing import add_document
from webapp.patients.models import Consent, ConsentText, Patient
from webapp.patients.recording import (
    Reading,
    add_allergy,
    add_condition,
    add_family_history,
    add_medication,
    add_previous_treatment,
    close_allergy,
    close_condition,
    confirm_allergy,
    correct_observation,
    record_observations,
    settle_allergy,
    stop_medication,
)
from webapp.patients.registering import (
    ChangedMeanwhile,
    PossibleDuplicate,
    correct_identity,
    rebuild_index,
    register,
    tell_apart,
)
from webapp.patients.releasing import release, withhold
from webapp.patients.uploads import DocumentRefused
from webapp.patients.writing import NotAllowed, PatientError

__all__ = [
    "ChangedMeanwhile",
    "DocumentRefused",
    "ErrorReason",
    "NotAllowed",
    "PatientError",
    "PossibleDuplicate",
    "Reading",
    "accept_consent",
    "add_allergy",
    "add_condition",
    "add_contact",
    "add_document",
    "add_encounter",
    "add_family_history",
    "add_medication",
    "add_previous_treatment",
    "add_procedure",
    "add_report",
    "brings_back",
    "close_allergy",
    "close_condition",
    "confirm",
    "confirm_allergy",
    "confirm_observation",
    "correct",
    "correct_identity",
    "correct_observation",
    "enter_in_error",
    "enter_observation_in_error",
    "publish_consent_text",
    "rebuild_index",
    "record_asked",
    "record_doubt",
    "record_none",
    "record_observations",
    "record_whole",
    "register",
    "release",
    "settle_allergy",
    "stop_medication",
    "tell_apart",
    "withdraw_consent",
    "withhold",
]


@transaction.atomic
def publish_consent_text(*, purpose: str, body_es: str, body_en: str, actor: User | None) -> ConsentText:
    """Put a new text in force for a purpose; whoever accepted an earlier one is asked again."""
    if actor is not None and not actor.may("consents.publish"):
        raise NotAllowed(_("Consent texts are published by the medical director or the administrator."))
    if not body_es.strip() or not body_en.strip():
        raise PatientError(_("A consent text is published in Spanish and in English."))
    last = selectors.current_text(purpose)
    text = ConsentText.objects.create(
        purpose=purpose,
        version=last.version + 1 if last else 1,
        body_es=body_es.strip(),
        body_en=body_en.strip(),
        published_at=timezone.now(),
    )
    audit.record(actor=actor, verb="consent_text.published", object_type="consent_text", object_id=str(text.pk))
    return text


def accept_consent(
    *, patient: Patient, text: ConsentText, channel: str, actor: User | None, at: datetime | None = None
) -> Consent:
    """Write that the patient agreed to ``text``; agreeing twice to the same text leaves one line.

    Raises PatientError if a newer text is in force: nobody agrees to what no longer holds. Raises NotAllowed
    where ``actor`` answers in the portal for somebody else, or may not write consents.
    """
    _may_decide(patient, channel, actor)
    current = selectors.current_text(text.purpose)
    if current is None or current.pk != text.pk:
        raise PatientError(_("There is a newer text. Please read it before deciding."))
    return _decide(patient, text, decision=Consent.Decision.ACCEPTED, channel=channel, actor=actor, at=at)


def withdraw_consent(
    *, patient: Patient, purpose: str, channel: str, actor: User | None, at: datetime | None = None
) -> Consent | None:
    """Write that the patient no longer agrees; None, and no line, where there is nothing to withdraw."""
    _may_decide(patient, channel, actor)
    last = selectors.decision_on(patient, purpose)
    if last is None:
        return None
    return _decide(patient, last.text, decision=Consent.Decision.WITHDRAWN, channel=channel, actor=actor, at=at)


def _may_decide(patient: Patient, channel: str, actor: User | None) -> None:
    if actor is None:
        return
    own = actor.active_role == Role.PATIENT and patient.user_id == actor.pk
    if channel == Consent.Channel.PORTAL and not own:
        raise NotAllowed(_("In the portal each patient decides alone. Write it down as given at the front desk."))
    if channel != Consent.Channel.PORTAL and not actor.may("consents.write"):
        raise NotAllowed(_("Consents on paper or by telephone are written down by the clinic."))


@transaction.atomic
def _decide(
    patient: Patient, text: ConsentText, *, decision: str, channel: str, actor: User | None, at: datetime | None
) -> Consent:
    Patient.objects.select_for_update().get(pk=patient.pk)  # two clicks at once make one line
    last = selectors.decision_on(patient, text.purpose)
    if last and (last.decision, last.text_id) == (decision, text.pk):
        return last
    newest = selectors.ledger_of(patient).first()
    consent = Consent.objects.create(
        patient=patient,
        text=text,
        decision=decision,
        channel=Consent.Channel(channel),
        decided_at=at or timezone.now(),
        recorded_by=actor,
        line=newest.line + 1 if newest else 1,
    )
    detail = {"purpose": text.purpose, "version": text.version, "channel": str(channel)}
    audit.record(actor=actor, verb=f"consent.{decision}", patient_id=patient.pk, detail=detail)
    return consent

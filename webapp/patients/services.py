"""Changes to who a patient is and what was agreed. Changes to the record stand in recording.py; both are audited."""

from datetime import date, datetime

from django.db import IntegrityError, connection, transaction
from django.db.models import IntegerField, Max
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.accounts.models import User
from webapp.audit import services as audit
from webapp.audit.acting import acting
from webapp.base.fields import blind
from webapp.base.roles import Role
from webapp.patients import identity, selectors
from webapp.patients.amending import (
    ErrorReason,
    confirm,
    confirm_observation,
    correct,
    enter_in_error,
    enter_observation_in_error,
)
from webapp.patients.caring import add_contact, add_encounter, add_procedure, add_report
from webapp.patients.cleaning import check_email
from webapp.patients.models import Consent, ConsentText, NamePrefix, Patient
from webapp.patients.recording import (
    Reading,
    add_allergy,
    add_condition,
    add_family_history,
    add_medication,
    close_allergy,
    close_condition,
    confirm_allergy,
    correct_observation,
    record_none,
    record_observations,
    settle_allergy,
    stop_medication,
)
from webapp.patients.writing import NotAllowed, PatientError

__all__ = [
    "ErrorReason",
    "NotAllowed",
    "PatientError",
    "Reading",
    "accept_consent",
    "add_allergy",
    "add_condition",
    "add_contact",
    "add_encounter",
    "add_family_history",
    "add_medication",
    "add_procedure",
    "add_report",
    "close_allergy",
    "close_condition",
    "confirm",
    "confirm_allergy",
    "confirm_observation",
    "correct",
    "correct_observation",
    "enter_in_error",
    "enter_observation_in_error",
    "publish_consent_text",
    "record_none",
    "record_observations",
    "register",
    "settle_allergy",
    "stop_medication",
    "withdraw_consent",
]

FIRST_NUMBER = 100001
NUMBERS_LOCK = 0x4E4843  # the advisory lock under which record numbers are given


@transaction.atomic
def register(
    *,
    actor: User | None,
    given_name: str,
    family_name: str,
    birth_date: date,
    sex: str = Patient.Sex.UNKNOWN,
    national_id: str = "",
    email: str = "",
    phone: str = "",
    language: str = "es",
    general_practitioner: User | None = None,
    user: User | None = None,
    record_number: str = "",
    registered_at: datetime | None = None,
) -> Patient:
    """Register a person as a patient; the record number is the next one unless given.

    Raises PatientError for a number that cannot be right, a birth date to come, or a DNI already registered;
    NotAllowed if this actor registers nobody.
    """
    if actor is not None and not actor.may("patients.register"):
        raise NotAllowed(_("Registering patients is done by the front desk and the clinicians."))
    if not given_name.strip() or not family_name.strip():
        raise PatientError(_("A patient needs a first name and at least one surname."))
    if birth_date > timezone.localdate():
        raise PatientError(_("The date of birth is still to come. Check the year."))
    patient = Patient(
        given_name=given_name.strip(),
        family_name=family_name.strip(),
        birth_date=birth_date,
        birth_date_index=selectors.number_index(birth_date.isoformat(), "birth_date"),
        sex=sex,
        language=language,
        general_practitioner=general_practitioner,
        user=user,
        registered_at=registered_at or timezone.now(),
        **_numbers(national_id, email, phone),
    )
    patient.record_number = record_number or _next_number()
    with acting(actor):
        _save_new(patient)
    _index_name(patient)
    audit.record(actor=actor, verb="patient.registered", patient_id=patient.pk)
    return patient


def _numbers(national_id: str, email: str, phone: str) -> dict[str, str | bytes]:
    """Return the columns of the numbers given, each beside its index."""
    try:
        given = {
            "national_id": identity.national_id(national_id) if national_id else "",
            "phone": identity.phone(phone) if phone else "",
            "email": email.strip(),
        }
    except identity.IdentityError as problem:
        raise PatientError(str(problem)) from None
    if given["email"]:
        check_email(given["email"])
    columns: dict[str, str | bytes] = {}
    for field, value in given.items():
        if value:
            columns |= {field: value, f"{field}_index": selectors.number_index(value, field)}
    return columns


def _next_number() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NUMBERS_LOCK])
    highest = Patient.objects.aggregate(n=Max(Cast("record_number", IntegerField())))["n"]
    return str(max(FIRST_NUMBER, (highest or 0) + 1))


def _save_new(patient: Patient) -> None:
    try:
        with transaction.atomic():
            patient.save(force_insert=True)
    except IntegrityError as problem:
        if "national_id" in str(problem):
            raise PatientError(_("A patient with this DNI or NIE is already registered. Search for it.")) from None
        if "record_number" in str(problem):
            raise PatientError(_("This record number is already taken.")) from None
        raise


def _index_name(patient: Patient) -> None:
    beginnings = sorted(identity.prefixes(patient.full_name))
    NamePrefix.objects.bulk_create(
        NamePrefix(patient=patient, index=blind(start, selectors.PREFIX)) for start in beginnings
    )


@transaction.atomic
def publish_consent_text(*, purpose: str, body_es: str, body_en: str, actor: User | None) -> ConsentText:
    """Put a new text in force for a purpose; whoever accepted an earlier one is asked again."""
    if actor is not None and not actor.may("consents.publish"):
        raise NotAllowed(_("Consent texts are published by the medical director or the administrator."))
    if not body_es.strip() or not body_en.strip():
        raise PatientError(_("A consent text is published in Spanish and in English."))
    last = selectors.current_text(purpose)
    text = ConsentText.objects.create(
        purpose=purpose, version=last.version + 1 if last else 1, body_es=body_es.strip(), body_en=body_en.strip()
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

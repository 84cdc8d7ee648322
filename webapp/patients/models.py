"""Patients: who they are and what they agreed to. The record itself stands in record.py and care.py.

Names, dates and numbers that tell who somebody is are encrypted; beside those that must be found stands a blind index.
"""

import uuid
from datetime import date

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.base.fields import BlindIndexField, EncryptedDateField, EncryptedTextField
from webapp.patients.care import (
    Binary,
    BinaryChunk,
    DiagnosticReport,
    DocumentReference,
    Encounter,
    Procedure,
    RelatedPerson,
)
from webapp.patients.invitation import Invitation
from webapp.patients.lines import Verification, never_emptied, tracked
from webapp.patients.record import (
    UNKNOWN,
    AllergyIntolerance,
    Condition,
    FamilyMemberHistory,
    MedicationStatement,
    NoneRecorded,
    Observation,
    PreviousTreatment,
)

__all__ = [
    "UNKNOWN",
    "AllergyIntolerance",
    "Binary",
    "BinaryChunk",
    "Condition",
    "Consent",
    "ConsentText",
    "DiagnosticReport",
    "DocumentReference",
    "Encounter",
    "FamilyMemberHistory",
    "Invitation",
    "MedicationStatement",
    "NamePrefix",
    "NoneRecorded",
    "NotTheSame",
    "Observation",
    "Patient",
    "PreviousTreatment",
    "Procedure",
    "RelatedPerson",
    "Verification",
]


@tracked("patients")
class Patient(models.Model):
    """A person in care. Holds identity only: a page that shows a Patient shows nothing clinical."""

    class Sex(models.TextChoices):
        FEMALE = "female", _("Female")
        MALE = "male", _("Male")
        OTHER = "other", _("Other")
        UNKNOWN = "unknown", _("Not known")

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("Text message")
        PUSH = "push", _("Notice on the telephone")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    record_number = models.CharField(_("record number"), max_length=12, unique=True)
    given_name = EncryptedTextField(_("first name"))
    family_name = EncryptedTextField(_("surnames"))
    birth_date = EncryptedDateField(_("date of birth"))
    birth_date_index = BlindIndexField(null=True, db_index=True)
    sex = models.CharField(_("sex"), max_length=7, choices=Sex, default=Sex.UNKNOWN)
    national_id = EncryptedTextField(_("DNI or NIE"), null=True)
    national_id_index = BlindIndexField(null=True, unique=True)
    other_id = EncryptedTextField(_("passport or other document"), null=True)
    other_id_index = BlindIndexField(null=True, db_index=True)  # two countries may give one number
    email = EncryptedTextField(_("e-mail"), null=True)
    email_index = BlindIndexField(null=True, db_index=True)  # a family may share one address
    phone = EncryptedTextField(_("telephone"), null=True)
    phone_index = BlindIndexField(null=True, db_index=True)
    language = models.CharField(
        _("language"), max_length=2, choices=[("es", "Español"), ("en", "English")], default="es"
    )
    channel = models.CharField(_("how to send notices"), max_length=5, choices=Channel, default=Channel.EMAIL)
    general_practitioner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    registered_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(sex__in=["female", "male", "other", "unknown"]), name="patients_sex"),
            models.CheckConstraint(condition=Q(language__in=["es", "en"]), name="patients_language"),
            models.CheckConstraint(condition=Q(channel__in=["email", "sms", "push"]), name="patients_channel"),
            models.CheckConstraint(
                condition=Q(record_number__regex=r"^[0-9]{6,12}$"), name="patients_record_number_is_digits"
            ),
            models.CheckConstraint(
                condition=Q(national_id__isnull=True, national_id_index__isnull=True)
                | Q(national_id__isnull=False, national_id_index__isnull=False),
                name="patients_national_id_has_its_index",
            ),
            models.CheckConstraint(
                condition=Q(other_id__isnull=True, other_id_index__isnull=True)
                | Q(other_id__isnull=False, other_id_index__isnull=False),
                name="patients_other_id_has_its_index",
            ),
            models.CheckConstraint(
                condition=Q(email__isnull=True, email_index__isnull=True)
                | Q(email__isnull=False, email_index__isnull=False),
                name="patients_email_has_its_index",
            ),
            models.CheckConstraint(
                condition=Q(phone__isnull=True, phone_index__isnull=True)
                | Q(phone__isnull=False, phone_index__isnull=False),
                name="patients_phone_has_its_index",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="patients_are_kept", operation=pgtrigger.Delete),
            never_emptied("patients"),
        ]

    def __str__(self) -> str:
        return self.record_number

    @property
    def full_name(self) -> str:
        return f"{self.given_name} {self.family_name}".strip()

    def age_on(self, day: date) -> int:
        """Return whole years lived on ``day``."""
        born = self.birth_date
        return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


class NamePrefix(models.Model):
    """The keyed digest of the first 2 to 6 letters of a name, so that an encrypted name can be searched."""

    patient = models.ForeignKey(Patient, models.CASCADE, related_name="prefixes")
    index = BlindIndexField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["index", "patient"], name="patients_prefix_once")]

    def __str__(self) -> str:
        return f"prefix of {self.patient_id}"


class NotTheSame(models.Model):
    """Somebody looked at two patients who seem to be one, and said that they are two."""

    patient = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    other = models.ForeignKey(Patient, models.PROTECT, related_name="+")
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "other"], name="patients_told_apart_once"),
            models.CheckConstraint(condition=~Q(patient=models.F("other")), name="patients_told_apart_are_two"),
        ]
        triggers = [
            pgtrigger.Protect(name="told_apart_stays", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("told_apart"),
        ]

    def __str__(self) -> str:
        return f"{self.patient_id} is not {self.other_id}"


class Purpose(models.TextChoices):
    TREATMENT = "treatment", _("Treatment")
    RESEARCH = "research", _("Research")
    MARKETING = "marketing", _("Marketing")


class ConsentText(models.Model):
    """One version of what a patient is asked to agree to. The newest one published is the one in force."""

    purpose = models.CharField(_("purpose"), max_length=12, choices=Purpose)
    version = models.PositiveSmallIntegerField(_("version"))
    body_es = models.TextField()
    body_en = models.TextField()
    published_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="patients_consent_text_once"),
            models.CheckConstraint(condition=Q(version__gte=1), name="patients_consent_text_counts_from_one"),
            models.CheckConstraint(
                condition=~Q(body_es="") & ~Q(body_en=""), name="patients_consent_text_says_something"
            ),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="patients_consent_text_purpose"),
        ]
        triggers = [
            pgtrigger.Protect(name="consent_texts_stay", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("consent_texts"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"

    def body(self, language: str) -> str:
        """Return the text in ``language``, Spanish where there is no other."""
        return self.body_en if language == "en" else self.body_es


class Consent(models.Model):
    """One line of the consent ledger: who agreed or withdrew, to which text, when and how. Lines are only added."""

    class Decision(models.TextChoices):
        ACCEPTED = "accepted", _("Accepted")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    class Channel(models.TextChoices):
        PORTAL = "portal", _("In the portal")
        DESK = "desk", _("At the front desk, on paper")
        PHONE = "phone", _("By telephone")
        IMPORTED = "imported", _("Brought in from earlier records")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey(Patient, models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, models.PROTECT, related_name="+")
    decision = models.CharField(_("decision"), max_length=9, choices=Decision)
    channel = models.CharField(_("how"), max_length=8, choices=Channel)
    decided_at = models.DateTimeField(_("when"), default=timezone.now)
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    line = models.PositiveIntegerField()  # 1, 2, 3 ... within the patient: the order that decides

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["patient", "line"], name="patients_consent_lines_in_order"),
            models.CheckConstraint(
                condition=Q(decision__in=["accepted", "withdrawn"]), name="patients_consent_decision"
            ),
            models.CheckConstraint(
                condition=Q(channel__in=["portal", "desk", "phone", "imported"]), name="patients_consent_channel"
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="consents_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("consents"),
        ]

    def __str__(self) -> str:
        return f"{self.decision} {self.text_id}"

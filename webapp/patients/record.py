"""The record: what was observed, taken, suffered and never had. Part of models.py, named after the FHIR R4 resources.

Nothing is overwritten. An observation is superseded by another; an allergy, medicine or condition is closed and written
anew. The database refuses the rest, whoever asks.
"""

import uuid
from datetime import timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from webapp.base.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField

CODE = r"^[a-z][a-z0-9_]*$"
UNKNOWN = {"unknown": True}  # stands as value where a person was asked and does not know


class Line(models.Model):
    """What every line of the record carries: whose it is, who wrote it down (None: the system) and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


def _stays(name: str, *columns: str) -> pgtrigger.Trigger:
    """Refuse a change of what was written down. In SQL, since encrypted columns take no look-ups."""
    kept = ("patient_id", "recorded_by_id", "recorded_at", *columns)
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in kept)
    return pgtrigger.Protect(name=f"{name}_stays", operation=pgtrigger.Update, condition=pgtrigger.Condition(changed))


def _is_kept(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=f"{name}_is_kept", operation=pgtrigger.Delete)


class Observation(Line):
    """A value of one vocabulary fact at one time. ``code`` is the fact's name: it says what was asked, not what is."""

    class Origin(models.TextChoices):
        QUESTIONNAIRE = "questionnaire", _("Questionnaire")
        DIARY = "diary", _("Diary")
        LAB = "lab", _("Laboratory")
        VITAL = "vital", _("Measured")
        STAFF = "staff", _("Written by staff")
        IMPORT = "import", _("Earlier records")

    code = models.CharField(max_length=80)
    value = EncryptedJSONField()
    unit = models.CharField(max_length=24, blank=True)
    effective_at = models.DateTimeField()
    origin = models.CharField(max_length=13, choices=Origin)
    source_id = models.UUIDField(null=True, db_index=True)
    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")

    class Meta(Line.Meta):
        indexes = [
            models.Index(fields=["patient", "code", "-effective_at", "-recorded_at"], name="patients_newest_value")
        ]
        constraints = [
            models.CheckConstraint(condition=Q(code__regex=CODE), name="patients_observation_code_is_a_name"),
            models.CheckConstraint(
                condition=Q(origin__in=["questionnaire", "diary", "lab", "vital", "staff", "import"]),
                name="patients_observation_origin",
            ),
            models.CheckConstraint(
                condition=Q(effective_at__lte=F("recorded_at") + timedelta(days=1)),
                name="patients_observation_is_past",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="observations_are_only_added", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="observations_never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'observations are only ever added to';",
            ),
        ]

    @property
    def is_unknown(self) -> bool:
        """Whether a person was asked and does not know."""
        return bool(self.value == UNKNOWN)

    @property
    def is_measured(self) -> bool:
        """Whether it comes from a laboratory or an instrument: that somebody does not know it does not undo it."""
        return self.origin in (self.Origin.LAB, self.Origin.VITAL)


class Verification(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    UNCONFIRMED = "unconfirmed", _("Reported, not confirmed")


class AllergyIntolerance(Line):
    """Something a patient must not be given. ``text`` holds the words used and the reaction."""

    code = EncryptedTextField()
    code_index = BlindIndexField(null=True)  # of patient and code together; empty where no code fits the words
    text = EncryptedTextField()
    verification = models.CharField(max_length=11, choices=Verification, default=Verification.UNCONFIRMED)
    active = models.BooleanField(default=True)

    class Meta(Line.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["code_index"], condition=Q(active=True), name="patients_one_active_allergy"
            ),
            models.CheckConstraint(
                condition=Q(verification__in=["confirmed", "unconfirmed"]), name="patients_allergy_verification"
            ),
        ]
        triggers = [_stays("allergy", "code", "code_index", "text"), _is_kept("allergy")]


class MedicationStatement(Line):
    """A medicine or supplement a patient takes or took; ``dose`` in the words given, "20 mg al día"."""

    code = EncryptedTextField()
    text = EncryptedTextField()
    dose = EncryptedTextField(blank=True)
    active = models.BooleanField(default=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)

    class Meta(Line.Meta):
        constraints = [
            models.CheckConstraint(
                condition=Q(active=False) | Q(ended_on__isnull=True), name="patients_medicine_taken_has_no_end"
            ),
            models.CheckConstraint(
                condition=Q(started_on__isnull=True) | Q(ended_on__isnull=True) | Q(ended_on__gte=F("started_on")),
                name="patients_medicine_ends_after_it_starts",
            ),
        ]
        triggers = [_stays("medicine", "code", "text", "dose", "started_on"), _is_kept("medicine")]


class Condition(Line):
    """A disease or state a patient has or had; ``detail`` is free JSON, such as the year or the stage."""

    code = EncryptedTextField()
    code_index = BlindIndexField(null=True)
    detail = EncryptedJSONField(default=dict)
    verification = models.CharField(max_length=11, choices=Verification, default=Verification.UNCONFIRMED)
    active = models.BooleanField(default=True)

    class Meta(Line.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["code_index"], condition=Q(active=True), name="patients_one_active_condition"
            ),
            models.CheckConstraint(
                condition=Q(verification__in=["confirmed", "unconfirmed"]), name="patients_condition_verification"
            ),
        ]
        triggers = [_stays("condition", "code", "code_index", "detail"), _is_kept("condition")]


class FamilyMemberHistory(Line):
    """A disease of a relative. ``relation`` is a word such as ``mother`` or ``first_degree``."""

    code = EncryptedTextField()
    relation = EncryptedTextField()
    index = BlindIndexField(unique=True)  # of patient, code and relation together

    class Meta(Line.Meta):
        triggers = [_stays("family", "code", "relation", "index"), _is_kept("family")]


class NoneRecorded(Line):
    """Somebody asked and the answer was "none". Without such a line an empty list is unknown, not empty."""

    class Topic(models.TextChoices):
        ALLERGIES = "allergies", _("Allergies")
        MEDICATIONS = "medications", _("Medicines")
        HISTORY = "history", _("Earlier illnesses")
        FAMILY_HISTORY = "family_history", _("Family history")

    list = models.CharField(max_length=14, choices=Topic)

    class Meta(Line.Meta):
        indexes = [models.Index(fields=["patient", "list", "-recorded_at"], name="patients_newest_none")]
        constraints = [
            models.CheckConstraint(
                condition=Q(list__in=["allergies", "medications", "history", "family_history"]),
                name="patients_none_of_what",
            )
        ]
        triggers = [pgtrigger.Protect(name="none_is_only_added", operation=pgtrigger.Update | pgtrigger.Delete)]

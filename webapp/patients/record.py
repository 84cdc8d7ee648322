"""The record: what was observed, taken, suffered and never had. Part of models.py, named after the FHIR R4 resources.

Nothing is overwritten (lines.py). Observations and the words "there is none" are only added: their rows are their
history. The database refuses the rest, whoever asks.
"""

from datetime import timedelta

import pgtrigger
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from webapp.base.fields import BlindIndexField, EncryptedJSONField, EncryptedTextField
from webapp.patients.lines import (
    CODE,
    Entry,
    Line,
    Verification,
    entry_constraints,
    entry_triggers,
    never_emptied,
    tracked,
)

UNKNOWN = {"unknown": True}  # stands as value where a person was asked and does not know


class Observation(Line):
    """A value of one vocabulary fact at one time. ``code`` is the fact's name: it says what was asked, not what is.

    A row ``entered_in_error`` supersedes the one that should not have been written, and holds nothing itself.
    """

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
    verification = models.CharField(max_length=11, choices=Verification, default=Verification.UNCONFIRMED)
    entered_in_error = models.BooleanField(default=False)

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
            models.CheckConstraint(
                condition=Q(verification__in=Verification.values), name="patients_observation_verification"
            ),
            models.CheckConstraint(
                condition=Q(entered_in_error=False) | Q(supersedes__isnull=False),
                name="patients_observation_error_of_another",
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


@tracked("allergy")
class AllergyIntolerance(Entry):
    """Something a patient must not be given. ``text`` holds the words used and the reaction."""

    code = EncryptedTextField()
    code_index = BlindIndexField(null=True)  # of patient and code together; empty where no code fits the words
    text = EncryptedTextField()

    class Meta(Line.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["code_index"], condition=Q(active=True), name="patients_one_active_allergy"
            ),
            *entry_constraints("allergy"),
        ]
        triggers = entry_triggers("allergy", "code", "code_index", "text")


@tracked("medicine")
class MedicationStatement(Entry):
    """A medicine or supplement a patient takes or took; ``dose`` in the words given, "20 mg al día"."""

    code = EncryptedTextField()
    text = EncryptedTextField()
    dose = EncryptedTextField(blank=True)
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
            *entry_constraints("medicine"),
        ]
        triggers = entry_triggers("medicine", "code", "text", "dose", "started_on")


@tracked("treatment")
class PreviousTreatment(Entry):
    """A medicine or regimen of earlier, and what came of it: FHIR's MedicationStatement that is over.

    ``code`` is a medicine, a class or a regimen of the formulary, empty where only the words are known; ``reason`` says
    what it was taken for. Days are known in part, as those of procedures.
    """

    class Outcome(models.TextChoices):
        WORKED = "worked", _("It worked")
        PARTIAL = "partial", _("It helped a little")
        FAILED = "failed", _("It did not work")
        NOT_TOLERATED = "not_tolerated", _("It did harm and was stopped")
        UNKNOWN = "unknown", _("Not known")

    code = EncryptedTextField(blank=True)
    text = EncryptedTextField()
    outcome = EncryptedTextField(choices=Outcome, default=Outcome.UNKNOWN)
    reason = EncryptedTextField(blank=True)
    started = EncryptedTextField(blank=True)
    ended = EncryptedTextField(blank=True)

    class Meta(Line.Meta):
        constraints = entry_constraints("treatment")
        triggers = entry_triggers("treatment", "code", "text", "outcome", "reason", "started", "ended")


@tracked("condition")
class Condition(Entry):
    """A disease or state a patient has or had; ``detail`` is free JSON, such as the year or the stage."""

    code = EncryptedTextField()
    code_index = BlindIndexField(null=True)
    detail = EncryptedJSONField(default=dict)

    class Meta(Line.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["code_index"], condition=Q(active=True), name="patients_one_active_condition"
            ),
            *entry_constraints("condition"),
        ]
        triggers = entry_triggers("condition", "code", "code_index", "detail")


@tracked("family")
class FamilyMemberHistory(Entry):
    """A disease of a relative. ``relation`` is a word such as ``mother`` or ``first_degree``."""

    code = EncryptedTextField()
    relation = EncryptedTextField()
    index = BlindIndexField()  # of patient, code and relation together

    class Meta(Line.Meta):
        constraints = [
            models.UniqueConstraint(fields=["index"], condition=Q(active=True), name="patients_one_active_relative"),
            *entry_constraints("family"),
        ]
        triggers = entry_triggers("family", "code", "relation", "index")


class NoneRecorded(Line):
    """Somebody asked for a list and the answer was "none", or "no more" where something stood in it (lists.py).

    Without such a line an empty list is unknown, not empty, and another may not be all there is.
    """

    class Topic(models.TextChoices):
        ALLERGIES = "allergies", _("Allergies")
        MEDICATIONS = "medications", _("Medicines")
        HISTORY = "history", _("Earlier illnesses")
        FAMILY_HISTORY = "family_history", _("Family history")
        PREVIOUS_TREATMENTS = "previous_treatments", _("Previous treatments")

    list = models.CharField(max_length=19, choices=Topic)

    class Meta(Line.Meta):
        indexes = [models.Index(fields=["patient", "list", "-recorded_at"], name="patients_newest_none")]
        constraints = [
            models.CheckConstraint(
                condition=Q(list__in=["allergies", "medications", "history", "family_history", "previous_treatments"]),
                name="patients_none_of_what",
            )
        ]
        triggers = [
            pgtrigger.Protect(name="none_is_only_added", operation=pgtrigger.Update | pgtrigger.Delete),
            never_emptied("none"),
        ]

"""Questionnaires as patients fill them in: one response to one immutable version, and its answers."""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from webapp.base.fields import EncryptedJSONField

# Answers belong to a response that is being filled in; a sent one keeps what was said.
_ONLY_WHILE_OPEN = """
    IF EXISTS (
        SELECT 1 FROM intake_questionnaireresponse r WHERE r.status = 'completed'
        AND r.id = CASE WHEN TG_OP = 'DELETE' THEN OLD.response_id ELSE NEW.response_id END
    ) THEN
        RAISE EXCEPTION 'the answers of a sent questionnaire do not change';
    END IF;
    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
    RETURN NEW;
"""


class QuestionnaireResponse(models.Model):
    class Status(models.TextChoices):
        IN_PROGRESS = "in_progress"
        COMPLETED = "completed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    version = models.ForeignKey("rules.Version", models.PROTECT, related_name="+")
    release = models.ForeignKey("rules.Release", models.PROTECT, related_name="+")
    questionnaire = models.CharField(max_length=100)  # name of the version's file, for the list and the constraints
    status = models.CharField(max_length=11, choices=Status, default=Status.IN_PROGRESS)
    for_day = models.DateField(null=True)  # the day a diary page tells of
    recalled = models.BooleanField(default=False)  # that day was over when it was written down
    language = models.CharField(max_length=2)
    started_at = models.DateTimeField()
    completed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    # the items a doctor asked for; null: the whole questionnaire
    only = EncryptedJSONField(null=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-started_at"]
        indexes = [models.Index(fields=["patient", "questionnaire", "-for_day"], name="intake_by_patient")]
        constraints = [
            models.UniqueConstraint(
                fields=["patient", "questionnaire", "for_day"],
                condition=Q(status="in_progress"),
                nulls_distinct=False,
                name="intake_one_open",
            ),
            models.CheckConstraint(
                condition=Q(status="in_progress", completed_at__isnull=True, completed_by__isnull=True)
                | Q(status="completed", completed_at__isnull=False, completed_by__isnull=False),
                name="intake_completed_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(only__isnull=True, asked_by__isnull=True) | Q(only__isnull=False, asked_by__isnull=False),
                name="intake_asked_by_somebody",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True) | Q(completed_at__gte=F("started_at")),
                name="intake_completed_after_it_began",
            ),
        ]
        triggers = [
            pgtrigger.Protect(
                name="sent_responses_stay",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__status="completed"),
            ),
            pgtrigger.Trigger(
                name="responses_keep_their_version",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__version_id__df=pgtrigger.F("new__version_id"))
                | pgtrigger.Q(old__release_id__df=pgtrigger.F("new__release_id"))
                | pgtrigger.Q(old__patient_id__df=pgtrigger.F("new__patient_id")),
                func="RAISE EXCEPTION 'a response stays with its patient and its version';",
            ),
        ]

    def __str__(self) -> str:
        return f"response {self.pk} ({self.status})"

    @property
    def title(self) -> str:
        """Its name in the reader's language, by the version it was answered in."""
        if self.only is not None:
            return str(_("A few questions of your clinic"))
        titles = self.version.report["title"]
        return str(titles.get((get_language() or "es")[:2]) or self.questionnaire)

    @property
    def filled_in_for(self) -> bool:
        """Whether somebody else than the patient sent it."""
        return self.completed_by_id is not None and self.completed_by_id != self.patient.user_id


class Said(models.Model):
    """What was said to one item: when, by whom, and in which language it was asked. Shape: webapp.intake.answers."""

    item = models.CharField(max_length=100)
    value = EncryptedJSONField()
    answered_at = models.DateTimeField()
    answered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    language = models.CharField(max_length=2, blank=True)  # empty: the language of the response

    class Meta:
        abstract = True


class Answer(Said):
    """What counts now."""

    response = models.ForeignKey(QuestionnaireResponse, models.PROTECT, related_name="answers")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["response", "item"], name="intake_one_answer_an_item")]
        triggers = [
            pgtrigger.Trigger(
                name="answers_of_sent_responses_stay",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func=_ONLY_WHILE_OPEN,
            )
        ]

    def __str__(self) -> str:
        return f"answer to {self.item}"


class PastAnswer(Said):
    """What was said and does not count, and why: nothing a person wrote down is lost."""

    class Because(models.TextChoices):
        CHANGED = "changed", _("changed afterwards")
        TAKEN_BACK = "taken_back", _("taken back")
        HIDDEN = "hidden", _("the question is no longer asked")
        LATE = "late", _("arrived after a newer answer")
        AFTER_SENDING = "after_sending", _("arrived after the questionnaire was sent")

    response = models.ForeignKey(QuestionnaireResponse, models.PROTECT, related_name="past_answers")
    because = models.CharField(max_length=13, choices=Because)
    ended_at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="past_answers_stay", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="past_answers_never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'past answers are only ever added to';",
            ),
        ]

    def __str__(self) -> str:
        return f"past answer to {self.item} ({self.because})"


class Receipt(models.Model):
    """One delivery of an answer kept on a device: the same one again changes nothing."""

    response = models.ForeignKey(QuestionnaireResponse, models.PROTECT, related_name="+")
    key = models.UUIDField(unique=True)
    received_at = models.DateTimeField()

    def __str__(self) -> str:
        return f"receipt {self.key}"

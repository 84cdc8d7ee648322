"""Copies of whole records that a job makes, gone after two hours; and consent texts nobody has published yet."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from webapp.base.fields import EncryptedBytesField

KEPT = timedelta(hours=2)


class Export(models.Model):
    """One copy that was asked for: whose record, for whom, and how far it is."""

    class Kind(models.TextChoices):
        CLINIC = "clinic"  # everything, with the notes of professionals
        PATIENT = "patient"  # what is the patient's: no internal notes, no unreleased documents

    class State(models.TextChoices):
        WAITING = "waiting"
        WORKING = "working"
        READY = "ready"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    kind = models.CharField(max_length=7, choices=Kind)
    language = models.CharField(max_length=2)
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    done = models.PositiveIntegerField(default=0)
    parts = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-asked_at"]
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="privacy_newest_export")]
        constraints = [
            models.CheckConstraint(condition=Q(done__lte=F("parts")), name="privacy_not_more_than_all"),
            models.CheckConstraint(condition=Q(kind__in=["clinic", "patient"]), name="privacy_export_kind"),
        ]

    def __str__(self) -> str:
        return f"export {self.pk} ({self.state})"

    @property
    def is_under_way(self) -> bool:
        return self.state in (self.State.WAITING, self.State.WORKING)

    @property
    def gone_at(self) -> datetime:
        """When nobody can fetch it any more."""
        return self.asked_at + KEPT


class ExportPiece(models.Model):
    """A piece of the file of an export, encrypted; it says inside whose piece it is (webapp.patients.files)."""

    export = models.ForeignKey(Export, models.CASCADE, related_name="pieces")
    position = models.PositiveSmallIntegerField()
    data = EncryptedBytesField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["export", "position"], name="privacy_one_piece_a_place")]

    def __str__(self) -> str:
        return f"piece {self.position} of {self.export_id}"


class ConsentDraft(models.Model):
    """The text being written for a purpose; published, it is a ConsentText, which never changes, and this is gone."""

    purpose = models.CharField(max_length=12, unique=True)
    body_es = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    revision = models.PositiveIntegerField(default=1)  # rises with every change: the optimistic lock
    changed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    changed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(revision__gte=1), name="privacy_draft_counts_from_one")]

    def __str__(self) -> str:
        return f"draft of {self.purpose}"

    def body(self, language: str) -> str:
        """Return the text in ``language``, Spanish where there is no other."""
        return self.body_en if language == "en" else self.body_es

    @property
    def is_whole(self) -> bool:
        return bool(self.body_es.strip() and self.body_en.strip())

"""What lies on the shelf: authored files, their versions with the exact text, and the sets that were published."""

import pgtrigger
from django.db import models
from django.db.models.functions import Now

from rules.drafts import Draft, Examination, Opened, Remark, Retraction, Revision, Submission
from rules.trial_rows import Trial, TrialSet, TrialTurn

__all__ = (
    "Draft",
    "Examination",
    "Opened",
    "Release",
    "ReleaseVersion",
    "Remark",
    "Retraction",
    "Revision",
    "SourceFile",
    "Submission",
    "Trial",
    "TrialSet",
    "TrialTurn",
    "Version",
)

# A published text goes out of force and may come back; one on trial may come into force. Nothing else ever changes.
ONLY_IN_OR_OUT_OF_FORCE = """
    IF TG_OP = 'UPDATE' AND OLD.status <> 'trial' AND NEW.status IN ('published', 'retired')
       AND to_jsonb(NEW) - 'status' = to_jsonb(OLD) - 'status' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND OLD.status = 'trial' AND NEW.status = 'published'
       AND to_jsonb(NEW) - 'status' - 'published_at' = to_jsonb(OLD) - 'status' - 'published_at' THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'a published version never changes and is never deleted';
"""


class SourceFile(models.Model):
    """One authored thing under its name: ``protocol reflux``, ``vocabulary laboratory``."""

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    path = models.CharField(max_length=200)  # of its newest version, relative to the folder

    class Meta:
        constraints = [models.UniqueConstraint(fields=["kind", "name"], name="rules_source_once")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


class Version(models.Model):
    """One text of one file, exactly as written. Once published it never changes: the database refuses it."""

    class Status(models.TextChoices):
        DRAFT = "draft"
        TRIAL = "trial"  # approved to be tried; it was never in force
        PUBLISHED = "published"
        RETIRED = "retired"

    source_file = models.ForeignKey(SourceFile, models.PROTECT, related_name="versions")
    version = models.CharField(max_length=20)
    path = models.CharField(max_length=200)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    origin = models.CharField(max_length=6, default="folder")  # or "studio": no folder need hold it
    author_id = models.CharField(max_length=40, blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    status = models.CharField(max_length=9, choices=Status, default=Status.DRAFT)
    published_at = models.DateTimeField(null=True)
    report = models.JSONField(default=dict)  # shape: rules.reports.Summary

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source_file", "version"], name="rules_version_once"),
            models.CheckConstraint(
                condition=models.Q(status__in=["draft", "trial"]) | models.Q(published_at__isnull=False),
                name="rules_published_dated",
            ),
        ]
        indexes = [models.Index(fields=["path"], name="rules_version_path")]
        triggers = [
            pgtrigger.Trigger(
                name="published_stays",
                operation=pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__status__in=["trial", "published", "retired"]),
                func=ONLY_IN_OR_OUT_OF_FORCE,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_file} {self.version}"


class Release(models.Model):
    """Texts that were checked together and went into force, or on trial, together: what an evaluation was made with."""

    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(db_default=Now())
    # moves when an earlier set comes back into force; None: of a trial, never in force
    current_since = models.DateTimeField(db_default=Now(), null=True)
    versions = models.ManyToManyField(Version, through="ReleaseVersion", related_name="releases")

    class Meta:
        triggers = [
            pgtrigger.Protect(
                name="release_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange("digest", "created_at"),
            ),
            pgtrigger.Protect(name="release_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return self.digest[:8]


class ReleaseVersion(models.Model):
    release = models.ForeignKey(Release, models.PROTECT, related_name="+")
    version = models.ForeignKey(Version, models.PROTECT, related_name="+")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["release", "version"], name="rules_release_holds_once")]
        triggers = [pgtrigger.Protect(name="membership_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.version} in {self.release}"

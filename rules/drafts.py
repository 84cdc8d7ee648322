"""Texts on their way to the shelf: drafts with every state they had, what was found out about them, proposals."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now

DECIDED_ONCE = """
    IF OLD.decision <> '' AND (to_jsonb(NEW) - 'in_force_at' - 'stopped') <> (to_jsonb(OLD) - 'in_force_at' - 'stopped')
    THEN RAISE EXCEPTION 'a decided proposal never changes';
    END IF;
    IF OLD.in_force_at IS NOT NULL AND NEW.in_force_at IS DISTINCT FROM OLD.in_force_at
    THEN RAISE EXCEPTION 'the day a proposal came into force never changes';
    END IF;
    IF (to_jsonb(NEW) - 'decision' - 'decided_by_id' - 'decided_by_name' - 'decided_at' - 'comment' - 'effective_from'
        - 'in_force_at' - 'stopped')
       <>
       (to_jsonb(OLD) - 'decision' - 'decided_by_id' - 'decided_by_name' - 'decided_at' - 'comment' - 'effective_from'
        - 'in_force_at' - 'stopped')
    THEN RAISE EXCEPTION 'what was proposed never changes';
    END IF;
    RETURN NEW;
"""
NEVER_ONES_OWN = """
    IF NEW.decision = 'approved' AND NOT NEW.urgent AND NEW.decided_by_id = ANY (NEW.written_by)
    THEN RAISE EXCEPTION 'nobody approves what he or she wrote';
    END IF;
    RETURN NEW;
"""


class Draft(models.Model):
    """A text being worked on towards the next version of a file. ``revision`` counts its saved states."""

    class State(models.TextChoices):
        OPEN = "open"
        SUBMITTED = "submitted"  # lies before a second director; nobody writes in it meanwhile
        PUBLISHED = "published"
        DROPPED = "dropped"

    kind = models.CharField(max_length=20)
    name = models.CharField(max_length=100)
    base = models.ForeignKey("rules.Version", models.PROTECT, null=True, related_name="+")  # None: a new file
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    revision = models.PositiveIntegerField(default=0)
    author_id = models.CharField(max_length=40)
    author_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [pgtrigger.Protect(name="draft_is_kept", operation=pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"draft {self.pk} of {self.kind} {self.name}"


class Revision(models.Model):
    """One saved state of a draft, exactly as it was typed; none is ever changed or deleted."""

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    path = models.CharField(max_length=200)
    text = models.TextField()
    sha256 = models.CharField(max_length=64)
    reason = models.CharField(max_length=300, blank=True)
    editor_id = models.CharField(max_length=40)
    editor_name = models.CharField(max_length=200)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["draft", "number"], name="rules_revision_once")]
        triggers = [pgtrigger.Protect(name="revision_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"revision {self.number} of {self.draft}"


class Examination(models.Model):
    """What was found out about a set of texts against the one in force: problems, tests, proofs, differences."""

    digest = models.CharField(max_length=64)  # of the set as it would stand
    base = models.ForeignKey("rules.Release", models.PROTECT, null=True, related_name="+")
    texts = models.JSONField()  # path -> sha256 of what is new in the set
    stage = models.CharField(max_length=12, blank=True)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    report = models.JSONField(null=True)  # shape: rules.examining.Found
    fault = models.CharField(max_length=80, blank=True)  # the kind of a fault that ended it
    begun_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["digest", "base"], name="rules_examined_once", nulls_distinct=False)
        ]

    @property
    def is_under_way(self) -> bool:
        """Tell whether it waits its turn or is being worked on."""
        return self.finished_at is None and not self.fault

    def __str__(self) -> str:
        return f"examination of {self.digest[:8]}"


class Submission(models.Model):
    """A proposal to bring a revision into force, and the one decision on it."""

    class Decision(models.TextChoices):
        APPROVED = "approved"
        REFUSED = "refused"
        WITHDRAWN = "withdrawn"

    draft = models.ForeignKey(Draft, models.PROTECT, related_name="submissions")
    revision = models.ForeignKey(Revision, models.PROTECT, related_name="+")
    examination = models.ForeignKey(Examination, models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000)
    evidence = models.CharField(max_length=1000, blank=True)
    written_by = ArrayField(models.CharField(max_length=40))  # author, last editor and who proposes
    urgent = models.BooleanField(default=False)  # brought into force by one director, to be looked at afterwards
    submitted_by_id = models.CharField(max_length=40)
    submitted_by_name = models.CharField(max_length=200)
    submitted_at = models.DateTimeField(db_default=Now())
    decision = models.CharField(max_length=9, choices=Decision, blank=True)
    decided_by_id = models.CharField(max_length=40, blank=True)
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    comment = models.CharField(max_length=2000, blank=True)
    effective_from = models.DateTimeField(null=True)  # None: at once
    in_force_at = models.DateTimeField(null=True)
    stopped = models.CharField(max_length=300, blank=True)  # why it did not come into force on its day

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=models.Q(decision=""), name="rules_one_open_submission_a_draft"
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at__isnull=True)
                | (~models.Q(decision="") & ~models.Q(decided_by_id="") & models.Q(decided_at__isnull=False)),
                name="rules_decided_by_somebody",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="decided_once", operation=pgtrigger.Update, when=pgtrigger.Before, func=DECIDED_ONCE
            ),
            pgtrigger.Trigger(
                name="never_ones_own",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func=NEVER_ONES_OWN,
            ),
            pgtrigger.Protect(name="submission_is_kept", operation=pgtrigger.Delete),
        ]

    def __str__(self) -> str:
        return f"proposal {self.pk} of {self.draft}"


class Opened(models.Model):
    """Somebody opened one of the two differences of a proposal: without both, nobody approves."""

    class What(models.TextChoices):
        TEXT = "text"
        PROVED = "proved"

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="opened")
    what = models.CharField(max_length=6, choices=What)
    user_id = models.CharField(max_length=40)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["submission", "what", "user_id"], name="rules_opened_once")]
        triggers = [pgtrigger.Protect(name="opened_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.what} of {self.submission}"


class Remark(models.Model):
    """What a director says about one line of a proposal."""

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="remarks")
    line = models.PositiveIntegerField()
    words = models.CharField(max_length=1000)
    author_id = models.CharField(max_length=40)
    author_name = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [pgtrigger.Protect(name="remark_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"line {self.line} of {self.submission}"


class Retraction(models.Model):
    """A published text was taken back: it comes into force under a new number only."""

    version = models.ForeignKey("rules.Version", models.PROTECT, related_name="+")
    reason = models.CharField(max_length=1000)
    author_id = models.CharField(max_length=40)
    author_name = models.CharField(max_length=200)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        triggers = [pgtrigger.Protect(name="retraction_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.version} taken back"

"""What a draft would have changed among the clinic's past cases: how far it is, and each case that comes otherwise."""

import pgtrigger
from django.conf import settings
from django.db import models

from webapp.base.fields import EncryptedJSONField


class Replay(models.Model):
    """The past cases of a span of days put to a draft's text and to the set it is held against."""

    class Which(models.TextChoices):
        NEWEST = "newest"  # of each patient
        EVERY = "every"

    FIRST_HARMLESS = 4  # of the weights of its cases

    revision = models.ForeignKey("rules.Revision", models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)  # of the set as it would stand
    base = models.ForeignKey("rules.Release", models.PROTECT, null=True, related_name="+")
    days = models.PositiveIntegerField()
    which = models.CharField(max_length=6, choices=Which, default=Which.NEWEST)
    until = models.DateTimeField()  # cases after it are not of this replay
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(default=0)
    reached = models.UUIDField(null=True)  # the last case looked at, by its order
    changed = models.PositiveIntegerField(default=0)
    unread = models.PositiveIntegerField(default=0)  # cases that one of the sets could not read
    spent = models.FloatField(default=0)  # seconds
    rules = EncryptedJSONField(default=list)  # [protocol.rule, number of cases]: which rules change how many
    fault = models.CharField(max_length=80, blank=True)  # the kind of a fault that ended it
    begun_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [models.Index(fields=["digest", "base"], name="studio_replay_of_a_set")]

    @property
    def is_under_way(self) -> bool:
        """Tell whether it waits its turn or is being worked on."""
        return self.finished_at is None and self.stopped_at is None and not self.fault

    def __str__(self) -> str:
        return f"replay {self.pk}"


class ReplayCase(models.Model):
    """One case whose plan would be another. ``cause`` is the place of the first rule of it in ``Replay.rules``."""

    class Weight(models.IntegerChoices):
        """The worst of what changes, the worst first."""

        DRUG = 0  # a medicine more, or more of it
        RED_FLAG = 1  # a warning less
        REFERRAL = 2
        OTHER_HARM = 3
        TREATMENT = 4  # a medicine otherwise, and not more of it
        REST = 5

    replay = models.ForeignKey(Replay, models.CASCADE, related_name="cases")
    evaluation = models.ForeignKey("plans.Evaluation", models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    weight = models.PositiveSmallIntegerField(choices=Weight)
    cause = models.PositiveSmallIntegerField()
    differences = EncryptedJSONField(default=list)  # shape: webapp.studio.weighing.Differs

    class Meta:
        ordering = ["weight", "cause", "pk"]
        constraints = [models.UniqueConstraint(fields=["replay", "evaluation"], name="studio_replayed_once")]
        indexes = [models.Index(fields=["replay", "weight", "cause", "id"], name="studio_replay_worst")]
        triggers = [pgtrigger.Protect(name="replayed_cases_stay", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"replayed case {self.pk}"

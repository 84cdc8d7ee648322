"""Versions on trial: beside what is in force, or for some of the patients; with every turn such a trial took."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Trial(models.Model):
    """An approved text that is tried before it comes into force. Only its state ever changes."""

    class Kind(models.TextChoices):
        SHADOW = "shadow"  # evaluated beside what is in force; nobody's plan comes by it
        PILOT = "pilot"  # the plans of some patients come by it

    class State(models.TextChoices):
        WAITING = "waiting"  # for its first day
        RUNNING = "running"
        PAUSED = "paused"  # its set does not hold with what is in force now
        ENDED = "ended"  # its time is over, or the text is in force
        STOPPED = "stopped"  # by a director

    kind = models.CharField(max_length=6, choices=Kind)
    submission = models.OneToOneField("rules.Submission", models.PROTECT, related_name="trial")
    version = models.ForeignKey("rules.Version", models.PROTECT, related_name="trials")
    share = models.PositiveSmallIntegerField(default=100)  # percent of the patients it is for
    doctors = ArrayField(models.CharField(max_length=40), default=list)  # ids of treating doctors; empty: of any
    group = models.CharField(max_length=60, blank=True)  # of colleagues, by name, beside the named doctors
    salt = models.CharField(max_length=64)  # the key of the draw; who is drawn follows from it and the patient alone
    begins_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    state = models.CharField(max_length=7, choices=State, default=State.WAITING)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(share__lte=100), name="rules_trial_share_in_percent"),
            models.CheckConstraint(condition=Q(ends_at__gt=models.F("begins_at")), name="rules_trial_has_a_span"),
        ]
        triggers = [
            pgtrigger.Protect(
                name="trial_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.AnyChange(exclude=["state"]),
            ),
            pgtrigger.Protect(
                name="trial_over_stays_over",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=["ended", "stopped"]),
            ),
            pgtrigger.Protect(name="trial_is_kept", operation=pgtrigger.Delete),
        ]

    @property
    def is_open(self) -> bool:
        """Tell whether it may still run."""
        return self.state not in (self.State.ENDED, self.State.STOPPED)

    def __str__(self) -> str:
        return f"{self.kind} of {self.version}"


class TrialSet(models.Model):
    """The set a trial stood for while ``base`` was in force: that set with the tried text in its place."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="sets")
    base = models.ForeignKey("rules.Release", models.PROTECT, related_name="+")
    release = models.ForeignKey("rules.Release", models.PROTECT, related_name="trial_sets")
    examination = models.ForeignKey("rules.Examination", models.PROTECT, related_name="+")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        constraints = [models.UniqueConstraint(fields=["trial", "base"], name="rules_trial_one_set_a_base")]
        triggers = [pgtrigger.Protect(name="trial_set_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.trial} beside {self.base}"


class TrialTurn(models.Model):
    """One turn of a trial: which state it came to, why, and by whom; by nobody where time did it."""

    trial = models.ForeignKey(Trial, models.PROTECT, related_name="turns")
    state = models.CharField(max_length=7, choices=Trial.State)
    reason = models.CharField(max_length=1000, blank=True)
    author_id = models.CharField(max_length=40, blank=True)
    author_name = models.CharField(max_length=200, blank=True)
    at = models.DateTimeField(db_default=Now())

    class Meta:
        ordering = ["pk"]
        triggers = [pgtrigger.Protect(name="trial_turn_stays", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.trial}: {self.state}"

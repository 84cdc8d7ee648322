"""How often rules fired, by day and without patients; and what was noticed about it, until a director closes it.

The rows know no patient, no plan and no evaluation: how many of a clinic's day. What is written on the shelf, names of
protocols and rules, stands in clear beside them.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q


class ProtocolDay(models.Model):
    """How many people were assessed on a day by one version of a protocol: those whom its rules could fire for."""

    protocol = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    day = models.DateField()
    could = models.PositiveIntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "protocol", "version"], name="studio_protocol_day_once")]

    def __str__(self) -> str:
        return f"{self.protocol} {self.version} on {self.day}"


class RuleDay(models.Model):
    """For how many of them a rule fired, and for how many it waited for an answer; no row where neither was."""

    protocol = models.CharField(max_length=100)
    version = models.CharField(max_length=40)
    rule = models.CharField(max_length=100)
    day = models.DateField()
    fired = models.PositiveIntegerField()
    waited = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["day", "protocol", "version", "rule"], name="studio_rule_day_once")
        ]

    def __str__(self) -> str:
        return f"{self.protocol}.{self.rule} {self.version} on {self.day}"


class Incident(models.Model):
    """A rule that went silent or loud, or is mostly decided against: told once, closed by a director with a reason."""

    class Kind(models.TextChoices):
        SILENT = "silent"
        LOUD = "loud"
        AGAINST = "against"

    protocol = models.CharField(max_length=100)
    rule = models.CharField(max_length=100)
    kind = models.CharField(max_length=7, choices=Kind)
    noticed_on = models.DateField()
    # the span that was looked at, and what it was held against
    since = models.DateField()
    count = models.PositiveIntegerField()
    of = models.PositiveIntegerField()
    usual = models.FloatField()  # share
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    closed_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=500, blank=True)

    class Meta:
        ordering = ["-noticed_on", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["protocol", "rule", "kind"], condition=Q(closed_at=None), name="studio_incident_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_at=None, closed_by=None, reason="")
                | Q(closed_at__isnull=False, closed_by__isnull=False) & ~Q(reason=""),
                name="studio_incident_closed_with_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.protocol}.{self.rule} {self.kind} since {self.since}"

    @property
    def usual_percent(self) -> int:
        return round(100 * self.usual)

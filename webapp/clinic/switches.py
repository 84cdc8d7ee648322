"""Features that are on for some, and the groups of colleagues they are on for: each change is a new edition."""

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone

from webapp.base.fields import EncryptedTextField


def _stays(name: str) -> list[pgtrigger.Trigger]:
    return [pgtrigger.Protect(name=f"{name}_stay", operation=pgtrigger.Update | pgtrigger.Delete)]


class GroupEdition(models.Model):
    """Who belongs to a group of colleagues from one moment on; without members it is no group any more."""

    name = models.CharField(max_length=60)
    members = ArrayField(models.BigIntegerField(), default=list)  # ids of users
    at = models.DateTimeField(default=timezone.now)
    author_id = models.BigIntegerField(null=True)
    author_name = EncryptedTextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.CheckConstraint(condition=~Q(name=""), name="clinic_group_has_a_name")]
        triggers = _stays("groups")

    def __str__(self) -> str:
        return self.name


class FeatureEdition(models.Model):
    """For whom a feature is on from one moment on, who said so, and why."""

    class For(models.TextChoices):
        NOBODY = "nobody"
        GROUP = "group"
        SHARE = "share"
        EVERYBODY = "everybody"

    feature = models.CharField(max_length=40)
    on_for = models.CharField(max_length=9, choices=For)
    group = models.CharField(max_length=60, blank=True)
    share = models.PositiveSmallIntegerField(default=0)  # percent of the colleagues
    reason = models.CharField(max_length=300)
    at = models.DateTimeField(default=timezone.now)
    author_id = models.BigIntegerField(null=True)
    author_name = EncryptedTextField(blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(on_for="group") ^ Q(group=""), name="clinic_feature_names_its_group"),
            models.CheckConstraint(condition=Q(share__lte=100), name="clinic_feature_share_in_percent"),
            models.CheckConstraint(condition=~Q(reason=""), name="clinic_feature_says_why"),
        ]
        triggers = _stays("features")

    def __str__(self) -> str:
        return f"{self.feature}: {self.on_for}"

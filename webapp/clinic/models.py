"""Each change of the clinic's description is a new edition; the newest holds, and none is ever lost.

Below accounts: who changed it stands as number and name, so that it can be read when the account is gone.
"""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils import timezone

from webapp.base.fields import EncryptedTextField
from webapp.clinic.switches import FeatureEdition, GroupEdition

__all__ = ("Edition", "FeatureEdition", "GroupEdition", "Logo")


def _kept(name: str) -> list[pgtrigger.Trigger]:
    return [
        pgtrigger.Protect(name=f"{name}_stay", operation=pgtrigger.Update | pgtrigger.Delete),
        pgtrigger.Trigger(
            name=f"{name}_never_emptied",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Truncate,
            func=f"RAISE EXCEPTION '{name} are only ever added to';",
        ),
    ]


class Logo(models.Model):
    """A picture, drawn anew from what was handed in; known by its digest."""

    digest = models.CharField(max_length=64, unique=True)
    png = models.BinaryField()
    added_at = models.DateTimeField(default=timezone.now)

    class Meta:
        triggers = _kept("logos")

    def __str__(self) -> str:
        return f"logo {self.digest[:8]}"


class Edition(models.Model):
    """The whole description as it stood from one moment on."""

    number = models.PositiveIntegerField(unique=True)  # 1, 2, 3 ...: what a form was filled in on
    at = models.DateTimeField(default=timezone.now)
    author_id = models.BigIntegerField(null=True)
    author_name = EncryptedTextField(blank=True)
    section = models.CharField(max_length=12)  # which part of the page was changed
    name_es = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    signature = models.CharField(max_length=40)
    address = models.CharField(max_length=200, blank=True)
    phone = models.CharField(max_length=25, blank=True)
    emergency = models.CharField(max_length=6)
    quiet_from = models.PositiveSmallIntegerField()
    quiet_until = models.PositiveSmallIntegerField()
    remind_diary_after = models.PositiveSmallIntegerField()
    remind_questionnaire_after = models.PositiveSmallIntegerField()
    remind_before_follow_up = models.PositiveSmallIntegerField()
    remind_before_test = models.PositiveSmallIntegerField(default=0)
    silent_after = models.PositiveSmallIntegerField(default=7)  # days without a diary until the doctor's list says so
    slips_below = models.PositiveSmallIntegerField(default=70)  # percent of the doses told of
    review_after = models.PositiveSmallIntegerField(default=8)  # weeks of an acid suppressant until it is looked at
    most_messages = models.PositiveSmallIntegerField(default=3)  # a day to one person, of the kind that can wait
    minutes_item = models.PositiveSmallIntegerField(default=2)  # what a person would need for each, by the clinic
    minutes_reminder = models.PositiveSmallIntegerField(default=3)
    minutes_release = models.PositiveSmallIntegerField(default=4)
    prescription_form = models.CharField(max_length=8, default="proposal")  # or "college": onto the college's form
    specialties = models.JSONField(default=list)  # [{"es": ..., "en": ...}]
    stages = models.JSONField(default=list)
    faq = models.JSONField(default=list)  # [{"question": {"es": ..., "en": ...}, "answer": {...}}]
    logo = models.ForeignKey(Logo, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=1), name="clinic_counts_from_one"),
            models.CheckConstraint(condition=~Q(name_es="") & ~Q(name_en=""), name="clinic_has_a_name"),
            models.CheckConstraint(
                condition=Q(quiet_from__lte=23) & Q(quiet_until__lte=23), name="clinic_hours_of_the_clock"
            ),
            models.CheckConstraint(condition=~Q(emergency=""), name="clinic_says_whom_to_call"),
            models.CheckConstraint(
                condition=Q(prescription_form__in=["proposal", "college"]), name="clinic_prints_on_a_known_form"
            ),
        ]
        triggers = _kept("editions")

    def __str__(self) -> str:
        return f"edition {self.number}"

"""By which rule at which version an item came, findable without opening it; and the recall of whom a rule treated.

Tables of models.py, which names them: they stand here to keep that file short.
"""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q

from webapp.base.fields import BlindIndexField, BlindIndexOf, EncryptedTextField, blind


def mark_of(plan_id: object, protocol: str, rule: str, version: str) -> bytes:
    """Return what marks an item of this plan that a rule at a version brought.

    With the plan in it, no two plans share a mark: who reads the table alone cannot even count whom one rule treated.
    """
    return blind(f"{plan_id}|{protocol}.{rule}|{version}", "plans.rulemark.mark")


class RuleMark(models.Model):
    """That an item came by a rule at a version, as a keyed digest."""

    item = models.ForeignKey("plans.PlanItem", models.CASCADE, related_name="marks")
    mark = BlindIndexField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mark", "item"], name="plans_marked_once")]
        triggers = [pgtrigger.Protect(name="marks_never_change", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"mark of item {self.item_id}"


class Recall(models.Model):
    """That everyone treated through one rule at one version is looked at again; begun once, kept up to date."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    rule = EncryptedTextField()  # protocol.rule
    version = models.CharField(max_length=40)
    rule_index = BlindIndexOf(of=("rule", "version"))
    message = EncryptedTextField()  # to the doctors: never sent to a patient
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-made_at"]
        constraints = [models.UniqueConstraint(fields=["rule_index"], name="plans_recalled_once")]
        triggers = [pgtrigger.Protect(name="recalls_stay", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"recall {self.pk}"


class RecallTask(models.Model):
    """One patient of a recall: with the treating doctor until somebody has written down what was done."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    recall = models.ForeignKey(Recall, models.PROTECT, related_name="tasks")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    plan = models.ForeignKey("plans.Plan", models.PROTECT, related_name="+")  # the newest the rule stands in
    doctor = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(auto_now_add=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    settled_at = models.DateTimeField(null=True)
    note = EncryptedTextField(null=True)  # what was done

    class Meta:
        ordering = ["made_at", "pk"]
        indexes = [models.Index(fields=["settled_at", "doctor"], name="plans_recall_open")]
        constraints = [
            models.UniqueConstraint(fields=["recall", "patient"], name="plans_recall_once_each"),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True, settled_at__isnull=True, note__isnull=True)
                | Q(settled_by__isnull=False, settled_at__isnull=False, note__isnull=False),
                name="plans_recall_settled_in_writing",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="recall_tasks_are_kept", operation=pgtrigger.Delete),
            pgtrigger.Protect(
                name="recall_settled_stays",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__settled_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"recall task {self.pk}"

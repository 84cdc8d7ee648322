"""The book of who did or saw what. Lines are added, never changed."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _


class Entry(models.Model):
    """One line of the book. Plain ids and no keys, so that it outlives what it tells of; no clinical text."""

    at = models.DateTimeField(_("when"), db_index=True)
    actor_id = models.BigIntegerField(_("who"), null=True)
    actor_role = models.CharField(max_length=20, blank=True)
    verb = models.CharField(_("what"), max_length=60)
    patient_id = models.UUIDField(null=True)
    object_type = models.CharField(max_length=60, blank=True)
    object_id = models.CharField(max_length=64, blank=True)
    path = models.CharField(max_length=300, blank=True)
    detail = models.JSONField(default=dict, blank=True)
    before = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32, unique=True)

    class Meta:
        ordering = ["pk"]
        indexes = [
            models.Index(fields=["patient_id", "-id"], name="audit_by_patient"),
            models.Index(fields=["actor_id", "-id"], name="audit_by_actor"),
        ]
        triggers = [
            pgtrigger.Protect(name="only_added", operation=pgtrigger.Update | pgtrigger.Delete),
            pgtrigger.Trigger(
                name="never_emptied",
                level=pgtrigger.Statement,
                when=pgtrigger.Before,
                operation=pgtrigger.Truncate,
                func="RAISE EXCEPTION 'the audit is only ever added to';",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.verb}"

"""What every line of the record is made of: whose it is, who wrote it, what the database refuses, and its history.

Nothing is overwritten. A correction is a new line that supersedes the old one; a line that never should have been is
marked as entered in error and stays. Each change of a column leaves its line in a history table, ciphertext as it is.
"""

import uuid
from collections.abc import Callable
from typing import Any

import pghistory
import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

CODE = r"^[a-z][a-z0-9_]*$"
PARTIAL_DATE = r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$"  # as FHIR writes dates: 2011, 2011-05 or 2011-05-03


class Verification(models.TextChoices):
    CONFIRMED = "confirmed", _("Confirmed")
    UNCONFIRMED = "unconfirmed", _("Reported, not confirmed")


class Line(models.Model):
    """What every line of the record carries: whose it is, who wrote it down (None: the system) and when."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    recorded_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    recorded_at = models.DateTimeField(default=timezone.now)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return f"{self._meta.model_name} {self.pk}"


class Entry(Line):
    """A line that is confirmed, corrected, closed or taken back. ``active`` is what holds today.

    Not active are lines that were closed, those superseded by a correction, and those entered in error.
    """

    supersedes = models.OneToOneField("self", models.PROTECT, null=True, related_name="superseded_by")
    verification = models.CharField(max_length=11, choices=Verification, default=Verification.UNCONFIRMED)
    active = models.BooleanField(default=True)
    entered_in_error = models.BooleanField(default=False)

    class Meta:
        abstract = True

    @property
    def is_confirmed(self) -> bool:
        return self.verification == Verification.CONFIRMED


def entry_constraints(name: str) -> list[models.BaseConstraint]:
    """Return what holds of every table of entries."""
    return [
        models.CheckConstraint(condition=Q(verification__in=Verification.values), name=f"patients_{name}_verification"),
        models.CheckConstraint(
            condition=Q(entered_in_error=False) | Q(active=False), name=f"patients_{name}_error_is_not_active"
        ),
    ]


def stays(name: str, *columns: str) -> pgtrigger.Trigger:
    """Refuse a change of what was written down. In SQL, since encrypted columns take no look-ups."""
    kept = ("patient_id", "recorded_by_id", "recorded_at", "supersedes_id", *columns)
    changed = " OR ".join(f'OLD."{column}" IS DISTINCT FROM NEW."{column}"' for column in kept)
    revived = '(OLD."entered_in_error" AND NOT NEW."entered_in_error")'
    condition = pgtrigger.Condition(f"{changed} OR {revived}")
    return pgtrigger.Protect(name=f"{name}_stays", operation=pgtrigger.Update, condition=condition)


def is_kept(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=f"{name}_is_kept", operation=pgtrigger.Delete)


def only_added(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Protect(name=f"{name}_only_added", operation=pgtrigger.Update | pgtrigger.Delete)


def never_emptied(name: str) -> pgtrigger.Trigger:
    return pgtrigger.Trigger(
        name=f"{name}_never_emptied",
        level=pgtrigger.Statement,
        when=pgtrigger.Before,
        operation=pgtrigger.Truncate,
        func=f"RAISE EXCEPTION '{name} is never emptied';",
    )


def entry_triggers(name: str, *columns: str) -> list[pgtrigger.Trigger]:
    """Return the triggers of a table of entries whose ``columns`` are written once."""
    return [stays(name, *columns), is_kept(name), never_emptied(name)]


def tracked(name: str) -> Callable[[type[Any]], type[Any]]:
    """Keep every version of a row in a history table, which takes neither update nor delete nor truncate."""
    return pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        append_only=True,
        context_field=pghistory.ContextJSONField(),
        obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="+"),
        meta={"triggers": [never_emptied(f"{name}_history")]},
    )


def history_model(model: type[Any]) -> type[Any]:
    """Return the model whose rows are the versions of the rows of ``model``."""
    return model.events.rel.related_model

"""What stands around results: when each report may be read by its patient, what the laboratory printed, fixed texts.

The values themselves are observations of the record, each with its report as source; reports are of the record too.
"""

import uuid

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from webapp.base.fields import EncryptedBytesField, EncryptedJSONField
from webapp.patients.lines import never_emptied, only_added


class Kind(models.TextChoices):
    """Kinds of tests, each with its own release policy."""

    BLOOD = "blood", _("Blood tests")
    STOOL = "stool", _("Stool tests")
    BREATH = "breath", _("Breath tests")
    ENDOSCOPY = "endoscopy", _("Endoscopy")
    IMAGING = "imaging", _("Imaging")
    PATHOLOGY = "pathology", _("Pathology")
    FUNCTION = "function", _("Function tests")
    OTHER = "other", pgettext_lazy("reports", "Other")


class Mode(models.TextChoices):
    AT_ONCE = "at_once", _("As soon as it is written down")
    AFTER_DOCTOR = "after_doctor", _("When a doctor releases it")
    AFTER_DAYS = "after_days", _("By itself after some days, if no doctor does before")


class ReleasePolicy(models.Model):
    """When results of a kind may be read by patients; the newest line of a kind holds, lines are only added."""

    kind = models.CharField(_("kind"), max_length=9, choices=Kind)
    mode = models.CharField(_("when"), max_length=12, choices=Mode)
    days = models.PositiveSmallIntegerField(_("days"), default=0)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["kind", "-decided_at"], name="results_newest_policy")]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="results_policy_kind"),
            models.CheckConstraint(
                condition=Q(mode="after_days", days__gte=1, days__lte=60)
                | Q(mode__in=["at_once", "after_doctor"], days=0),
                name="results_policy_days_where_they_count",
            ),
        ]
        triggers = [only_added("policies"), never_emptied("policies")]

    def __str__(self) -> str:
        return f"{self.kind}: {self.mode}"


class Release(models.Model):
    """Whether the patient may read a report with its values and its file, and from when on.

    ``critical``: a doctor alone lets it out; the database refuses one that nobody released.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("not released")
        RELEASED = "released", _("released")

    report = models.OneToOneField("patients.DiagnosticReport", models.PROTECT, primary_key=True, related_name="+")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    kind = models.CharField(max_length=9, choices=Kind)
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    abnormal = models.BooleanField(default=False)
    critical = models.BooleanField(default=False)
    received_at = models.DateTimeField(default=timezone.now)
    due_at = models.DateTimeField(null=True)  # when it goes out by itself; None: a doctor releases it
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    visible_at = models.DateTimeField(null=True)  # a doctor may take a release back before that
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        indexes = [
            models.Index(fields=["received_at"], condition=Q(state="waiting"), name="results_waiting"),
            models.Index(fields=["due_at"], condition=Q(state="waiting", due_at__isnull=False), name="results_due"),
            models.Index(fields=["patient", "-visible_at"], name="results_of_patient"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=Kind.values), name="results_release_kind"),
            models.CheckConstraint(
                condition=Q(state="waiting", visible_at__isnull=True, released_by__isnull=True)
                | Q(state="released", visible_at__isnull=False),
                name="results_released_from_a_moment_on",
            ),
            models.CheckConstraint(
                condition=Q(critical=False) | Q(state="waiting", due_at__isnull=True) | Q(released_by__isnull=False),
                name="results_critical_by_a_doctor",
            ),
        ]
        triggers = [
            pgtrigger.Protect(name="releases_are_kept", operation=pgtrigger.Delete),
            never_emptied("releases"),
        ]

    def __str__(self) -> str:
        return f"release of {self.report_id} ({self.state})"

    @property
    def is_visible(self) -> bool:
        """Whether the patient can read it now."""
        return self.visible_at is not None and self.visible_at <= timezone.now()


class ReferenceRange(models.Model):
    """The range a laboratory printed beside its value, in the unit of the value; either end may be open."""

    observation = models.OneToOneField("patients.Observation", models.PROTECT, primary_key=True, related_name="+")
    ends = EncryptedJSONField()  # [low, high], numbers or null

    class Meta:
        triggers = [only_added("ranges"), never_emptied("ranges")]

    def __str__(self) -> str:
        return f"range of {self.observation_id}"


class Explanation(models.Model):
    """One version of the plain words about an analyte, as a director approved or withdrew it; lines are only added."""

    analyte = models.CharField(max_length=80)
    version = models.PositiveSmallIntegerField()
    body_es = models.TextField(blank=True)
    body_en = models.TextField(blank=True)
    approved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["analyte", "version"], name="results_explanation_once"),
            models.CheckConstraint(
                condition=(Q(body_es="") & Q(body_en="")) | (~Q(body_es="") & ~Q(body_en="")),
                name="results_explanation_in_both_languages_or_withdrawn",
            ),
        ]
        triggers = [only_added("explanations"), never_emptied("explanations")]

    def __str__(self) -> str:
        return f"{self.analyte} {self.version}"

    @property
    def is_withdrawn(self) -> bool:
        return not self.body_es

    def body(self, language: str) -> str:
        """Return the words in ``language``, Spanish where there is no other."""
        return self.body_en if language == "en" else self.body_es


class LabFile(models.Model):
    """A file of results somebody is bringing in: looked at, confirmed, brought in by a job; its text then goes."""

    class State(models.TextChoices):
        LOOKED_AT = "looked_at"
        WAITING = "waiting"
        DONE = "done"
        FAILED = "failed"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    state = models.CharField(max_length=9, choices=State, default=State.LOOKED_AT)
    content = EncryptedBytesField(null=True)
    units = EncryptedJSONField(default=dict)  # line of the file -> the unit somebody confirmed for it
    lines = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    brought_in = models.PositiveIntegerField(default=0)

    class Meta:
        indexes = [models.Index(fields=["asked_by", "-asked_at"], name="results_newest_file")]
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=["looked_at", "waiting", "done", "failed"]), name="results_file_state"
            )
        ]

    def __str__(self) -> str:
        return f"file {self.pk} ({self.state})"

    @property
    def is_under_way(self) -> bool:
        return self.state == self.State.WAITING

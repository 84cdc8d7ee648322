"""What a version would have said in the shadow of what is in force: for directors and clinicians, never in a plan."""

import pgtrigger
from django.db import models
from django.db.models import Q

from webapp.base.fields import EncryptedJSONField


class ShadowCase(models.Model):
    """One assessment put to a version on trial as well: in what its plan would have been another."""

    class Weight(models.IntegerChoices):
        SAME = 0
        OTHER = 1
        HARM = 2  # a medicine more or a higher dose, a warning, a referral or an urgency less

    trial = models.ForeignKey("rules.Trial", models.PROTECT, related_name="+")
    evaluation = models.ForeignKey("plans.Evaluation", models.PROTECT, related_name="+")
    patient = models.ForeignKey("patients.Patient", models.PROTECT, related_name="+")
    release = models.ForeignKey("rules.Release", models.PROTECT, related_name="+")  # by which it was put
    weight = models.PositiveSmallIntegerField(choices=Weight, default=Weight.SAME)
    differences = EncryptedJSONField(default=list)  # shape: webapp.studio.weighing.Differs
    fault = models.CharField(max_length=120, blank=True)  # a code, where it could not be evaluated
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-weight", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["trial", "evaluation"], name="studio_shadow_once"),
            models.CheckConstraint(condition=Q(weight__in=[0, 1, 2]), name="studio_shadow_known_weight"),
        ]
        indexes = [models.Index(fields=["trial", "-weight", "-id"], name="studio_shadow_worst")]
        triggers = [pgtrigger.Protect(name="shadow_cases_stay", operation=pgtrigger.Update)]

    def __str__(self) -> str:
        return f"shadow case {self.pk}"

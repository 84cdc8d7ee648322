"""The hats people wear. A person with two chooses one per session."""

from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class Role(models.TextChoices):
    PATIENT = "patient", _("Patient")
    GUARDIAN = "guardian", _("Guardian")
    RELATIVE = "relative", _("Relative")
    SPECIALIST = "specialist", _("Specialist")
    DOCTOR = "doctor", pgettext_lazy("role", "Doctor")
    DIETITIAN = "dietitian", _("Dietitian")
    DIRECTOR = "director", _("Medical director")
    FRONT_DESK = "front_desk", _("Front desk")
    MARKETING = "marketing", pgettext_lazy("role", "Marketing")
    BILLING = "billing", _("Billing")
    AMBASSADOR = "ambassador", _("Ambassador")
    ADMINISTRATOR = "administrator", _("Administrator")


CLINICIANS = frozenset({Role.DOCTOR, Role.DIETITIAN})
STAFF = CLINICIANS | {Role.DIRECTOR, Role.FRONT_DESK, Role.MARKETING, Role.BILLING, Role.ADMINISTRATOR}
OUTSIDE = frozenset(Role) - STAFF
# Who reads of others needs a second step and a shorter session, whether working here or elsewhere.
READ_OF_OTHERS = STAFF | {Role.SPECIALIST}

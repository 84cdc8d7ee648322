"""Why a doctor did not take an item as proposed: the codes that statistics are made of, and their words."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class RejectReason(models.TextChoices):
    NOT_INDICATED = "not_indicated", _("Not indicated for this person")
    ALREADY_DONE = "already_done", _("Already done or already taking it")
    INTOLERANCE = "intolerance", _("Did not tolerate it before")
    PREFERENCE = "preference", _("The patient prefers otherwise")
    OTHER_CHOICE = "other_choice", _("Another choice is better here")
    NOT_AVAILABLE = "not_available", _("Not available")
    DATA_WRONG = "data_wrong", _("It rests on a wrong piece of data")
    BLOCKED = "blocked", _("Blocked by a contraindication")


class OverrideReason(models.TextChoices):
    RISK_ACCEPTED = "risk_accepted", _("The benefit outweighs the risk")
    KNOWN_OTHERWISE = "known_otherwise", _("I know the answer from elsewhere")
    WILL_MONITOR = "will_monitor", _("It will be monitored")


class SettleReason(models.TextChoices):
    """Why an alert beside the plan changes nothing in it."""

    ALREADY_MANAGED = "already_managed", _("It is taken care of already")
    NOT_RELEVANT = "not_relevant", _("It does not apply to this person")
    RISK_ACCEPTED = "risk_accepted", _("The benefit outweighs the risk")
    WILL_MONITOR = "will_monitor", _("It will be monitored")


class NothingReason(models.TextChoices):
    """Why a plan is closed without treatment."""

    NOT_NEEDED = "not_needed", _("Nothing was found that needs treatment")
    ELSEWHERE = "treated_elsewhere", _("It is treated elsewhere")
    DECLINED = "declined", _("The patient does not want treatment")
    SEEN_FIRST = "seen_first", _("The patient is seen in the clinic first")

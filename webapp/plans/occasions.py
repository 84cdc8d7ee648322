"""Why a plan was worked out, in words: what somebody answered, asked for or wrote down."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

OCCASIONS: Mapping[str, str | Promise] = {
    "questionnaire": _("after a questionnaire"),
    "diary": _("after a page of the diary"),
    "asked": _("after answers the doctor asked for"),
    "answer": _("after the doctor’s answer"),
    "allergy": _("after an allergy was settled"),
    "visit": _("after a visit"),
    "again": _("checked again"),
    "record": _("after a change of the record"),
    "record:allergy": _("after a change of the allergies"),
    "record:medication": _("after a change of the medicines"),
    "record:previous_treatment": _("after a change of the previous treatments"),
    "record:condition": _("after a change of the illnesses"),
    "record:family_history": _("after a change of the family’s illnesses"),
    "record:measure": _("after a new or corrected measurement"),
    "record:identity": _("after age or sex were set right"),
    "record:protocol": _("after a change of the protocols"),
}


def occasion(because: str) -> str | Promise:
    """Return what an assessment was made for; what nobody named is said as far as it is known, or not at all."""
    return OCCASIONS.get(because) or OCCASIONS.get(because.partition(":")[0], "")

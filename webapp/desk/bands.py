"""What a score without a number comes to, in words: the protocols name these bands by code alone."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

CRITERIA = "rome4_"  # scores whose band "none" says that criteria are not met; of others it says nothing
WORDS: Mapping[str, Promise] = {
    "IBS-C": _("constipation predominates"),
    "IBS-D": _("diarrhoea predominates"),
    "IBS-M": _("constipation and diarrhoea alternate"),
    "IBS-U": _("neither constipation nor diarrhoea predominates"),
    "IDA": _("anaemia from lack of iron"),
    "iron_deficiency_without_anaemia": _("lack of iron without anaemia"),
    "indeterminate_need_tsat": _("cannot be told: the transferrin saturation is needed"),
    "anaemia_other": _("anaemia from another cause"),
    "normal": pgettext_lazy("band", "normal"),
    "refer_without_fit": _("refer without a test for blood in the stool"),
    "suspected_cancer_pathway": _("pathway for suspected cancer"),
    "fit_negative_safety_net": _("test for blood in the stool negative: watch"),
    "offer_fit": _("offer a test for blood in the stool"),
    "no_criterion": _("no criterion is met"),
    "urgent": pgettext_lazy("band", "urgent"),
    "urgent_ct": _("urgent CT"),
    "non_urgent_endoscopy": _("endoscopy, not urgent"),
    "SIBO_H2+IMO": _("bacterial and methanogen overgrowth"),
    "SIBO_H2": _("bacterial overgrowth"),
    "IMO": _("methanogen overgrowth"),
    "negative": pgettext_lazy("band", "negative"),
    "alarm": _("alarm"),
    "no_alarm": _("no alarm"),
    "none": _("the criteria are not met"),
    "organic": _("an organic cause explains it"),
    "PDS+EPS": _("postprandial distress and epigastric pain"),
    "PDS": _("postprandial distress"),
    "EPS": _("epigastric pain"),
}


def words_of(score: str, band: str) -> str:
    """Return a band in words; one that nobody has put into words as its code reads."""
    if band == "none" and not score.startswith(CRITERIA):
        return ""
    found = WORDS.get(band)
    return str(found) if found else band.replace("_", " ")

"""How much a score has to change for the change to mean something to a patient; of most scores nobody has shown it.

IBS-SSS: 50 points (Francis CY et al. Aliment Pharmacol Ther 1997;11:395-402), less is better.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, pgettext_lazy


@dataclass(frozen=True, slots=True)
class Relevant:
    """The least change that counts, and who showed it; a higher score is worse."""

    least: float
    source: str


RELEVANT: Mapping[str, Relevant] = {"ibs_sss": Relevant(50, "Francis 1997")}


class Verdict(StrEnum):
    BETTER = "better"
    WORSE = "worse"
    SAME = "same"
    UNKNOWN = "unknown"


WORDS: Mapping[Verdict, str | Promise] = {
    Verdict.BETTER: pgettext_lazy("score", "better"),
    Verdict.WORSE: pgettext_lazy("score", "worse"),
    Verdict.SAME: gettext_lazy("no relevant change"),
    Verdict.UNKNOWN: gettext_lazy("how much change matters is not known for this score"),
}


def judged(score: str, first: float, last: float) -> Verdict:
    """Return what a change means; UNKNOWN where nobody has shown how much of it counts."""
    relevant = RELEVANT.get(score)
    if relevant is None:
        return Verdict.SAME if first == last else Verdict.UNKNOWN
    if abs(last - first) < relevant.least:
        return Verdict.SAME
    return Verdict.WORSE if last > first else Verdict.BETTER

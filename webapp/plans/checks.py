"""The whole plan checked with what the patient takes, as the page says it: clear, found, or what is missing to tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from engine.evaluator.whole import Check, Finding, checks
from webapp.plans import adding
from webapp.plans.models import Evaluation, PlanItem
from webapp.plans.running import FAULTS
from webapp.plans.terms import Terms

TITLES: Mapping[str, str | Promise] = {
    "interactions": gettext_lazy("Interactions"),
    "duplicates": gettext_lazy("Given twice"),
    "doses": gettext_lazy("Doses of a day"),
    "diet": pgettext_lazy("group of items", "Diet"),
    "burden": gettext_lazy("Pieces to take a day"),
}
MARKS = {"clear": ("accepted", "st c-moss"), "found": ("blocked", "st c-ochre"), "unknown": ("u", "k c-ochre")}


@dataclass(frozen=True, slots=True)
class Line:
    """One check: its state, what it found, and what is missing for it to tell."""

    title: str | Promise
    state: str  # clear found unknown
    said: str
    found: Sequence[str] = ()
    missing: Sequence[str] = ()

    @property
    def mark(self) -> str:
        return MARKS[self.state][0]

    @property
    def mark_class(self) -> str:
        return MARKS[self.state][1]

    @property
    def word(self) -> str:
        """The state in a word."""
        words = {"clear": _("checked"), "found": _("checked: found"), "unknown": _("could not be checked")}
        return words[self.state]


def lines_of(evaluation: Evaluation, items: Sequence[PlanItem], terms: Terms) -> list[Line]:
    """Return the five checks of a plan as it is decided so far; where the engine cannot run, none could be made."""
    try:
        found = checks(*adding.whole(evaluation, items))
    except FAULTS:
        return [Line(title, "unknown", _("The check could not run")) for title in TITLES.values()]
    return [_line(each, terms) for each in found]


def _line(check: Check, terms: Terms) -> Line:
    missing = [*(terms.fact(name) for name in check.missing), *_unread(check, terms)]
    found = [_found(check.name, each, terms) for each in check.found]
    return Line(TITLES[check.name], check.state, _said(check), found, list(dict.fromkeys(missing)))


def _said(check: Check) -> str:
    """Return what was looked at, in a few words: never silence where there was nothing to look at."""
    count = {"n": check.counted}
    match check.name:
        case "burden":
            return ngettext("at least %(n)d on a full day", "at least %(n)d on a full day", check.counted) % count
        case "diet":
            return ngettext("%(n)d diet", "%(n)d diets", check.counted) % count if check.counted else _("no diet")
        case _:
            words = ngettext("%(n)d medicine of the plan", "%(n)d medicines of the plan", check.counted)
            return words % count if check.counted else _("no medicine in the plan")


def _unread(check: Check, terms: Terms) -> list[str]:
    """Return of which medicines something cannot be told: a frequency, a sum, or a maximum."""
    words = _("how often: %(name)s") if check.name == "burden" else _("sum or maximum: %(name)s")
    return [words % {"name": terms.ingredient(drug)} for drug in check.unread]


def _found(name: str, finding: Finding, terms: Terms) -> str:
    about = [terms.code(code) if ":" in code else terms.listed(code) for code in dict.fromkeys(finding.about)]
    said = terms.say(finding.because)
    match name:
        case "interactions":
            return f"{' + '.join(about)}: {said}"
        case "duplicates" if len(about) == 1:
            return _("%(name)s: taken already") % {"name": about[0]}
        case "duplicates":
            return f"{' + '.join(about)}: {said.lower()}"
        case "doses":
            return f"{about[0]}: {finding.amounts}"
        case _:
            return _("%(one)s, against: %(other)s") % {"one": about[0], "other": about[-1]}

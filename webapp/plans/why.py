"""Why one item stands in the plan as it does: how it was decided, on which values, and where the rule stands."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.dateparse import parse_date
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from engine.evaluator import evaluate
from engine.explain import MissingFact, missing, nearest, trace, why
from engine.language.cases import read_case
from engine.plan import TraceLine
from rules import services as shelf
from rules.selectors import at_path
from webapp.plans.models import Evaluation, PlanItem
from webapp.plans.presenting import EVIDENCE
from webapp.plans.terms import Terms, words

SECTIONS = {
    "questionnaire": gettext_lazy("Answered"),
    "patient": pgettext_lazy("origin", "Record"),
    "patient.birth_date": pgettext_lazy("origin", "Record"),
    "labs": gettext_lazy("Laboratory"),
    "vitals": gettext_lazy("Measured"),
    "diary": gettext_lazy("Diary"),
    "free_text": gettext_lazy("In their own words"),
    "allergies": gettext_lazy("Allergies"),
    "medications": gettext_lazy("Medicines"),
    "history": gettext_lazy("Illnesses"),
    "family_history": gettext_lazy("Family"),
}
TRUTH = {True: ("t", "c-petrol"), False: ("f", "c-ink3"), None: ("u", "c-ochre")}


@dataclass(frozen=True, slots=True)
class Line:
    """One condition of a rule: its words, ●○◐, the value used and where that came from."""

    text: str
    mark: str
    colour: str
    word: str
    depth: int
    value: str
    origin: str

    @property
    def mark_class(self) -> str:
        return f"k {self.colour}"


@dataclass(frozen=True, slots=True)
class Because:
    """One rule behind an item."""

    protocol: str
    version: str
    rule: str
    line: int
    version_id: int | None  # of the shelf: where the link leads
    words: str
    source: str
    evidence: tuple[str, Any] | None
    review_needed: bool
    lines: Sequence[Line]


@dataclass(frozen=True, slots=True)
class Account:
    """An item told three times: by its rules for the doctor, in plain words for the patient, whole for the auditor."""

    becauses: Sequence[Because]
    for_patient: Sequence[str]
    for_auditor: str
    missing: Sequence[MissingFact]
    nearest: tuple[str, str] | None


def account_of(item: PlanItem, evaluation: Evaluation, terms: Terms) -> Account:
    """Return how an item came about, worked out again from the stored case; one added by hand has no rule to tell."""
    program = shelf.program(*_release_of(evaluation))
    case = read_case(evaluation.case, program.edition.vocabulary, program.edition.formulary)
    plan, lang = evaluate(program, case), terms.language
    by_rule = any(each.code == item.code for each in plan.items)
    wanted = set(item.content.get("waiting_for", ()))
    return Account(
        becauses=becauses(item, evaluation, terms),
        for_patient=why(program, case, plan, item.code, "patient", lang).splitlines() if by_rule else [],
        for_auditor=why(program, case, plan, item.code, "auditor", lang) if by_rule else "",
        missing=[each for each in missing(program, case, plan, lang) if each.fact in wanted],
        nearest=nearest(program, case, plan, item.code, lang),
    )


def becauses(item: PlanItem, evaluation: Evaluation, terms: Terms) -> list[Because]:
    """Return every rule behind an item, each with its trace, computed again from the stored case."""
    digest, as_of = _release_of(evaluation)
    program = shelf.program(digest, as_of)
    case = read_case(evaluation.case, terms.edition.vocabulary, terms.edition.formulary)
    found = []
    for reason in item.content.get("reasons", ()):
        lines = trace(program, case, reason["protocol"], reason["rule"])
        found.append(_because(reason, [_line(one, terms) for one in lines], evaluation, terms))
    return found


def _release_of(evaluation: Evaluation) -> tuple[str | None, date]:
    digest = evaluation.release.digest if evaluation.release else None
    return digest, date.fromisoformat(evaluation.case["as_of"])


def _because(reason: Mapping[str, Any], lines: Sequence[Line], evaluation: Evaluation, terms: Terms) -> Because:
    version = at_path(reason["file"], release=evaluation.release)
    protocol = terms.edition.protocols.get(reason["protocol"])
    sources = protocol.sources if protocol else {}
    return Because(
        protocol=terms.say(protocol.title) if protocol else reason["protocol"],
        version=reason["version"],
        rule=reason["rule"],
        line=reason["line"],
        version_id=version.pk if version else None,
        words=terms.say(reason.get("because")),
        source=sources.get(reason.get("source", ""), reason.get("source", "")),
        evidence=EVIDENCE.get(reason.get("evidence", "")),
        review_needed=bool(reason.get("review_needed")),
        lines=lines,
    )


def _line(one: TraceLine, terms: Terms) -> Line:
    mark, colour = TRUTH[one.truth]
    names = {"t": _("true"), "f": _("false"), "u": _("unknown")}
    day = parse_date(one.dated) if one.dated else None
    section = str(SECTIONS.get(one.origin, one.origin))
    origin = " · ".join(part for part in (section, date_format(day, "DATE_FORMAT") if day else one.dated) if part)
    return Line(terms.say(one.text), mark, colour, names[mark], min(one.depth, 4), terms.say(one.value), origin)


@dataclass(frozen=True, slots=True)
class NotProposed:
    """A rule whose indication is true, and that something excludes."""

    rule: str
    words: str


def not_proposed(evaluation: Evaluation, item: PlanItem, language: str) -> list[NotProposed]:
    """Return what the same protocols would have done, were it not excluded."""
    protocols = {reason["protocol"] for reason in item.content.get("reasons", ())}
    result = json.loads(evaluation.result or "{}")
    return [
        NotProposed(reason["rule"], words(reason.get("because"), language))
        for reason in result.get("not_proposed", ())
        if isinstance(reason, dict) and reason.get("protocol") in protocols
    ]

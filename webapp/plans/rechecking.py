"""A medicine of a signed plan put through the engine's safety once more, on the facts of today.

What a signature said was true on its day. A medicine given on is asked about again, beside everything else the plan
gives; that the engine could not be asked is an answer too, and never "nothing against it".
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from engine.compiler import Program
from engine.evaluator import Addition, evaluate
from engine.evaluator.output import item_json
from engine.formulary import Part
from engine.language.cases import read_case
from rules import services as shelf
from rules.selectors import ShelfError
from webapp.plans import case as cases
from webapp.plans.models import Plan, PlanItem
from webapp.plans.piloting import side_of
from webapp.plans.running import FAULTS
from webapp.plans.taken import words_of

CLEAR, HELD, BLOCKED, NOT_CHECKED = "clear", "held", "blocked", "not_checked"
_VERDICTS = {"proposed": CLEAR, "held": HELD, "blocked": BLOCKED}
_WORSE = (CLEAR, HELD, BLOCKED)
DRUGS = ("rx", "supp")
Dose = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rechecked:
    """What the engine says today: a verdict, what it found in words by language, and which facts it misses."""

    verdict: str
    findings: Sequence[Mapping[str, str]] = ()
    missing: Sequence[str] = ()


def recheck(plan: Plan, item: PlanItem, today: date, doses: Sequence[Dose] | None = None) -> Rechecked:
    """Return the safety of an item on today's facts, with other ``doses`` where given.

    ``plan`` comes with its ``released_items``.
    """
    try:
        return _asked(plan, item, today, words_of(item).get("doses", ()) if doses is None else doses)
    except (*FAULTS, ShelfError):
        return Rechecked(NOT_CHECKED)


def _asked(plan: Plan, item: PlanItem, today: date, doses: Sequence[Dose]) -> Rechecked:
    release = side_of(plan.patient).release if doses else None
    if release is None or not doses:
        return Rechecked(NOT_CHECKED)
    program = shelf.program(release.digest, today)
    edition = program.edition
    case = cases.fit(cases.build(plan.patient, today), edition)
    released: Sequence[PlanItem] = plan.released_items  # type: ignore[attr-defined]
    beside = [one for one in released if one.kind in DRUGS and one.pk != item.pk]
    mine = _additions(item, doses, program)
    others = [given for one in beside for given in _additions(one, words_of(one).get("doses", ()), program)]
    instead = {item.code: _parts(doses)} if item.code in {one.code for one in mine} and doses else {}
    facts = read_case(case, edition.vocabulary, edition.formulary)
    found = {one.code: one for one in evaluate(program, facts, [*others, *mine], set(), instead).items}
    return _worst([item_json(found[one.code]) for one in mine])


def _worst(seen: Sequence[Mapping[str, Any]]) -> Rechecked:
    verdict = max((_VERDICTS[one["state"]] for one in seen), key=_WORSE.index)
    findings = [finding["because"] for one in seen for finding in one["safety"]]
    once = [words for place, words in enumerate(findings) if words not in findings[:place]]
    return Rechecked(verdict, once, list(dict.fromkeys(name for one in seen for name in one["waiting_for"])))


def _additions(item: PlanItem, doses: Iterable[Dose], program: Program) -> list[Addition]:
    """Return an item as the formulary knows it: by its code, or by each of its medicines."""
    kind, _, name = item.code.partition(":")
    formulary = program.edition.formulary
    listed = list(doses)
    if name in formulary.regimens:
        return [Addition(item.code)]
    if name in formulary.medicines:
        return [_addition(item.code, listed[0] if len(listed) == 1 else {})]
    return [_addition(f"{kind}:{dose['ingredient']}", dose) for dose in listed]


def _addition(code: str, dose: Dose) -> Addition:
    return Addition(code, dose.get("dose", ""), dose.get("frequency", ""), dose.get("duration_days"))


def _parts(doses: Iterable[Dose]) -> list[Part]:
    return [
        Part(
            dose["ingredient"], dose["dose"], dose.get("frequency", ""), dose.get("route") or "oral",
            dose.get("timing"), dose.get("duration_days"),
        )
        for dose in doses
    ]  # fmt: skip

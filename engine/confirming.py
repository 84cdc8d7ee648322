"""Holds what the evaluator decided against the second opinion: confirmed, not confirmed and why, or absent."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from engine.compiler import Program
from engine.compiler.walk import named_truth, scope_of
from engine.evaluator.rules import decide
from engine.facts import CaseFacts
from engine.opinion.process import Kept, NoAnswer
from engine.plan import Plan

State = Literal["confirmed", "not_confirmed", "absent"]
DISAGREES, GARBLED = "disagrees", "garbled"
IN_PLAY = frozenset({"proposed", "held"})
_WORDS: Mapping[bool | None, str] = {True: "true", False: "false", None: "open"}


@dataclass(frozen=True, slots=True)
class Verdict:
    """``reason`` is a word of docs/reference/second-opinion.md; ``differs`` names rules, facts and codes, no values."""

    state: State
    reason: str = ""
    differs: tuple[str, ...] = ()


Lines = Iterable[tuple[str, Iterable[str]]]
"""The items of a plan, each with the full names of the rules behind it."""


def lines_of(plan: Plan) -> Lines:
    """Return the items of a plan with their rules."""
    return [(item.code, [f"{each.protocol}.{each.rule}" for each in item.reasons]) for item in plan.items]


def confirm(program: Program, case: CaseFacts, lines: Lines, kept: Kept) -> Verdict:
    """Return whether the second opinion comes to the same rules, facts and items as the evaluator.

    It never raises for what the second opinion does: without an answer nothing is confirmed.
    """
    try:
        answer = kept.ask(program.edition, case)
    except NoAnswer as none:
        return Verdict("absent" if none.trouble == "absent" else "not_confirmed", none.trouble)
    try:
        differs = tuple(dict.fromkeys(_differences(program, case, lines, answer)))
    except (AttributeError, KeyError, TypeError):
        return Verdict("not_confirmed", GARBLED)
    return Verdict("not_confirmed", DISAGREES, differs) if differs else Verdict("confirmed")


def _differences(program: Program, case: CaseFacts, lines: Lines, answer: Mapping[str, Any]) -> Iterator[str]:
    decided = {decision.node.name: decision.outcome for decision in decide(program, case).decisions}
    outcomes = answer["outcomes"]
    yield from sorted({node.name for node in program.rules} ^ set(outcomes))
    for node in program.rules:
        if decided.get(node.name, "silent") not in outcomes.get(node.name, ()):
            yield node.name
    yield from _other_facts(program, case, answer["named"])
    yield from _other_items(lines, outcomes, answer)


def _other_facts(program: Program, case: CaseFacts, named: Mapping[str, Any]) -> Iterator[str]:
    """Yield the definitions and conclusions that are not as the second opinion has them."""
    known = {*program.definitions, *program.conclusions}
    yield from sorted({*program.named, *program.conclusions} - set(named))
    yield from sorted(set(named) - known)
    scope = scope_of(program, case)
    for name in sorted(known & set(named)):
        if _WORDS[named_truth(name, scope)] not in named[name]:
            yield name


def _other_items(lines: Lines, outcomes: Mapping[str, Any], answer: Mapping[str, Any]) -> Iterator[str]:
    """Yield items that ought to follow and do not, and items for a rule that is not in play."""
    found = {(code, rule) for code, rules in lines for rule in rules}
    for code, rules in answer["items"].items():
        if any((code, rule) not in found for rule in rules):
            yield code
    for code, rule in sorted(found):
        if (rule in outcomes and not IN_PLAY & set(outcomes[rule])) or rule in answer["withheld"].get(code, ()):
            yield code

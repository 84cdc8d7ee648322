"""What the solver says of rules for all possible patients: which never fire, always do, are hidden, or disagree."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.analysis.rails import every, no, some
from engine.analysis.search import Confirms, Search
from engine.analysis.stated import Stated, shown
from engine.analysis.witness import Witness
from engine.compiler.program import Program, RuleNode
from engine.compiler.walk import rule_truth, scope_of
from engine.evaluator import evaluate
from engine.facts import CaseFacts

NOBODY = CaseFacts("", None, {})  # of whom nothing is known: most rules are silent
Kind = Literal["never", "always", "hidden", "opposed", "silenced"]


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule`` never fires, always does, is hidden by ``other``; two items are opposed; a red flag can be silenced."""

    kind: Kind
    rule: str
    other: str = ""
    witness: Witness | None = None


def findings(search: Search) -> Iterator[Finding]:
    """Yield everything that is to be said of the rules of a program, one rule after the other."""
    for node in search.plans.encoder.program.rules:
        yield from of_rule(node, search)
    yield from opposed(search)


def of_rule(node: RuleNode, search: Search) -> Iterator[Finding]:
    """Yield what is to be said of one rule."""
    encoder = search.plans.encoder
    fires = encoder.rule(node.name).true
    if not search.can_be(fires):
        yield _dead(node, search)
    elif rule_truth(node.name, scope_of(encoder.program, NOBODY)) is True and not search.can_be(no(fires)):
        yield Finding("always", node.name)
    if node.rule.red_flag:
        yield from _silenced(node, search)


def _dead(node: RuleNode, search: Search) -> Finding:
    """Return why a rule never fires: nobody is indicated, or whoever is has it silenced by others."""
    encoder = search.plans.encoder
    indicated = encoder.indicated(node).true
    if search.can_be(indicated):
        for name in node.silencers:
            if not search.can_be(every((indicated, no(encoder.rule(name).true)))):
                return Finding("hidden", node.name, name)
        return Finding("hidden", node.name, " and ".join(node.silencers) or "its own exclude")
    return Finding("never", node.name)


def _silenced(node: RuleNode, search: Search) -> Iterator[Finding]:
    """Yield a patient of whom a red flag is true and nothing of it stands in the plan."""
    encoder, plans = search.plans.encoder, search.plans
    codes = [a.code for a in node.rule.actions if a.kind not in ("ask", "conclude") and a.code in plans.items]
    there = [shown(plans.items[code], some(plans.added.get(code, ()))) for code in codes]
    if not codes or node.rule.exclude is not None:  # what it excludes is written at the rule itself, with its reason
        return
    program = encoder.program

    def confirms(witness: Witness) -> bool:
        plan = {item.code for item in evaluate(program, witness.facts).items if item.state != "blocked"}
        return not plan.intersection(codes)

    wanted = every((encoder.truth(node.when, red=True).true, no(some(there))))
    answer = search.find(wanted, confirms)
    if answer.found != "nobody":
        yield Finding("silenced", node.name, witness=answer.witness)


def opposed(search: Search) -> Iterator[Finding]:
    """Yield a patient for each two items that say the opposite and may be proposed together."""
    program = search.plans.encoder.program
    for first, second in _opposed_codes(program):
        one, other = search.plans.items.get(first), search.plans.items.get(second)
        if one is None or other is None:
            continue
        answer = search.find(every((one.proposed, other.proposed)), _both(program, one, other))
        if answer.found != "nobody":
            yield Finding("opposed", first, second, answer.witness)


def _both(program: Program, one: Stated, other: Stated) -> Confirms:
    def confirms(witness: Witness) -> bool:
        proposed = {item.code for item in evaluate(program, witness.facts).items if item.state == "proposed"}
        return {one.code, other.code} <= proposed

    return confirms


def _opposed_codes(program: Program) -> list[tuple[str, str]]:
    codes = program.edition.vocabulary.codes
    pairs = {tuple(sorted((code, other))) for code, spec in codes.items() for other in spec.opposed}
    return sorted((one, other) for one, other in pairs if not other.startswith("drug:"))

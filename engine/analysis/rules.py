"""What the solver says of rules for all possible patients: which never fire, always do, are hidden, or disagree."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Literal

from engine.analysis.asked import late
from engine.analysis.bands import families, misplaced
from engine.analysis.flags import switched_off
from engine.analysis.measures import mistaken
from engine.analysis.rails import every, no
from engine.analysis.search import Answer, Confirms, Search
from engine.analysis.stated import Stated
from engine.analysis.witness import Witness
from engine.compiler.program import Program, RuleNode
from engine.compiler.walk import rule_truth, scope_of
from engine.doses import in_unit
from engine.errors import NOWHERE, Place
from engine.evaluator import evaluate
from engine.facts import CaseFacts
from engine.merge import daily_of
from engine.plan import Dose

NOBODY = CaseFacts("", None, {})  # of whom nothing is known: most rules are silent
Kind = Literal[
    "never", "always", "hidden", "opposed", "silenced", "doses", "gap", "overlap", "beyond", "units", "most", "late",
    "undecided",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Finding:
    """``rule`` never fires, always does, is hidden by ``other``; two items are opposed; a red flag can be silenced.

    ``doses``: ``rule`` and ``other`` give doses of one item of which nobody can tell which is more. ``gap``: between
    what ``rule`` and ``other`` say of a number lies a value of which nothing is said; ``overlap``: there both are said.
    ``beyond``, ``units``, ``most``: a number of the fact or medicine ``rule`` cannot be meant, ``other`` says why.
    ``late``: the question ``rule`` lets a patient wait longer than any plan does. ``undecided``: the solver did not
    answer, ``other`` says why.
    """

    kind: Kind
    rule: str
    other: str = ""
    witness: Witness | None = None
    place: Place = NOWHERE


def findings(search: Search) -> Iterator[Finding]:
    """Yield everything that is to be said of the rules of a program, one rule after the other."""
    for node in search.plans.encoder.program.rules:
        yield from (replace(each, place=node.rule.place) for each in of_rule(node, search))
    yield from opposed(search)
    yield from unlike_doses(search)
    yield from bands(search)
    for each in mistaken(search.plans.encoder.program):
        yield Finding(each.kind, each.subject, each.said, place=each.place)
    for flag in late(search):
        yield from _found(Finding("late", flag.question, flag.said, place=flag.place), flag.answer)


def of_rule(node: RuleNode, search: Search) -> Iterator[Finding]:
    """Yield what is to be said of one rule."""
    encoder = search.plans.encoder
    fires = encoder.rule(node.name).true
    if not search.can_be(fires):
        yield _dead(node, search)
    elif rule_truth(node.name, scope_of(encoder.program, NOBODY)) is True and not search.can_be(no(fires)):
        yield Finding("always", node.name)
    if node.rule.red_flag:
        yield from _found(Finding("silenced", node.name), switched_off(node, search))


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


def _found(finding: Finding, answer: Answer) -> Iterator[Finding]:
    """Yield a finding with its patient; where nothing was decided, that."""
    if answer.found == "somebody":
        yield replace(finding, witness=answer.witness)
    elif answer.found == "open":
        yield replace(finding, kind="undecided", other=answer.why)


def opposed(search: Search) -> Iterator[Finding]:
    """Yield a patient for each two items that say the opposite and may be proposed together."""
    program = search.plans.encoder.program
    for first, second in _opposed_codes(program):
        one, other = search.plans.items.get(first), search.plans.items.get(second)
        if one is None or other is None:
            continue
        answer = search.find(every((one.proposed, other.proposed)), _both(program, one, other))
        yield from _found(Finding("opposed", first, second, place=_place(one)), answer)


def _both(program: Program, one: Stated, other: Stated) -> Confirms:
    def confirms(witness: Witness) -> bool:
        proposed = {item.code for item in evaluate(program, witness.facts).items if item.state == "proposed"}
        return {one.code, other.code} <= proposed

    return confirms


def _opposed_codes(program: Program) -> list[tuple[str, str]]:
    codes = program.edition.vocabulary.codes
    pairs = {tuple(sorted((code, other))) for code, spec in codes.items() for other in spec.opposed}
    return sorted((one, other) for one, other in pairs if not other.startswith("drug:"))


def unlike_doses(search: Search) -> Iterator[Finding]:
    """Yield a patient for each two rules that give one item in doses of which nobody can tell which is more."""
    for item in search.plans.items.values():
        for first, second in combinations(item.given, 2):
            for drug in sorted(first.doses.keys() & second.doses.keys()):
                if not are_comparable(first.doses[drug], second.doses[drug]):
                    finding = Finding("doses", first.node.name, second.node.name, place=first.node.rule.place)
                    wanted = every((item.proposed, first.proposed, second.proposed))
                    yield from _found(finding, search.find(wanted, _differ(item.code, drug, search)))


def are_comparable(first: Dose, second: Dose) -> bool:
    """Return whether it can be told which of two doses gives more a day, or one of them says nothing that differs."""
    if not first.dose or not second.dose:
        return True  # one rule leaves the dose to the other, or to the doctor
    one, other = daily_of(first), daily_of(second)
    same = (first.dose, first.frequency) == (second.dose, second.frequency)
    return same or (one is not None and other is not None and in_unit(other, one[1]) is not None)


def _differ(code: str, drug: str, search: Search) -> Confirms:
    program = search.plans.encoder.program

    def confirms(witness: Witness) -> bool:
        items = evaluate(program, witness.facts).items
        return any(item.code == code and f"doses_differ:{drug}" in item.conflicts for item in items)

    return confirms


def bands(search: Search) -> Iterator[Finding]:
    """Yield a patient for each number that falls between two rules of a protocol, or into both."""
    program = search.plans.encoder.program
    for family in families(program):
        where, answer = misplaced(family, search)
        finding = Finding("undecided", f"{family.protocol}: {family.name}")
        if where is not None:
            place = program.rules[program.positions[where.below]].rule.place
            finding = Finding(where.kind, where.below, f"{where.above}, at {where.value}", place=place)
        yield from _found(finding, answer)


def _place(item: Stated) -> Place:
    return item.given[0].node.rule.place

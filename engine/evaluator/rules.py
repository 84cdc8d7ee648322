"""Runs the rails over one case and says of each rule that is not known false what it comes to."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Literal

from engine.compiler.intervals import disjunction
from engine.compiler.mentions import resting
from engine.compiler.program import Program, RuleNode, Scope
from engine.compiler.walk import rule_truth, scope_of, truth
from engine.evaluator.waiting import red_flags_first, silencer_waiting, waiting
from engine.facts import CaseFacts, FactValue, Value
from engine.merge import Proposal
from engine.plan import OpenRule, Reason

Outcome = Literal["proposed", "held", "open", "excluded", "silent"]
DOSED = frozenset({"prescribe", "supplement", "diet"})


@dataclass(frozen=True, slots=True)
class Decision:
    """A rule and what it comes to; ``waiting`` are the facts that would free or settle it."""

    node: RuleNode
    outcome: Outcome
    waiting: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Decided:
    """Every rule of a case that is not known to be out of place, in the order of their names."""

    scope: Scope
    decisions: tuple[Decision, ...]


def decide(program: Program, case: CaseFacts, *, asking: bool = True) -> Decided:
    """Return the decision on every rule that is not known false. The rails know no mentions: with some, all walk.

    Not ``asking``: open rules do not say what they wait for, a third of the work; all that is decided is the same.
    """
    scope = scope_of(program, case)
    return _decided(scope, not_false(scope), asking=asking)


def not_false(scope: Scope) -> Iterable[int]:
    """Return the positions of the rules that are not known false, and hand what was decided to the scope."""
    if scope.mentions:
        return range(len(scope.program.rules))
    fired, open_, stopped = rails(scope)
    return sorted((*fired, *open_, *stopped))


def rails(scope: Scope) -> tuple[list[int], list[int], list[int]]:
    """Return the positions of the rules that are proposed, that wait and that are stopped; all others are false."""
    program = scope.program
    fired, open_, stopped = list[int](), list[int](), list[int]()
    numbers = {name: _number(program, name, value) for name, value in scope.values.items()}
    true, false = program.decide(numbers.get, _tests(scope), fired.append, open_.append, stopped.append)
    _remember(scope, fired, open_)
    for name, yes, no in zip(program.named, true, false, strict=True):
        scope.truths[name, False] = True if yes else False if no else None
    return fired, open_, stopped


def _decided(scope: Scope, live: Iterable[int], *, asking: bool) -> Decided:
    found = (judge(scope.program.rules[index], scope, asking=asking) for index in live)
    return Decided(scope, tuple(decision for decision in found if decision.outcome != "silent"))


class _tests:  # noqa: N801 - a function with a scope
    """Answers the conditions that the rails leave to the walk."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self, index: int) -> bool | None:
        expr, red = self.scope.program.tests[index]
        return truth(expr, self.scope, red=red)


def _number(program: Program, name: str, value: FactValue) -> float:
    if not isinstance(value, Value):
        return float("nan")
    known = value.value
    if isinstance(known, bool):
        return 1.0 if known else 0.0
    if isinstance(known, Fraction):
        return float(known)
    if isinstance(known, date):
        return float(known.toordinal())
    return program.choices.get(name, {}).get(known, -1.0)


def _remember(scope: Scope, fired: Iterable[int], open_: Iterable[int]) -> None:
    """Hand what the rails decided to the walk, so that nothing is decided twice."""
    keys = [(f"rule {node.name}", False) for node in scope.program.rules]
    scope.truths.update(dict.fromkeys(keys, False))
    scope.truths.update({keys[index]: True for index in fired})
    scope.truths.update({keys[index]: None for index in open_})


def judge(node: RuleNode, scope: Scope, *, asking: bool = True) -> Decision:
    """Return what a rule comes to: proposed, held until its exclusions are known, open, or shown as excluded."""
    outcome = outcome_of(node, scope)
    if outcome not in ({"open", "held"} if asking else {"held"}):
        return Decision(node, outcome)
    red = node.rule.red_flag
    indication, exclusion = reads(node, scope)
    if outcome == "open":
        facts = [] if node.applies is None else list(waiting(node.applies, scope, red=red))
        return Decision(node, "open", red_flags_first([*facts, *waiting(node.when, indication, red=red)], scope))
    facts = [] if node.exclude is None else list(waiting(node.exclude, exclusion, red=red))
    return Decision(node, "held", red_flags_first([*facts, *silencer_waiting(node, exclusion)], scope))


def outcome_of(node: RuleNode, scope: Scope) -> Outcome:
    """Return what a rule comes to, without what it waits for."""
    if scope.truths.get((f"rule {node.name}", False)) is True:
        return "proposed"
    red = node.rule.red_flag
    indication, exclusion = reads(node, scope)
    applies = True if node.applies is None else truth(node.applies, scope, red=red)
    indicated = False if applies is False else truth(node.when, indication, red=red)
    if indicated is False:
        return "silent"
    excluded = False if node.exclude is None else truth(node.exclude, exclusion, red=red)
    barred = disjunction((excluded, *(rule_truth(name, exclusion) for name in node.silencers)))
    if barred is True:
        return "excluded" if applies and indicated else "silent"
    if applies is None or indicated is None:
        return "open"
    return "held" if barred is None else "proposed"


def reads(node: RuleNode, scope: Scope) -> tuple[Scope, Scope]:
    """Return how a rule reads its indication and what it excludes: only a red flag takes a mention for true."""
    return (scope.alarmed if node.rule.red_flag else scope), scope.excluding


def only_written(node: RuleNode, scope: Scope) -> tuple[str, ...]:
    """Return the facts that only a free text says and without which a rule would not be indicated."""
    if scope.danger is None or not node.rule.red_flag or truth(node.when, scope, red=True) is True:
        return ()
    return resting(waiting(node.when, scope, red=True), scope)


def bare_name(node: RuleNode) -> str:
    """Return the name of a rule inside its protocol."""
    return node.name.removeprefix(f"{node.protocol.name}.")


def reason_of(node: RuleNode) -> Reason:
    """Return the reason that a rule gives for its items."""
    rule, protocol = node.rule, node.protocol
    return Reason(
        protocol=protocol.name,
        version=protocol.version,
        rule=bare_name(node),
        file=rule.place.file,
        line=rule.place.line,
        because=rule.because,
        source=protocol.sources.get(rule.source, rule.source),
        evidence=rule.evidence,
        review_needed=rule.review_needed or protocol.review_needed,
    )


def is_guarded(node: RuleNode, kind: str) -> bool:
    """Return whether an action is for adults only: a dose or a diet of a rule not written for children."""
    return kind in DOSED and not node.rule.paediatric


def proposals(decided: Decided) -> Iterator[Proposal]:
    """Yield what proposed and held rules do; no dose or diet for whom is not known to be 18 or older."""
    adult = decided.scope.adult
    for decision in decided.decisions:
        if decision.outcome not in {"proposed", "held"}:
            continue
        written = only_written(decision.node, decided.scope)
        for action in decision.node.rule.actions:
            if action.kind in {"conclude", "ask"} or (is_guarded(decision.node, action.kind) and adult is not True):
                continue
            confirm = written if action.kind in DOSED else ()  # words nobody confirmed give no treatment: it is held
            state: Literal["proposed", "held"] = "held" if confirm or decision.outcome == "held" else "proposed"
            waits = (*confirm, *decision.waiting)
            yield Proposal(action, reason_of(decision.node), state, waits, decision.node.rule.red_flag)


def open_rules(decided: Decided) -> Iterator[OpenRule]:
    """Yield the rules that wait for their indication, and those whose doses wait for the age."""
    for decision in decided.decisions:
        node = decision.node
        if decision.outcome == "open":
            yield OpenRule(node.protocol.name, bare_name(node), decision.waiting, node.rule.red_flag)
        elif decision.outcome != "excluded" and decided.scope.adult is None and _doses(node):
            yield OpenRule(node.protocol.name, bare_name(node), ("age",), node.rule.red_flag)


def _doses(node: RuleNode) -> bool:
    return any(is_guarded(node, action.kind) for action in node.rule.actions)


def is_applicable(node: RuleNode, scope: Scope) -> bool:
    """Return whether the protocol of a rule may apply to this case."""
    applies = scope.program.applies.get(node.protocol.name)
    return applies is None or truth(applies, scope) is not False

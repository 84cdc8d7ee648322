"""What the unchanged program makes of every in-file test: kept, so that a mutant works out only what it changes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from engine.compiler.graph import Graph, dependencies
from engine.compiler.program import Program, Scope, ScoreState
from engine.compiler.walk import scope_of
from engine.errors import CaseError
from engine.evaluator.evaluation import plan_of
from engine.evaluator.rules import Decision, decide
from engine.examples import failures
from engine.facts import CaseFacts
from engine.language.cases import read_example
from engine.language.documents import Example, Protocol
from engine.plan import Truth


@dataclass(frozen=True, slots=True)
class Try:
    """One in-file test of a protocol and what came of it: the decision on each rule, and what they rest on."""

    protocol: Protocol
    example: Example
    case: CaseFacts
    decisions: Mapping[str, Decision]  # of rules that are not out of place
    truths: Mapping[tuple[str, bool], Truth]
    states: Mapping[str, ScoreState]
    told: bool  # free text was read, whose mentions are read anew with every mutant


@dataclass(slots=True)
class Baseline:
    """The unchanged program, who rests on whom in it, and what its tests come to, worked out when first asked for."""

    program: Program
    resting: Mapping[str, frozenset[str]]  # a node of the graph -> itself and every node that rests on it
    tried: dict[str, tuple[Try, ...]] = field(default_factory=dict)

    def tries(self, protocol: str) -> tuple[Try, ...]:
        """Return the tests of a protocol that pass; one that fails without any fault can notice none."""
        if protocol not in self.tried:
            self.tried[protocol] = tuple(_tries(self.program, protocol))
        return self.tried[protocol]


def baseline(program: Program) -> Baseline:
    """Return the baseline of a program."""
    graph = dependencies(program.definitions, program.rules, program.conclusions, program.edition.scores)
    return Baseline(program, _upwards(graph))


def _tries(program: Program, name: str) -> Iterator[Try]:
    edition, protocol = program.edition, program.edition.protocols[name]
    for example in protocol.examples:
        try:
            case = read_example(example.given, edition.vocabulary, edition.formulary)
        except CaseError:
            continue
        decided = decide(program, case)
        scope, decisions = decided.scope, {each.node.name: each for each in decided.decisions}
        if not any(failures(plan_of(decided, case), example, scope, protocol)):
            told = bool(scope.mentions)
            yield Try(protocol, example, case, decisions, dict(scope.truths), dict(scope.states), told)


def spoken(decisions: Mapping[str, Decision]) -> tuple[Decision, ...]:
    """Return the decisions on rules that are not out of place, in the order of their names."""
    return tuple(decisions[name] for name in sorted(decisions) if decisions[name].outcome != "silent")


def scope_with(program: Program, tried: Try, changed: frozenset[str]) -> Scope:
    """Return a scope of a test's case before a program, all known in it already that does not rest on ``changed``."""
    if tried.told:
        return scope_of(program, tried.case)
    scope = scope_of(program, tried.case, ())
    scope.truths.update({key: known for key, known in tried.truths.items() if _node(key[0]) not in changed})
    scope.states.update({name: known for name, known in tried.states.items() if f"score:{name}" not in changed})
    return scope


def _node(name: str) -> str:
    return f"rule:{name[5:]}" if name.startswith("rule ") else name


def _upwards(graph: Graph) -> dict[str, frozenset[str]]:
    """Return for each node itself and all that rests on it."""
    above: dict[str, set[str]] = {}
    for name, parts in graph.items():
        for part in parts:
            above.setdefault(part, set()).add(name)
    return {name: frozenset(_reached(name, above)) for name in {*graph, *above}}


def _reached(name: str, above: Mapping[str, set[str]]) -> set[str]:
    found, open_ = {name}, [name]
    while open_:
        for other in above.get(open_.pop(), set()) - found:
            found.add(other)
            open_.append(other)
    return found

"""Which mutants no in-file test notices."""

import multiprocessing
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from engine.compiler.program import Program, RuleNode
from engine.compiler.scoring import compile_score
from engine.errors import PautaError
from engine.evaluator.evaluation import plan_of
from engine.evaluator.rules import Decided, Decision, judge
from engine.examples import failures, score_failures
from engine.mutation.baseline import Baseline, Try, scope_with, spoken
from engine.mutation.mutants import Mutant

Progress = Callable[[int, int], None]
SMALL = 100  # mutants that are not worth a second process


@dataclass(frozen=True, slots=True)
class Outcome:
    """A mutant and the test that noticed it, as ``reflux: alarm first``; None if none did."""

    mutant: Mutant
    noticed: str | None


def run(known: Baseline, found: Sequence[Mutant], processes: int, progress: Progress) -> list[Outcome]:
    """Return what came of each mutant, in their order."""
    outcomes: dict[int, str | None] = {}
    for count, (i, noticed) in enumerate(_each(known, found, processes), start=1):
        outcomes[i] = noticed
        progress(count, len(found))
    return [Outcome(mutant, outcomes[i]) for i, mutant in enumerate(found)]


def _each(known: Baseline, found: Sequence[Mutant], processes: int) -> Iterator[tuple[int, str | None]]:
    """Yield index and result as they come; on several processes where the system can split one in two.

    A process takes the mutants of one document together: it works out the tests of that document once.
    """
    if processes < 2 or len(found) < SMALL or "fork" not in multiprocessing.get_all_start_methods():
        yield from ((i, noticed_by(mutant, known)) for i, mutant in enumerate(found))
        return
    _Shared.known, _Shared.found = known, found  # what the split processes find in their own memory
    blocks = [[i for i, _ in group] for _, group in groupby(enumerate(found), key=lambda each: each[1].document)]
    with multiprocessing.get_context("fork").Pool(processes) as pool:
        for block in pool.imap_unordered(_block, sorted(blocks, key=len, reverse=True)):
            yield from block


class _Shared:
    known: Baseline
    found: Sequence[Mutant]


def _block(numbers: list[int]) -> list[tuple[int, str | None]]:
    return [(i, noticed_by(_Shared.found[i], _Shared.known)) for i in numbers]


def noticed_by(mutant: Mutant, known: Baseline) -> str | None:
    """Return the first in-file test that fails with a mutant: of its own file, then of the files that read it."""
    try:
        program = with_fault(mutant, known.program)
    except (PautaError, ArithmeticError, ValueError):
        return "the file can no longer be compiled"
    if mutant.score is not None:
        for example in mutant.score.examples:
            if score_failures(program, mutant.score.name, example):
                return f"{mutant.score.name}: {example.name}"
    changed = _changed(mutant, known)
    rules = [node for node in program.rules if f"rule:{node.name}" in changed]
    readers = {node.protocol.name for node in rules}
    own = mutant.document.partition(":")[2]
    for name in sorted(readers, key=lambda each: (each != own, each)):
        for tried in known.tries(name):
            if _notices(tried, mutant, program, rules, changed):
                return f"{name}: {tried.example.name}"
    return None


def with_fault(mutant: Mutant, program: Program) -> Program:
    """Return the program with the fault in it. Its rails are the old ones: only the walk may be used.

    What is kept of comparisons names what stands behind their definitions, so none of it may stay.
    """
    if mutant.score is not None:
        made = compile_score(mutant.score, program.edition.vocabulary)
        return replace(program, scores={**program.scores, mutant.score.name: made}, sides={})
    fresh = {node.name: node for node in mutant.nodes}
    rules = tuple(fresh.get(node.name, node) for node in program.rules)
    definitions, applies = dict(program.definitions), dict(program.applies)
    if mutant.definition is not None:
        definitions[mutant.changed] = mutant.definition
    if mutant.applies is not None:
        applies[mutant.changed.partition(":")[2]] = mutant.applies
    return replace(program, rules=rules, definitions=definitions, applies=applies, sides={})


def _changed(mutant: Mutant, known: Baseline) -> frozenset[str]:
    """Return every node of the graph that may be another with the fault."""
    names = [f"rule:{node.name}" for node in mutant.nodes] or [mutant.changed]
    return frozenset().union(*(known.resting.get(name, frozenset((name,))) for name in names))


def _notices(tried: Try, mutant: Mutant, program: Program, rules: Sequence[RuleNode], changed: frozenset[str]) -> bool:
    """Return whether a test fails with the fault; the plan is made only where a decision is another than before."""
    scope = scope_with(program, tried, changed)
    asked = program.rules if tried.told else rules
    now = {node.name: judge(node, scope) for node in asked}
    if not any(_differs(tried.decisions.get(name), each, mutant) for name, each in now.items()):
        return False
    plan = plan_of(Decided(scope, spoken({**tried.decisions, **now})), tried.case)
    return any(failures(plan, tried.example, scope, tried.protocol))


def _differs(before: Decision | None, now: Decision, mutant: Mutant) -> bool:
    if before is None:
        return now.outcome != "silent"
    if (before.outcome, before.waiting) != (now.outcome, now.waiting):
        return True
    return mutant.kind == "item" and now.outcome in {"proposed", "held"} and before.node is not now.node

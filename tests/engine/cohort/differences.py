"""Where columns say otherwise than live decisions, on random programs: for the columns, and for faults in them."""

from collections.abc import Iterator
from types import ModuleType

from engine.cohort import Outcomes
from engine.cohort.running import FALSE, SIGNS
from engine.compiler import Program
from engine.evaluator.rules import decide
from engine.evaluator.truths import rule_truths, walked_outcomes
from engine.facts import CaseFacts
from engine.plan import Truth
from tests.engine.random_programs import a_program, some_cases

CASES = 4


def signs(program: Program, case: CaseFacts) -> bytes:
    """Return what live decisions come to, held and open told apart, as a row of outcomes says it."""
    found = {each.node.name: SIGNS[each.outcome] for each in decide(program, case, asking=False).decisions}
    return bytes(found.get(node.name, FALSE) for node in program.rules)


def rows_say(cohort: ModuleType, program: Program, cases: list[CaseFacts]) -> list[bytes]:
    """Return the row of outcomes of every case."""
    return _run(cohort, program, cases).rows()


def columns_say(cohort: ModuleType, program: Program, cases: list[CaseFacts]) -> list[tuple[Truth, ...]]:
    """Return what a cohort package says of every rule of every case, case by case."""
    found = _run(cohort, program, cases)
    return [found.truths(number) for number in range(len(cases))]


def _run(cohort: ModuleType, program: Program, cases: list[CaseFacts]) -> Outcomes:
    code, runner = cohort.compiled(program)
    filler = cohort.Filler(code, walked_outcomes)
    for each in cases:
        filler.add(each)
    return runner.run(filler.block())


def differences(cohort: ModuleType, numbers: range) -> Iterator[str]:
    """Yield each random program and case on which the columns and the evaluator part, with the rule."""
    for number in numbers:
        program, cases = a_program(number), some_cases(number, CASES)
        rows = rows_say(cohort, program, cases)
        for at, said in enumerate(columns_say(cohort, program, cases)):
            live = zip(rule_truths(program, cases[at]), signs(program, cases[at]), strict=True)
            for node, ours, row, (truth, sign) in zip(program.rules, said, rows[at], live, strict=True):
                if ours is not truth or row != sign:
                    yield f"program {number}, case {at}, {node.name}: columns {ours}, {row}, evaluator {truth}, {sign}"

"""Where columns say otherwise than live decisions, on random programs: for the columns, and for faults in them."""

from collections.abc import Iterator
from types import ModuleType

from engine.compiler import Program
from engine.evaluator.truths import rule_truths, walked_truths
from engine.facts import CaseFacts
from engine.plan import Truth
from tests.engine.random_programs import a_program, some_cases

CASES = 4


def columns_say(cohort: ModuleType, program: Program, cases: list[CaseFacts]) -> list[tuple[Truth, ...]]:
    """Return what a cohort package says of every rule of every case, case by case."""
    code, runner = cohort.compiled(program)
    filler = cohort.Filler(code, walked_truths)
    for each in cases:
        filler.add(each)
    found = runner.run(filler.block())
    return [found.truths(number) for number in range(len(cases))]


def differences(cohort: ModuleType, numbers: range) -> Iterator[str]:
    """Yield each random program and case on which the columns and the evaluator part, with the rule."""
    for number in numbers:
        program, cases = a_program(number), some_cases(number, CASES)
        for at, said in enumerate(columns_say(cohort, program, cases)):
            live = rule_truths(program, cases[at])
            for node, ours, theirs in zip(program.rules, said, live, strict=True):
                if ours is not theirs:
                    yield f"program {number}, case {at}, {node.name}: columns {ours}, evaluator {theirs}"

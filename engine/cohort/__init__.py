"""The rules of a program over many cases at once: two bits a case and condition, known true and known false."""

from engine.cohort.columns import Block, Column, Rails, flags, narrow
from engine.cohort.filling import Filler
from engine.cohort.rails import CohortProgram, compile_cohort
from engine.cohort.rows import layout
from engine.cohort.running import FALSE, FIRED, HELD, OPEN, Outcomes, Runner
from engine.compiler.program import Program

BLOCK = 65_536
"""Cases decided at a time: 8 KB for each rail, so that what is worked on stays in the processor's cache."""


def runner(code: CohortProgram) -> Runner:
    """Return what decides blocks of a program."""
    return Runner(layout(code), len(code.rules))


def compiled(program: Program) -> tuple[CohortProgram, Runner]:
    """Return a program for columns and what runs it."""
    code = compile_cohort(program)
    return code, runner(code)


__all__ = [
    "BLOCK", "FALSE", "FIRED", "HELD", "OPEN", "Block", "CohortProgram", "Column", "Filler", "Outcomes", "Rails",
    "Runner", "compile_cohort", "compiled", "flags", "narrow", "runner",
]  # fmt: skip

"""Evaluator, columns and second opinion come to the same on programs nobody thought of, the last in its own process."""

import os

import pytest

from engine import cohort
from engine.compiler import compile_edition
from engine.evaluator.truths import rule_truths
from engine.opinion.process import Kept
from tests.engine.cohort.differences import columns_say
from tests.engine.opinion.asking import verdict_on
from tests.engine.opinion.drawing import drawn

PROGRAMS = int(os.environ.get("PAUTA_RANDOM_PROGRAMS", "2000"))  # 20000 for the long run
PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_random_programs_are_all_confirmed_and_columns_say_the_same(part):
    kept = Kept()
    try:
        for number in range(part, PROGRAMS, PARTS):
            edition, (case,) = drawn(number)
            program = compile_edition(edition)
            found = verdict_on(program, case, kept)
            assert found.state == "confirmed", (number, found)
            assert columns_say(cohort, program, [case]) == [rule_truths(program, case)], number
    finally:
        kept.close()

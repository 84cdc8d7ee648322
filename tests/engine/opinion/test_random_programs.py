"""Evaluator and second opinion come to the same on programs nobody thought of, the second in its own process."""

import os

import pytest

from engine.opinion.process import Kept
from tests.engine.opinion.asking import verdict
from tests.engine.opinion.drawing import drawn

PROGRAMS = int(os.environ.get("PAUTA_RANDOM_PROGRAMS", "2000"))  # 20000 for the long run
PARTS = 2


@pytest.mark.parametrize("part", range(PARTS))
def test_random_programs_are_all_confirmed(part):
    kept = Kept()
    try:
        for number in range(part, PROGRAMS, PARTS):
            edition, (case,) = drawn(number)
            found = verdict(edition, case, kept)
            assert found.state == "confirmed", (number, found)
    finally:
        kept.close()

"""Scores at their limits, in other units and with answers missing, worked out from the clinical content by hand.

Half of the scores had their cases before they had a file.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from engine.compiler import compile_edition
from engine.evaluator import score, score_json
from engine.language.library import edition
from tests.engine.content.shipped import library

CASES = json.loads(Path(__file__).with_name("score_cases.json").read_text("utf-8"))
SCORES = sorted({case["score"] for case in CASES})
PROGRAM = compile_edition(edition(library()))


def differences(case):
    """Return what came out otherwise than expected, by key."""
    expected = dict(case["expected"])
    tolerance = expected.pop("tolerance", None)
    found = score_json(score(PROGRAM, case["score"], case["inputs"]))
    if tolerance is not None:
        expected["value"] = pytest.approx(expected["value"], abs=tolerance)
    return {key: (wanted, found[key]) for key, wanted in expected.items() if found[key] != wanted}


@pytest.mark.parametrize("name", SCORES)
def test_a_score_comes_out_as_worked_out_by_hand(name):
    wrong = {case["id"]: differences(case) for case in CASES if case["score"] == name}
    assert {key: found for key, found in wrong.items() if found} == {}


def test_what_is_missing_or_doubtful_is_expected_to_give_no_value():
    open_cases = [case for case in CASES if case["expected"]["status"] != "ok"]
    assert len(open_cases) > 80
    assert {case["expected"]["value"] for case in open_cases} == {None}


def test_the_cases_cover_what_can_happen_to_a_score():
    kinds = Counter(case["kind"] for case in CASES)
    assert len(CASES) >= 150
    for kind in ("boundary", "unit", "missing", "missing_irrelevant", "missing_band_determined", "implausible"):
        assert kinds[kind] >= 9, kind


def test_every_case_says_where_its_answer_comes_from():
    assert [case["id"] for case in CASES if not case["source"]] == []

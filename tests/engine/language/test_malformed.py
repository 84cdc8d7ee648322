"""A hundred and more files with one slip each: every one is named at its line and column, with what to do."""

import csv
from functools import cache
from pathlib import Path

import pytest

from engine.codes import CODES
from engine.errors import Problem
from engine.language.library import check_library
from tests.engine.language.a_library import files

FOLDER = Path(__file__).parent / "malformed"
CASES = list(csv.DictReader((FOLDER / "expected.csv").read_text().splitlines()))


def test_there_are_a_hundred_of_them():
    assert len(CASES) >= 100
    assert {case["name"] for case in CASES} == {path.stem for path in FOLDER.glob("*.yaml")}


@cache
def checked(name: str, replaced: str) -> tuple[bool, tuple[Problem, ...]]:
    text = (FOLDER / f"{name}.yaml").read_bytes().decode()
    library, problems = check_library(files() | {replaced: text})
    return library is not None, problems


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_the_slip_is_named_at_its_place(case):
    whole, problems = checked(case["name"], case["replaces"])
    assert not whole
    place = (case["replaces"], case["code"], int(case["line"]), int(case["column"]))
    found = [(one.place.file, one.code, one.place.line, one.place.column) for one in problems]
    assert place in found, "\n".join(map(str, problems))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_every_problem_is_one_the_manual_explains(case):
    for problem in checked(case["name"], case["replaces"])[1]:
        assert problem.code in CODES
        assert problem.message
        assert not problem.message.startswith("Invalid")

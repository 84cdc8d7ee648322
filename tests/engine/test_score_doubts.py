"""Answers that contradict each other, lists that do not fit together, and ranges that stay exact."""

import pytest

from engine.compiler import compile_edition
from engine.evaluator import score
from engine.language.library import check_library, edition, read_library
from tests.engine.language.a_library import codes, files

TITLE = "version: 1.0.0\ntitle:\n  es: Prueba\n  en: Trial\nadults_only: no\n"
GRADE = f"""score: grade
{TITLE}range: 1 .. 3
inputs:
  out:
    type: yes_no
  back:
    type: choice
    choices:
      - alone
      - by_hand
      - n/a
value: if not out then 1 else if back = by_hand then 3 else 2
bands:
  any: value >= 1
doubtful:
  back: out and back = n_a
"""
SLOPE = f"""score: slope
{TITLE}range: -100 .. 200
inputs:
  a:
    type: decimal
    unit: ratio
    range: 0 .. 10
  b:
    type: decimal
    unit: ratio
    range: 0 .. 10
  c:
    type: decimal
    unit: ratio
    range: 0 .. 10
value: round(10 * b - 2 * a * b + c)
monotone:
  - a
  - b
bands:
  any: value >= -100
"""
SAMPLES = f"""score: samples
{TITLE}inputs:
  minutes:
    type: series
    unit: min
    range: 0 .. 300
  h2:
    type: series
    unit: ppm
    range: 0 .. 500
bands:
  rise: highest(h2, minutes <= 90) - first(h2) >= 20
  none: yes
"""
PLACES = {f"scores/{n}/1.0.0.yaml": text for n, text in (("grade", GRADE), ("slope", SLOPE), ("samples", SAMPLES))}
PROGRAM = compile_edition(edition(read_library(files() | PLACES)))


def grade(out, back):
    return score(PROGRAM, "grade", {"out": {"value": out}, "back": {"value": back}})


def slope(**known):
    return score(PROGRAM, "slope", {name: {"value": value, "unit": "ratio"} for name, value in known.items()})


def samples(minutes, h2):
    return score(PROGRAM, "samples", {"minutes": {"value": minutes, "unit": "min"}, "h2": {"value": h2, "unit": "ppm"}})


def found(file, old, new):
    assert old in PLACES[file]
    return codes(check_library(files() | {file: PLACES[file].replace(old, new, 1)})[1])


def test_an_answer_that_contradicts_another_is_asked_about():
    result = grade(True, "n/a")
    assert (result.status, result.query, result.value) == ("reject_or_query", ("back",), None)


def test_nobody_doubts_what_is_not_known():
    assert grade(None, "n/a").status == "incomplete"
    assert grade(False, "n/a").value == 1


def test_the_possible_range_is_exact_where_the_value_moves_one_way_only():
    assert slope(a=10, c=0).possible_range == (-100, 0)  # falls with b while a is high
    assert slope(a=0, c=0).possible_range == (0, 100)  # and rises while it is low
    assert slope(c=0).possible_range == (-100, 100)


def test_lists_of_different_length_do_not_belong_together():
    assert samples([0, 30, 60], [1, 2]).query == ("h2",)
    assert samples([0, 30, 60], [1, 2, 3]).status == "ok"


@pytest.mark.parametrize(
    ("h2", "band", "missing"),
    [
        (None, None, ("h2",)),
        ([1, None, 2, 2], None, ("h2",)),
        ([1, None, 22, 2], "rise", ()),  # what is missing cannot undo it
        ([1, 2, 2, None], "none", ()),  # after 90 minutes it does not count
    ],
)
def test_a_sample_that_is_missing_counts_as_anything(h2, band, missing):
    result = samples([0, 60, 90, 120], h2)
    assert (result.band, result.missing) == (band, missing)


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("scores/grade/1.0.0.yaml", "  back: out and", "  bak: out and"),
        ("scores/slope/1.0.0.yaml", "  - b\n", "  - d\n"),
        ("scores/grade/1.0.0.yaml", "out and back = n_a", "oat and back = n_a"),
    ],
)
def test_a_misspelled_input_is_found(file, old, new):
    assert set(found(file, old, new)) & {"P105", "P106"}


def test_a_choice_may_be_bound_to_a_condition_with_its_own_words_only():
    bound = "  back:\n    type: choice\n    bind: if age < 18 years then alone else by_hand\n"
    file = "scores/grade/1.0.0.yaml"
    assert found(file, "  back:\n    type: choice\n", bound) == found(file, "out and", "out and")
    assert "P111" in found(file, "  back:\n    type: choice\n", bound.replace("else by_hand", "else byhand"))

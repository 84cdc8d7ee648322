"""Names, units, categories and bands of the scores are those that were agreed with whoever sends the values."""

import random

import pytest

from engine import units
from engine.compiler import compile_edition
from engine.compiler.scoring import analyse
from engine.evaluator import score
from engine.language.library import edition
from engine.units import COUNT, dimension
from tests.engine.content.shipped import library, sample

CONTRACT = sample("score_contract")
SHIPPED = edition(library())
PROGRAM = compile_edition(SHIPPED)
UNBOUND = {  # what only the score command can give: the choice of a clinic, samples of a test, a conversion
    "calprotectin_band": {"scheme"},
    "sibo_breath_test": {"substrate", "minutes", "h2", "ch4"},
    "carb_breath_test": {"substrate", "minutes", "h2"},
    "unit_convert": {"conversion", "value"},
}


def test_every_agreed_score_is_shipped():
    assert set(SHIPPED.scores) >= set(CONTRACT)
    assert len(CONTRACT) == 43


@pytest.mark.parametrize("name", CONTRACT)
def test_inputs_stand_in_the_agreed_order(name):
    assert list(SHIPPED.scores[name].inputs) == list(CONTRACT[name]["inputs"])


@pytest.mark.parametrize("name", CONTRACT)
def test_every_agreed_unit_is_accepted(name):
    for given, agreed in CONTRACT[name]["inputs"].items():
        item = SHIPPED.scores[name].inputs[given]
        for unit in map(units.spelled, agreed["units"]):
            counted = {dimension(unit), dimension(item.unit)} <= {COUNT, "label"}
            assert counted or unit in {item.unit, *item.units}, (given, unit)


@pytest.mark.parametrize("name", CONTRACT)
def test_every_agreed_category_can_be_chosen(name):
    for given, agreed in CONTRACT[name]["inputs"].items():
        assert set(agreed.get("categories", [])) <= set(SHIPPED.scores[name].inputs[given].choices), given


@pytest.mark.parametrize("name", CONTRACT)
def test_every_agreed_band_can_come_out(name):
    assert set(CONTRACT[name]["bands"]) <= {*SHIPPED.scores[name].bands, "none"}


@pytest.mark.parametrize("name", CONTRACT)
def test_only_what_was_agreed_may_be_left_undone(name):
    undone = [each.name for each in SHIPPED.scores[name].inputs.values() if each.null_is_not_done]
    assert undone == CONTRACT[name].get("null_is_not_done", [])


@pytest.mark.parametrize("name", CONTRACT)
def test_a_whole_evaluation_reads_the_same_inputs(name):
    unbound = {given for given, item in SHIPPED.scores[name].inputs.items() if item.bind is None}
    assert unbound == UNBOUND.get(name, set())


@pytest.mark.parametrize("name", CONTRACT)
def test_a_score_names_its_source_and_is_looked_at_again(name):
    found = SHIPPED.scores[name]
    assert found.sources
    assert found.review_by is not None
    assert found.title["es"]
    assert found.title["en"]


@pytest.mark.parametrize("name", CONTRACT)
def test_a_score_has_tests_of_a_value_of_a_missing_answer_and_of_a_doubtful_one(name):
    assert {each.scores.get("status") for each in SHIPPED.scores[name].examples} >= {"ok", "reject_or_query"}
    if name != "fit_band":  # a test that was not done is no gap
        assert "incomplete" in {each.scores.get("status") for each in SHIPPED.scores[name].examples}


@pytest.mark.parametrize("name", [name for name, found in SHIPPED.scores.items() if found.monotone])
def test_the_possible_range_holds_every_value_the_missing_answers_can_give(name):
    program, chance = PROGRAM.scores[name], random.Random(name)  # noqa: S311
    for _ in range(60):
        whole = [chance.choice(options) for options in program.choices]
        unknown = {i for i in range(len(whole)) if chance.random() < 0.4}
        asked = {
            each: None if i in unknown else {"value": value, "unit": SHIPPED.scores[name].inputs[each].unit}
            for i, (each, value) in enumerate(zip(program.names, whole, strict=True))
        }
        found = score(PROGRAM, name, asked)
        value = analyse(program, whole).outcome[0]
        if found.possible_range is not None:
            assert found.possible_range[0] <= value <= found.possible_range[1]

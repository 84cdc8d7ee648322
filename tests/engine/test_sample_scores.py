"""The sample scores come out as published, through the command line."""

import pytest

from tests.engine.command_line import json_lines, lines, pauta, sample

CASES = {each["id"]: each for name in ("scores.json", "scores_more.json") for each in sample(name)}
"""The published samples, and cases worked out by hand: limits and one step each side, units, what is missing."""


@pytest.fixture(scope="module")
def answers():
    asked = [{"id": each["id"], "score": each["score"], "inputs": each["inputs"]} for each in CASES.values()]
    run = pauta("score", "-", "--json", stdin=lines(asked))
    assert (run.returncode, run.stderr) == (0, "")
    return {answer["id"]: answer for answer in json_lines(run.stdout)}


@pytest.mark.parametrize("name", CASES)
def test_a_sample_score_comes_out_as_published(answers, name):
    expected, answer = dict(CASES[name]["expected"]), answers[name]
    tolerance = expected.pop("tolerance", None)
    if tolerance is not None:
        assert answer["value"] == pytest.approx(expected.pop("value"), abs=tolerance)
    assert {key: answer[key] for key in expected} == expected


@pytest.mark.parametrize("name", CASES)
def test_a_whole_number_is_printed_as_one(answers, name):
    assert isinstance(answers[name]["value"], type(CASES[name]["expected"]["value"]))


def test_every_kind_of_answer_is_among_the_samples():
    assert {each["expected"]["status"] for each in CASES.values()} == {"ok", "incomplete", "reject_or_query"}


def test_one_score_is_read_from_its_inputs_alone():
    given = {"heartburn_days": {"value": 8, "unit": "days_in_last_7"}, "nausea_days": {"value": 0, "unit": "points"}}
    run = pauta("score", "gerdq", "--json", stdin=lines([given]))
    answer = json_lines(run.stdout)[0]
    assert (run.returncode, answer["status"], answer["query"]) == (0, "reject_or_query", ["heartburn_days"])


def test_a_line_that_cannot_be_read_gives_an_error_and_the_rest_go_on():
    good = {"id": "b", "score": "gerdq", "inputs": {}}
    run = pauta(
        "score", "-", "--json", stdin=lines([{"id": "a", "score": "nonsense", "inputs": {}}]) + "{\n" + lines([good])
    )
    first, second, third = json_lines(run.stdout)
    assert run.returncode == 1
    assert (first["id"], first["error"]["code"]) == ("a", "C010")
    assert (second["id"], second["error"]["code"]) == (None, "C001")
    assert (third["id"], third["status"], third["possible_range"]) == ("b", "incomplete", [0, 18])

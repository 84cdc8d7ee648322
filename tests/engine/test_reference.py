"""The reference pages say what the commands really take and print."""

import re

import pytest

from engine.cli import command_parser
from engine.commands.explain import VOICES
from engine.commands.reference import manual
from engine.evaluator.output import dumps
from tests.engine.command_line import ROOT, json_lines, lines, pauta

PAGE = (ROOT / "docs/reference/evaluation-json.md").read_text(encoding="utf-8")
CASE = {
    "id": "x", "patient": {"age_years": 58, "sex": "male"}, "allergies": [], "history": [],
    "medications": [{"drug": "warfarin", "dose": "5 mg"}], "questionnaire": {"heartburn_days": 5},
    "labs": [{"name": "h_pylori_stool_antigen", "value": "positive", "unit": "qualitative"}],
    "free_text": {"other": "Se me atasca la comida"},
}  # fmt: skip


def documented(section):
    """Return the keys a section of the page lists."""
    body = re.search(rf"^## {section}\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL)
    assert body, section
    return set(re.findall(r"^\| `(\w+)` \|", body[1], re.MULTILINE))


@pytest.fixture(scope="module")
def plan():
    return json_lines(pauta("evaluate", "-", "--json", stdin=lines([CASE])).stdout)[0]


def test_the_page_of_commands_is_made_from_the_parser():
    assert (ROOT / "docs/reference/cli.md").read_text(encoding="utf-8") == manual(command_parser()).rstrip() + "\n"


def test_every_command_says_what_it_does_and_what_its_arguments_mean():
    page = manual(command_parser())
    assert "None" not in page
    assert {"## check", "## test", "## evaluate", "## score", "## explain"} <= set(page.splitlines())


def test_a_plan_has_the_documented_keys(plan):
    assert set(plan) == documented("evaluate")
    for item in plan["items"]:
        assert set(item) == documented("item")
        for part, section in (("reasons", "reason"), ("doses", "dose"), ("safety", "safety")):
            for each in item[part]:
                assert set(each) == documented(section)
    for rule in plan["open_rules"]:
        assert set(rule) == documented("open rule")
    for score in plan["scores"].values():
        assert set(score) - {"unconfirmed"} | {"id"} == documented("score")


def test_the_case_of_this_page_shows_every_part(plan):
    items = plan["items"]
    assert any(item["doses"] for item in items)
    assert any(item["safety"] for item in items)
    assert plan["open_rules"]
    assert plan["mentions"]
    assert set(plan["mentions"][0]) == documented("mention")
    assert plan["scores"]["gerdq"]["status"] == "incomplete"


def test_a_conflict_has_the_documented_keys():
    diary = {"days": 2, "stools_bristol": [[4], [4]], "derived": {"days_filled": 2, "n_stools": 5}}
    plan = json_lines(pauta("evaluate", "-", "--json", stdin=lines([{**CASE, "diary": diary}])).stdout)[0]
    assert plan["conflicts"]
    assert {key for conflict in plan["conflicts"] for key in conflict} == documented("conflict")


@pytest.mark.parametrize("voice", VOICES)
def test_an_explanation_has_the_documented_keys(voice):
    run = pauta("explain", "-", "--json", "--voice", voice, "--lang", "en", stdin=lines([CASE]))
    answer = json_lines(run.stdout)[0]
    assert set(answer) == documented("explain")
    assert answer["items"]
    for item in answer["items"]:
        assert set(item) == documented("explained item")
        assert item["text"]
        assert all(set(line) == documented("trace line") for line in item["trace"])
    assert answer["missing"]
    assert all(set(each) == documented("missing fact") for each in answer["missing"])
    assert any(item["changes"] for item in answer["items"])
    assert all(set(each) == documented("change") for item in answer["items"] for each in item["changes"])
    assert answer["ask_next"]
    assert not answer["settled"]
    assert all(set(each) == documented("question") for each in answer["ask_next"])


def test_a_value_near_a_threshold_has_the_documented_keys():
    known = {
        **CASE,
        "labs": [{"name": "ferritin", "value": 29, "unit": "ug/L"}, {"name": "hb", "value": 105, "unit": "g/L"}],
    }
    answer = json_lines(
        pauta("explain", "-", "--json", "--item", "dx:none", "--lang", "en", stdin=lines([known])).stdout
    )[0]
    assert answer["near"]
    assert all(set(each) == documented("near value") for each in answer["near"])


def test_a_score_and_an_error_have_the_documented_keys():
    asked = [{"id": 1, "score": "gerdq", "inputs": {}}, {"id": 2, "score": "no such score", "inputs": {}}]
    good, bad = json_lines(pauta("score", "-", "--json", stdin=lines(asked)).stdout)
    assert set(good) == documented("score")
    assert set(bad) == documented("error")
    assert set(bad["error"]) == {"code", "message", "hint"}


def test_the_report_of_tests_has_the_documented_keys():
    run = pauta("test", "--json", "protocols_yaml/protocols/reflux", "protocols_yaml/scores/gerdq")
    report = json_lines(run.stdout)[0]
    assert set(report) == documented("test")
    assert {result["document"] for result in report["tests"]} == {"protocol:reflux", "score:gerdq"}
    assert all(set(result) == documented("test result") for result in report["tests"])
    assert all(set(each) == documented("coverage") for each in report["coverage"])
    assert report["conditions"]
    assert all(set(each) == documented("condition") for each in report["conditions"])


def test_json_is_sorted_compact_and_never_breaks_on_half_a_character():
    assert dumps({"b": 1, "a": ["ñ"]}) == '{"a":["ñ"],"b":1}'
    assert dumps({"id": "\ud800"}) == '{"id":"?"}'
    with pytest.raises(ValueError, match="Out of range"):
        dumps(float("nan"))

"""Patients that each test one sentence of the guideline get the plan it asks for, through the command line."""

import json

import pytest

from tests.engine.command_line import SAMPLES, json_lines, lines, pauta

PATIENTS = {
    each["id"]: each
    for each in (json.loads(path.read_text(encoding="utf-8")) for path in sorted((SAMPLES / "patients").glob("*.json")))
}
ABOUT_THE_TEST = {"title", "cites", "expected"}
IN_PLAN = {"proposed", "held"}


@pytest.fixture(scope="module")
def plans():
    cases = [{key: value for key, value in each.items() if key not in ABOUT_THE_TEST} for each in PATIENTS.values()]
    run = pauta("evaluate", "-", "--json", stdin=lines(cases))
    assert (run.returncode, run.stderr) == (0, "")
    return {plan["id"]: plan for plan in json_lines(run.stdout)}


def matches(item, pattern):
    """Return whether an item is what ``type:code`` names; ``rx:*`` is any of its type, ``drug:x`` whatever gives x."""
    kind, _, name = pattern.partition(":")
    if kind == "drug":
        return name in (*item["drugs"], *item["classes"])
    return item["code"] == pattern or (name == "*" and item["code"].startswith(f"{kind}:"))


def in_plan(plan, wanted):
    """Return the codes of the plan that one of the alternatives ``a|b`` names, blocked lines left out."""
    kept = (item for item in plan["items"] if item["state"] in IN_PLAN)
    return [item["code"] for item in kept if any(matches(item, pattern) for pattern in wanted.split("|"))]


def given_for_sure(plan, name):
    """Return whether a score stands in the plan as certain."""
    return plan["scores"].get(name, {}).get("status") == "ok"


@pytest.mark.parametrize("name", PATIENTS)
def test_the_plan_holds_what_the_sentence_asks_for(plans, name):
    expected, plan = PATIENTS[name]["expected"], plans[name]
    assert set(expected["hypotheses"]) <= set(plan["hypotheses"])
    assert [wanted for wanted in expected["must_include"] if not in_plan(plan, wanted)] == []


@pytest.mark.parametrize("name", PATIENTS)
def test_the_plan_holds_nothing_that_the_sentence_forbids(plans, name):
    plan = plans[name]
    forbidden = [entry for entry in PATIENTS[name]["expected"]["must_not_include"] if not entry.startswith("calc:")]
    assert {entry: in_plan(plan, entry) for entry in forbidden if in_plan(plan, entry)} == {}


@pytest.mark.parametrize("name", PATIENTS)
def test_the_plan_is_as_urgent_as_it_must_be_and_no_more(plans, name):
    expected, plan = PATIENTS[name]["expected"], plans[name]
    assert plan["urgency"] in expected["accepted_urgency"]
    if expected["follow_up_days"] is not None:
        assert plan["follow_up_days"] == expected["follow_up_days"]


@pytest.mark.parametrize("name", PATIENTS)
def test_what_is_unknown_is_asked_and_what_depends_on_it_is_held(plans, name):
    expected, plan = PATIENTS[name]["expected"], plans[name]
    assert [asked for asked in expected["must_ask"] if asked not in plan["ask"]] == []
    states = {item["code"]: item["state"] for item in plan["items"]}
    assert {code: states.get(code) for code in expected["states"]} == expected["states"]


@pytest.mark.parametrize("name", PATIENTS)
def test_the_scores_are_those_of_the_patient(plans, name):
    plan = plans[name]
    for score, wanted in PATIENTS[name]["expected"]["scores"].items():
        assert wanted in (plan["scores"][score]["value"], plan["scores"][score]["band"])


def test_a_score_with_a_missing_enzyme_is_never_given_as_sure(plans):
    assert plans["p36"]["scores"]["fib4"]["value"] is None
    assert not given_for_sure(plans["p36"], "fib4")


def test_no_adult_score_is_given_to_a_child(plans):
    assert [
        name for child in ("p13", "p15") for name in plans[child]["scores"] if given_for_sure(plans[child], name)
    ] == []


@pytest.mark.parametrize("name", PATIENTS)
def test_every_patient_cites_the_sentence_it_tests(name):
    assert len(PATIENTS[name]["cites"]) > 10

"""The sample patients get the plan a doctor expects, through the command line."""

import pytest

from tests.engine.command_line import json_lines, lines, pauta, sample

PATIENTS = {each["id"]: each for each in sample("vignettes.json")}
IN_PLAN = {"proposed", "held"}


@pytest.fixture(scope="module")
def plans():
    cases = [{key: value for key, value in each.items() if key != "expected"} for each in PATIENTS.values()]
    run = pauta("evaluate", "-", "--json", stdin=lines(cases))
    assert (run.returncode, run.stderr) == (0, "")
    return {plan["id"]: plan for plan in json_lines(run.stdout)}


def holds(plan, wanted):
    """Return whether one of the alternatives ``a|b`` is proposed or held; ``drug:x`` is anything that gives x."""
    items = [item for item in plan["items"] if item["state"] in IN_PLAN]
    for entry in wanted.split("|"):
        kind, _, name = entry.partition(":")
        given = {drug for item in items for drug in (*item["drugs"], *item["classes"])}
        if entry in {item["code"] for item in items} or (kind == "drug" and name in given):
            return True
    return False


@pytest.mark.parametrize("name", PATIENTS)
def test_a_sample_patient_gets_what_must_be_in_the_plan(plans, name):
    expected, plan = PATIENTS[name]["expected"], plans[name]
    assert set(expected["hypotheses"]) <= set(plan["hypotheses"])
    assert [entry for entry in expected["must_include"] if not holds(plan, entry)] == []


@pytest.mark.parametrize("name", PATIENTS)
def test_a_sample_patient_never_gets_what_must_not_be(plans, name):
    plan = plans[name]
    assert [entry for entry in PATIENTS[name]["expected"]["must_not_include"] if holds(plan, entry)] == []


@pytest.mark.parametrize("name", PATIENTS)
def test_a_sample_patient_is_asked_what_is_missing_and_seen_in_time(plans, name):
    expected, plan = PATIENTS[name]["expected"], plans[name]
    assert [asked for asked in expected["must_ask"] if asked not in plan["ask"]] == []
    assert plan["urgency"] in expected["must_flag_urgent"]["accepted_levels"]
    assert plan["follow_up_days"] == expected["follow_up_days"]
    for score, value in expected["scores"].items():
        assert value in (plan["scores"][score]["value"], plan["scores"][score]["band"])


@pytest.mark.parametrize("name", PATIENTS)
def test_every_line_of_the_plan_has_a_reason_in_both_languages(plans, name):
    for item in plans[name]["items"]:
        assert item["reasons"], item["code"]
        for reason in item["reasons"]:
            assert reason["because"]["es"], item["code"]
            assert reason["because"]["en"], item["code"]
            assert reason["line"] > 0, item["code"]


def test_the_plan_is_the_same_bytes_in_another_process(plans):
    case = {key: value for key, value in PATIENTS["s06"].items() if key != "expected"}
    first = pauta("evaluate", "-", "--json", stdin=lines([case]), seed="1").stdout
    assert first == pauta("evaluate", "-", "--json", stdin=lines([case]), seed="77").stdout
    assert json_lines(first)[0] == plans["s06"]


def test_a_bad_line_gives_an_error_and_the_rest_go_on():
    good = {"id": "good", "patient": {"age_years": 40}}
    bad = {"id": "bad", "questionnaire": {"nonsense": True}}
    run = pauta(
        "evaluate", "-", "--json", stdin=lines([bad]) + "not json\n" + '{"id": "n", "labs": NaN}\n' + lines([good])
    )
    answers = json_lines(run.stdout)
    assert run.returncode == 1
    assert [answer.get("id") for answer in answers] == ["bad", None, None, "good"]
    assert [answer["error"]["code"] for answer in answers[:3]] == ["C002", "C001", "C004"]
    assert "error" not in answers[3]

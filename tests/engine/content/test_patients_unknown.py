"""Taking one answer away from a sample patient never releases a treatment: unknown is never normal."""

import pytest

from tests.engine.command_line import json_lines, lines, pauta
from tests.engine.content.test_patients import ABOUT_THE_TEST, PATIENTS

pytestmark = pytest.mark.slow
LISTS = ("allergies", "medications", "history")
RELEASED = ("rx:", "supp:", "diet:", "ref:", "dx:")  # tests and advice may read that something was not asked


def without_one_answer(case):
    """Return the case once for each thing that was asked, with that thing not asked."""
    found = {}
    for name in case["questionnaire"]:
        found[name] = {**case, "questionnaire": {**case["questionnaire"], name: None}}
    for name in LISTS:
        if case[name] is not None:
            found[name] = {**case, name: None}
    for name in ("age_years", "pregnant"):
        if case["patient"][name] is not None:
            found[name] = {**case, "patient": {**case["patient"], name: None}}
    return found


def released(plan):
    return {item["code"] for item in plan["items"] if item["state"] == "proposed" and item["code"].startswith(RELEASED)}


@pytest.fixture(scope="module")
def plans():
    asked = []
    for name, patient in PATIENTS.items():
        case = {key: value for key, value in patient.items() if key not in ABOUT_THE_TEST}
        asked.append(case)
        asked += [{**less, "id": f"{name} without {what}"} for what, less in without_one_answer(case).items()]
    return {plan["id"]: plan for plan in json_lines(pauta("evaluate", "-", "--json", stdin=lines(asked)).stdout)}


@pytest.mark.parametrize("name", PATIENTS)
def test_an_answer_taken_away_releases_nothing(plans, name):
    whole = released(plans[name])
    contradicted = {f"{name} without {clash['fact']}" for clash in plans[name]["conflicts"]}  # one of two sources goes
    fewer = {key: plan for key, plan in plans.items() if key.startswith(f"{name} without ")}
    less = {key: released(plan) - whole for key, plan in fewer.items() if key not in contradicted}
    assert less, "nothing was asked"
    assert {key: extra for key, extra in less.items() if extra} == {}


@pytest.mark.parametrize("name", PATIENTS)
def test_a_list_that_nobody_asked_for_releases_no_medicine(plans, name):
    plan = plans.get(f"{name} without allergies", plans[name])  # the others were not asked at all
    assert [code for code in released(plan) if code.startswith(("rx:", "supp:"))] == []

"""Two eradications on record, with two regimens: neither is forgotten, and neither is proposed again as if it were."""

import pytest

from engine.compiler import compile_edition
from engine.evaluator import evaluate
from engine.language.cases import read_case
from engine.language.library import edition
from tests.engine.content.shipped import library

PROGRAM = compile_edition(edition(library()))

CASE = {
    "patient": {"age_years": 55, "sex": "male"},
    "allergies": [],
    "medications": [],
    "family_history": [],
    "questionnaire": {"dyspepsia": True, "dysphagia": False, "gi_bleeding": False, "weight_loss": False},
    "labs": [{"name": "h_pylori_stool_antigen", "value": "positive", "unit": "qualitative"}],
}
BISMUTH, CLARITHROMYCIN = "bismuth_quadruple_14d", "clarithromycin_triple"


def assessed(*regimens):
    known = PROGRAM.edition
    history = [{"code": "h_pylori_eradication", "regimen": regimen} for regimen in regimens]
    case = read_case({**CASE, "history": history}, known.vocabulary, known.formulary)
    return case, evaluate(PROGRAM, case)


def proposed(plan):
    return {item.code for item in plan.items if item.state == "proposed"}


@pytest.mark.parametrize("regimens", [(BISMUTH, CLARITHROMYCIN), (CLARITHROMYCIN, BISMUTH)])
def test_both_are_remembered_and_the_doctor_sees_that_they_differ(regimens):
    case, plan = assessed(*regimens)
    assert BISMUTH in case.values["tried"].codes
    assert "h_pylori_eradication_regimen" in [conflict.fact for conflict in plan.conflicts]
    assert f"rx:{BISMUTH}" not in proposed(plan)


@pytest.mark.parametrize("regimens", [(BISMUTH,), (BISMUTH, BISMUTH)])
def test_one_regimen_told_twice_is_one(regimens):
    case, plan = assessed(*regimens)
    assert plan.conflicts == ()
    assert case.values["h_pylori_eradication_regimen"].value == BISMUTH
    assert f"rx:{BISMUTH}" not in {item.code for item in plan.items}

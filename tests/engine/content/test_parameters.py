"""What a clinic sets otherwise than as shipped changes the plan as it says."""

from functools import cache

import pytest

from engine.compiler import Program, compile_edition
from engine.evaluator import evaluate
from engine.language.cases import read_example
from engine.language.library import edition, read_library
from tests.engine.content.shipped import files

FILE = "protocols/iron_deficiency/1.0.0.yaml"
IRON_ANAEMIA = {
    "age": "62 years", "sex": "male", "allergy": [], "medication": [], "history": [], "family_history": [],
    "hb": "105 g/L", "ferritin": "8 ug/L", "rectal_mass": "no", "abdominal_mass": "no", "anal_mass_or_ulcer": "no",
    "rectal_bleeding": "no", "weight_loss": "no", "change_bowel_habit": "no", "abdominal_pain": "no",
}  # fmt: skip


@cache
def clinic(policy: str) -> Program:
    """Return the shipped library as a clinic with this policy has it."""
    said, wanted = "  fit_policy:\n    value: offer\n", f"  fit_policy:\n    value: {policy}\n"
    text = files()[FILE]
    assert said in text
    return compile_edition(edition(read_library({**files(), FILE: text.replace(said, wanted)})))


def plan(policy: str) -> dict[str, str]:
    program = clinic(policy)
    known = read_example(IRON_ANAEMIA, program.edition.vocabulary, program.edition.formulary)
    return {item.code: item.urgency for item in evaluate(program, known).items if item.state == "proposed"}


def rules_for_fit(policy: str) -> set[str]:
    program = clinic(policy)
    known = read_example(IRON_ANAEMIA, program.edition.vocabulary, program.edition.formulary)
    items = [item for item in evaluate(program, known).items if item.code == "test:fit"]
    return {reason.rule for item in items for reason in item.reasons}


def test_a_clinic_that_offers_fit_asks_for_it_in_iron_deficiency_anaemia():
    assert plan("offer")["test:fit"] == "soon"
    assert {"fit_by_saturation", "fit_for_iron_deficiency"} & rules_for_fit("offer")


def test_a_clinic_of_endoscopy_only_asks_for_no_fit_because_of_iron_and_refers_all_the_same():
    assert not {"fit_by_saturation", "fit_for_iron_deficiency"} & rules_for_fit("endoscopy_only")
    assert plan("endoscopy_only")["ref:bidirectional_endoscopy"] == "soon"


@pytest.mark.parametrize("policy", ["offer", "endoscopy_only"])
def test_whatever_the_policy_the_cause_is_sought(policy):
    assert {"dx:iron_deficiency_anaemia", "test:coeliac_serology"} <= set(plan(policy))

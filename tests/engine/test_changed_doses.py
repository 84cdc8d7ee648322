"""A dose a doctor changes is checked like the engine's own: sums, maxima, what safety lowers, age, unit and words."""

import pytest

from engine.evaluator import canonical, evaluate
from engine.facts import CodeSpec
from engine.formulary import Interaction, Part, SafetyCondition
from tests.engine.builders import action, adult, both, fact, formulary, medicine, program, protocol, rule, yes_no

FACTS = yes_no("a", "b", "kidney")
CODES = [CodeSpec("rx:omeprazole", both("omeprazole"))]
KIDNEY = SafetyCondition(fact("kidney"), "adjust", both("kidney"), dose="20 mg")
DRUGS = formulary(
    [medicine("omeprazole", "ppis", maximum="80 mg", safety=(KIDNEY,)), medicine("senna", "laxatives"),
     medicine("ketoconazole", "azoles", maximum="400 mg")],
    interactions=[Interaction(("omeprazole", "ketoconazole"), "adjust", both("meets"), dose={"omeprazole": "10 mg"})],
)  # fmt: skip
PPI = action("rx:omeprazole", medicine="omeprazole", dose="20 mg", frequency="once daily")
AGAIN = action("rx:ppi_again", medicine="omeprazole", dose="40 mg", frequency="once daily")
SENNA = action("rx:senna", medicine="senna", dose="12 mg", frequency="once daily")
AZOLE = action("rx:ketoconazole", medicine="ketoconazole", dose="200 mg", frequency="once daily")
KNOWN = {"kidney": False, "allergy": [], "medication": []}


def plan(dose, frequency="once daily", *, of=PPI, beside=(), instead=True, **known):
    rules = [rule(f"r{place}", fact("a"), one, paediatric=True) for place, one in enumerate((of, *beside))]
    given = {of.code: [Part(of.medicine, dose, frequency)]} if instead else {}
    compiled = program(FACTS, protocol("one", *rules), drugs=DRUGS, codes=CODES)
    return evaluate(compiled, adult(**{"a": True, **KNOWN, **known}), instead=given)


def item(*words, of=PPI, **more):
    return next(each for each in plan(*words, of=of, **more).items if each.code == of.code)


def findings(found):
    return [one.because["en"] for one in found.safety]


def test_a_changed_dose_stands_with_its_sum_of_a_day():
    found = item("40 mg", "twice daily")
    assert (found.state, found.doses[0].dose, found.doses[0].daily, found.safety) == ("proposed", "40 mg", "80", ())


def test_nothing_changed_is_the_same_plan_and_a_code_that_is_not_in_it_changes_nothing():
    unchanged = plan("20 mg", instead=False)
    assert canonical(plan("20 mg")) == canonical(unchanged)
    compiled = program(FACTS, protocol("one", rule("r0", fact("a"), PPI)), drugs=DRUGS, codes=CODES)
    other = evaluate(compiled, adult(a=True, **KNOWN), instead={"rx:other": [Part("omeprazole", "1 g", "twice daily")]})
    assert canonical(other) == canonical(unchanged)


def test_above_the_maximum_alone_it_is_blocked_and_with_what_is_taken_held():
    assert item("60 mg", "twice daily").state == "blocked"
    assert item("40 mg", medication={"omeprazole": "40 mg daily"}).state == "proposed"
    above = item("60 mg", medication={"omeprazole": "40 mg daily"})
    assert (above.state, above.conflicts[0]) == ("held", "above_maximum:omeprazole:100 mg > 80 mg")
    assert "omeprazole_daily_dose" in item("40 mg", medication=["omeprazole"]).waiting_for


def test_what_safety_lowers_is_held_with_the_doctor_s_dose_and_the_dose_it_would_give():
    found = item("40 mg", kidney=True)
    assert (found.state, found.doses[0].dose) == ("held", "40 mg")
    assert "For this person at most: 20 mg once daily" in findings(found)
    assert item("10 mg", kidney=True).state == "proposed"
    assert item("20 mg", kidney=True).doses[0].dose == "20 mg"
    assert item("40 mg", kidney=None).state == "held"


def test_what_an_interaction_in_the_plan_lowers_is_held_too():
    found = item("40 mg", beside=(AZOLE,))
    assert (found.state, found.doses[0].dose) == ("held", "40 mg")
    assert "For this person at most: 10 mg once daily" in findings(found)
    assert item("10 mg", beside=(AZOLE,)).state == "proposed"


def test_raised_without_a_maximum_on_file_it_is_held_and_lowered_it_is_not():
    found = item("24 mg", of=SENNA)
    assert (found.state, found.safety[0].truth) == ("held", None)
    assert item("6 mg", of=SENNA).state == "proposed"


@pytest.mark.parametrize("dose", ["12 mL", "two spoons", "12 mg iv"])
def test_a_unit_or_words_that_cannot_be_compared_are_held(dose):
    assert item(dose, of=SENNA).state == "held"
    assert item(dose).state == "held"


def test_one_dose_above_a_day_s_maximum_is_held_however_rare():
    assert item("400 mg", "weekly").state == "held"
    assert item("80 mg", "weekly").state == "proposed"


@pytest.mark.parametrize(("age", "state"), [(9, "held"), (None, "held"), (40, "proposed")])
def test_a_dose_changed_by_hand_for_a_child_or_an_unknown_age_is_held(age, state):
    assert item("10 mg", age=age).state == state


def test_the_higher_of_two_items_is_the_changed_one_and_the_sum_is_of_it():
    both_items = plan("80 mg", beside=(AGAIN,)).items
    doses = {each.code: [dose.dose for dose in each.doses] for each in both_items}
    assert doses == {"rx:omeprazole": ["80 mg"], "rx:ppi_again": []}


def test_allergies_still_block_what_is_changed():
    assert item("10 mg", allergy=["omeprazole"]).state == "blocked"

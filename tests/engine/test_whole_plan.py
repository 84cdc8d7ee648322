"""A whole plan checked five ways: what is clear, what is found, and what cannot be told because a fact is missing."""

import pytest

from engine.evaluator import evaluate
from engine.evaluator.whole import checks
from engine.facts import CodeSpec
from engine.formulary import Interaction, Part
from tests.engine.builders import (
    action,
    both,
    case,
    fact,
    formulary,
    medicine,
    program,
    protocol,
    regimen,
    rule,
    yes_no,
)

CODES = [
    CodeSpec("diet:low_fibre", both("low fibre"), opposed=("diet:high_fibre",)),
    CodeSpec("diet:high_fibre", both("high fibre")),
    CodeSpec("diet:no_grapefruit", both("no grapefruit"), opposed=("drug:warfarin",)),
]
DRUGS = formulary(
    [medicine("omeprazole", "ppis", maximum="80 mg"), medicine("pantoprazole", "ppis", maximum="80 mg"),
     medicine("iron", "minerals"), medicine("warfarin", "anticoagulants"), medicine("rifaximin", "antibiotics")],
    interactions=[Interaction(("rifaximin", "warfarin"), "monitor", both("check INR"))],
    regimens=[regimen("two", Part("omeprazole", "20 mg", "twice daily"), Part("pantoprazole", "40 mg", "once daily"))],
)  # fmt: skip


def gives(drug, dose="20 mg", frequency="once daily"):
    return action(f"rx:{drug}", medicine=drug, dose=dose, frequency=frequency)


def eats(code):
    return action(f"diet:{code}")


def checked(*actions, medication=()):
    """Return the checks by name of a plan that proposes all of this; ``medication`` None was not asked."""
    taken = medication if medication is None or isinstance(medication, dict) else list(medication)
    asked = {"age": 40, "allergy": [], "a": True, "medication": taken}
    known = case(**{name: value for name, value in asked.items() if value is not None})
    given = program(yes_no("a"), protocol("one", rule("r", fact("a"), *actions)), drugs=DRUGS, codes=CODES)
    return {each.name: each for each in checks(given, known, evaluate(given, known))}


def test_a_plan_with_nothing_against_it_is_clear_five_times_in_one_order():
    found = checked(gives("omeprazole"))
    assert list(found) == ["interactions", "duplicates", "doses", "diet", "burden"]
    assert {each.state for each in found.values()} == {"clear"}


def test_an_interaction_with_what_is_taken_is_found_once():
    found = checked(gives("rifaximin", "550 mg", "three times daily"), medication=["warfarin"])["interactions"]
    assert [(set(each.about), each.because["en"]) for each in found.found] == [({"rifaximin", "warfarin"}, "check INR")]


@pytest.mark.parametrize("name", ["interactions", "duplicates"])
def test_without_the_list_of_medicines_nothing_is_told_to_be_clear(name):
    found = checked(gives("rifaximin", "550 mg", "three times daily"), medication=None)[name]
    assert (found.state, found.missing) == ("unknown", ("medication",))


def test_a_plan_without_a_medicine_needs_no_list_of_medicines():
    found = checked(eats("low_fibre"), medication=None)
    assert (found["interactions"].state, found["duplicates"].state) == ("clear", "clear")
    assert found["burden"].missing == ("medication",)


def test_two_items_of_one_class_are_found_and_two_parts_of_one_regimen_are_meant():
    found = checked(gives("omeprazole"), gives("pantoprazole", "40 mg"))["duplicates"]
    assert [each.about for each in found.found] == [("omeprazole", "pantoprazole")]
    assert checked(action("rx:two", regimen="two"))["duplicates"].state == "clear"


@pytest.mark.parametrize("taken", ["omeprazole", "pantoprazole"])
def test_what_is_taken_already_is_found_by_ingredient_and_by_class(taken):
    found = checked(gives("omeprazole"), medication=[taken])["duplicates"]
    assert [each.about for each in found.found] == [("omeprazole", taken)]


def test_a_day_above_the_maximum_with_what_is_taken_is_found_with_its_sum():
    taken = {"omeprazole": "40 mg twice daily"}
    found = checked(gives("omeprazole", "20 mg", "once daily"), medication=taken)["doses"]
    assert [each.amounts for each in found.found] == ["100 mg > 80 mg"]


def test_a_sum_that_cannot_be_told_and_a_medicine_without_a_maximum_are_named():
    found = checked(gives("omeprazole"), medication={"omeprazole": "some"})["doses"]
    assert (found.state, found.missing) == ("unknown", ("omeprazole_daily_dose",))
    assert checked(gives("iron", "65 mg"))["doses"].unread == ("iron",)


def test_two_diets_that_contradict_each_other_are_found_once():
    found = checked(eats("low_fibre"), eats("high_fibre"))["diet"]
    assert [set(each.about) for each in found.found] == [{"diet:low_fibre", "diet:high_fibre"}]
    assert checked(eats("low_fibre"))["diet"].state == "clear"


def test_a_diet_against_a_medicine_cannot_be_told_without_the_list():
    assert checked(eats("no_grapefruit"), medication=["warfarin"])["diet"].state == "found"
    assert checked(eats("no_grapefruit"), medication=None)["diet"].missing == ("medication",)


def test_the_pieces_of_a_full_day_are_counted_with_what_is_taken():
    taken = {"warfarin": "5 mg daily"}
    found = checked(gives("rifaximin", "550 mg", "three times daily"), gives("omeprazole"), medication=taken)["burden"]
    assert (found.state, found.counted) == ("clear", 5)
    unread = checked(gives("omeprazole"), medication=["warfarin"])["burden"]
    assert (unread.counted, unread.unread, unread.state) == (1, ("warfarin",), "unknown")
    assert checked(gives("omeprazole", "20 mg", "as needed"))["burden"].counted == 0

"""Doses that meet a limit: taken as needed, not to be summed, changed by another item; and what to fall back to."""

from dataclasses import replace
from fractions import Fraction

import pytest

from engine.doses import read_dose
from engine.evaluator import evaluate
from engine.formulary import Interaction, Part
from tests.engine.builders import (
    action,
    adult,
    both,
    fact,
    formulary,
    medicine,
    program,
    protocol,
    regimen,
    rule,
    yes_no,
)

FACTS = yes_no("a", "b", "gate")


@pytest.mark.parametrize(
    ("dose", "frequency", "per_day"),
    [
        ("2 mg", "as needed, up to 8 times a day", 8),
        ("2 mg", "as needed, max 3 a day", 3),
        ("2 mg", "si precisa, máximo 4 veces al día", 4),
        ("2 mg", "a demanda, hasta tres veces al dia", 3),
        ("2 mg", "as needed, max 16 mg a day", 8),
        ("1 g", "prn, not more than 3000 mg per day", 3),
        ("2 mg", "as needed", None),
        ("2 mg", "as needed, max 16 drops a day", None),
        ("2 mg", "twice daily as needed", None),  # how often it may be at most is not said
        ("2 mg", "as needed, up to 0 times a day", None),
    ],
)
def test_a_dose_as_needed_counts_with_the_most_it_may_come_to(dose, frequency, per_day):
    assert read_dose(dose, frequency).per_day == (None if per_day is None else Fraction(per_day))


def given(dose, frequency, **known):
    drugs = formulary([medicine("loperamide", "antidiarrhoeals", maximum="16 mg")])
    rules = rule("r", fact("a"), action("rx:loperamide", medicine="loperamide", dose=dose, frequency=frequency))
    plan = evaluate(program(FACTS, protocol("p", rules), drugs=drugs), adult(a=True, **known))
    return plan.items[0]


@pytest.mark.parametrize(
    ("dose", "frequency", "taken", "state"),
    [
        ("2 mg", "as needed", [], "proposed"),  # within the maximum by itself, and nothing else is taken
        ("20 mg", "as needed", [], "held"),
        ("2 mg", "as needed", {"loperamide": "2 mg daily"}, "held"),
        ("2 mg", "as needed", None, "held"),  # nobody knows what is taken
        ("2 mg", "as needed, up to 8 times a day", [], "proposed"),
        ("2 mg", "as needed, up to 9 times a day", [], "blocked"),
        ("2 mg", "when the moon is full", [], "held"),
        ("two capsules", "twice daily", [], "held"),
        ("2 mg", "twice daily", [], "proposed"),
    ],
)
def test_a_dose_that_cannot_be_summed_is_held_against_the_maximum(dose, frequency, taken, state):
    item = given(dose, frequency, medication=taken)
    assert item.state == state
    assert ("dose_not_summed:loperamide" in item.conflicts) is (state == "held")


# --- two items of one plan that meet

DRUGS = [medicine("clarithromycin", "macrolides"), medicine("atorvastatin", "statins", maximum="80 mg")]


def meeting(severity, *, gate=None, **more):
    """Return the items of a plan that gives both; the statin only once the gate is known to be closed."""
    bond = Interaction(("macrolides", "statins"), severity, both("they meet"), **more)
    first = action("rx:clarithromycin", medicine="clarithromycin", dose="500 mg", frequency="twice daily")
    second = action("rx:atorvastatin", medicine="atorvastatin", dose="40 mg", frequency="once daily")
    rules = rule("one", fact("a"), first), rule("two", fact("a"), second, exclude=fact("gate"))
    made = program(FACTS, protocol("p", *rules), drugs=formulary(DRUGS, interactions=[bond]))
    return {item.code: item for item in evaluate(made, adult(a=True, gate=gate)).items}


@pytest.mark.parametrize(
    ("dose", "daily"),
    [
        ({"atorvastatin": "20 mg"}, "20"),
        ({"atorvastatin": "60 mg"}, "40"),
        ({}, "40"),
        ({"clarithromycin": "250 mg"}, "40"),
    ],
)
def test_an_interaction_between_items_may_lower_a_dose_and_never_raises_it(dose, daily):
    items = meeting("adjust", gate=False, dose=dose)
    assert items["rx:atorvastatin"].doses[0].daily == daily
    assert items["rx:clarithromycin"].doses[0].daily == ("500" if "clarithromycin" in dose else "1000")
    assert {item.state for item in items.values()} == {"proposed"}


@pytest.mark.parametrize(
    ("severity", "state"), [("contraindicated", "held"), ("adjust", "held"), ("monitor", "proposed")]
)
def test_an_item_that_may_meet_a_held_one_waits_for_the_same_fact(severity, state):
    items = meeting(severity)
    assert items["rx:atorvastatin"].state == "held"
    assert items["rx:clarithromycin"].state == state
    assert items["rx:clarithromycin"].waiting_for == (("gate",) if state == "held" else ())


def test_the_interaction_with_a_medicine_taken_lowers_the_dose_too():
    bond = Interaction(("macrolides", "statins"), "adjust", both("they meet"), dose={"atorvastatin": "20 mg"})
    rules = rule(
        "r", fact("a"), action("rx:atorvastatin", medicine="atorvastatin", dose="40 mg", frequency="once daily")
    )
    made = program(FACTS, protocol("p", rules), drugs=formulary(DRUGS, interactions=[bond]))
    item = evaluate(made, adult(a=True, medication=["clarithromycin"])).items[0]
    assert (item.state, item.doses[0].daily) == ("proposed", "20")


# --- what to fall back to


def blocked(known, **more):
    first = medicine("amoxicillin", "penicillins")
    drugs = [first, medicine("tetracycline"), medicine("metronidazole")]
    plain = regimen("with_amoxicillin", Part("amoxicillin", "1 g", "twice daily"))
    other = regimen("with_tetracycline", Part("tetracycline", "500 mg", "four times a day"))
    changed = [replace(plain, **more), other]
    rules = rule(
        "r", fact("a"), action("rx:with_amoxicillin", regimen="with_amoxicillin", alternatives=("rx:metronidazole",))
    )
    made = program(FACTS, protocol("p", rules), drugs=formulary(drugs, regimens=changed))
    return evaluate(made, known).items[0]


def test_a_blocked_item_offers_what_the_rule_and_the_formulary_name():
    known = adult(a=True, allergy=["penicillins"])
    item = blocked(known, alternatives=("rx:with_tetracycline", "rx:with_amoxicillin"))
    assert (item.state, item.alternatives) == ("blocked", ("rx:metronidazole", "rx:with_tetracycline"))
    assert blocked(known).alternatives == ("rx:metronidazole",)


def test_what_is_forbidden_too_is_no_alternative():
    known = adult(a=True, allergy=["penicillins", "tetracycline"])
    assert blocked(known, alternatives=("rx:with_tetracycline",)).alternatives == ("rx:metronidazole",)


def test_an_item_that_is_not_blocked_offers_nothing():
    assert blocked(adult(a=True), alternatives=("rx:with_tetracycline",)).alternatives == ()

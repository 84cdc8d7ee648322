"""Severity by truth: what the safety stage does to a medicine, and that no state is ever better than what is known."""

from fractions import Fraction
from itertools import product

import pytest

from engine.evaluator import canonical, evaluate
from engine.facts import CodeSet, Missing
from engine.formulary import Brand, Class, Interaction, Part, SafetyCondition
from tests.engine.builders import (
    HERE,
    action,
    adult,
    both,
    fact,
    formulary,
    is_,
    medicine,
    number,
    program,
    protocol,
    regimen,
    rule,
    yes_no,
)

FACTS = {**yes_no("indicated", "gate", "first", "second"), **number("egfr", 0, 150)}
TRUTHS = (True, False, None)
STATES = ("proposed", "held", "blocked")  # ever more cautious
SEVERITIES = ("monitor", "adjust", "contraindicated")
EXPECTED = {
    ("contraindicated", True): "blocked", ("contraindicated", None): "held", ("contraindicated", False): "proposed",
    ("adjust", True): "proposed", ("adjust", None): "held", ("adjust", False): "proposed",
    ("monitor", True): "proposed", ("monitor", None): "proposed", ("monitor", False): "proposed",
}  # fmt: skip
CLASSES = {
    "penicillins": Class("penicillins", both("penicillins"), ("beta_lactams",), cross_allergy=True),
    "beta_lactams": Class("beta_lactams", both("beta_lactams")),
}


def when(name, severity, **more):
    return SafetyCondition(fact(name), severity, both(f"{name} matters"), **more)


def plan_of(known, *safety, others=(), interactions=(), regimens=(), given=None, **drug):
    amoxicillin = medicine("amoxicillin", "penicillins", safety=safety, **drug)
    drugs = formulary(
        [amoxicillin, *others], classes=CLASSES, regimens=regimens, interactions=interactions,
        brands=[Brand("augmentine", ("amoxicillin", "clavulanate"))],
    )  # fmt: skip
    dose = action("rx:amoxicillin", medicine="amoxicillin", dose="1 g", frequency="twice daily")
    own = rule("gives", fact("indicated"), given or dose, exclude=fact("gate"))
    return evaluate(program(FACTS, protocol("p", own), drugs=drugs), known)


def ill(**more):
    return adult(**{"indicated": True, "gate": False, **more})


def drug_item(plan):
    return next(item for item in plan.items if item.kind == "rx")


def states(plan):
    return {item.code: item.state for item in plan.items}


@pytest.mark.parametrize(("severity", "known"), list(EXPECTED))
def test_one_condition_decides_the_state_by_its_severity_and_truth(severity, known):
    plan = plan_of(ill(first=known), when("first", severity))
    item = drug_item(plan)
    assert item.state == EXPECTED[severity, known]
    assert [(each.severity, each.truth) for each in item.safety] == ([] if known is False else [(severity, known)])


@pytest.mark.parametrize(("severity", "known"), list(EXPECTED))
def test_a_condition_is_asked_about_exactly_while_it_is_unknown(severity, known):
    plan = plan_of(ill(first=known), when("first", severity))
    assert plan.ask == (("first",) if known is None else ())


@pytest.mark.parametrize(
    ("one", "other"), list(product(product(SEVERITIES, TRUTHS), repeat=2)), ids=lambda pair: f"{pair[0]}-{pair[1]}"
)
def test_of_two_conditions_the_more_cautious_decides(one, other):
    plan = plan_of(ill(first=one[1], second=other[1]), when("first", one[0]), when("second", other[0]))
    wanted = max(EXPECTED[one], EXPECTED[other], key=STATES.index)
    assert drug_item(plan).state == wanted
    assert len(drug_item(plan).safety) == sum(known is not False for _, known in (one, other))


@pytest.mark.parametrize(("severity", "known"), list(EXPECTED))
def test_what_a_condition_adds_comes_with_it_when_it_is_true_and_only_then(severity, known):
    plan = plan_of(ill(first=known), when("first", severity, add=("alert:care", "test:level")))
    added = {code for code in states(plan) if not code.startswith("rx:")}
    assert added == ({"alert:care", "test:level"} if known else set())


@pytest.mark.parametrize(("severity", "known"), list(EXPECTED))
def test_what_a_condition_asks_for_is_asked_when_it_is_true_and_only_then(severity, known):
    plan = plan_of(ill(first=known), when("first", severity, ask=("last_level",)))
    assert ("last_level" in plan.ask) is (known is True)


def test_an_added_item_carries_the_rule_it_guards_and_the_reason_of_the_condition():
    plan = plan_of(ill(first=True), when("first", "monitor", add=("test:level",), source="smpc"))
    (reason,) = next(item for item in plan.items if item.code == "test:level").reasons
    assert (reason.rule, reason.because["en"], reason.source) == ("gives", "first matters", "smpc")


@pytest.mark.parametrize(("severity", "known"), list(EXPECTED))
def test_a_rule_held_by_its_exclusion_is_never_freed_by_a_clear_condition(severity, known):
    plan = plan_of(ill(gate=None, first=known), when("first", severity))
    assert drug_item(plan).state == ("blocked" if EXPECTED[severity, known] == "blocked" else "held")
    if drug_item(plan).state == "held":
        assert "gate" in drug_item(plan).waiting_for


@pytest.mark.parametrize("known", TRUTHS)
def test_a_rule_that_is_excluded_brings_nothing_of_its_safety_stage(known):
    plan = plan_of(ill(gate=True, first=known), when("first", "contraindicated", add=("alert:care",), ask=("week",)))
    assert (plan.items, plan.ask) == ((), ())


@pytest.mark.parametrize(
    ("egfr", "state"), [(29, "blocked"), (30, "proposed"), (None, "held"), (Missing("stale", was="29"), "held")]
)
def test_a_kidney_threshold_is_met_exactly_and_an_old_value_is_unknown(egfr, state):
    plan = plan_of(ill(egfr=egfr), SafetyCondition(is_("<", "egfr", 30), "contraindicated", both("kidney")))
    assert drug_item(plan).state == state


@pytest.mark.parametrize(
    ("stated", "given", "daily"),
    [
        ("500 mg", ("500 mg", "twice daily"), "1000"),  # says how much: the frequency of the rule stays
        ("500 mg once daily", ("500 mg once daily", ""), "500"),  # says how often too
        ("2 g", ("1 g", "twice daily"), "2"),  # an adjustment never gives more
        ("250 mg every 8 hours", ("250 mg every 8 hours", ""), "750"),
    ],
)
def test_an_adjusted_dose_replaces_the_dose_unless_it_would_give_more(stated, given, daily):
    dose = drug_item(plan_of(ill(first=True), when("first", "adjust", dose=stated))).doses[0]
    assert (dose.dose, dose.frequency, dose.daily) == (*given, daily)
    untouched = drug_item(plan_of(ill(first=False), when("first", "adjust", dose=stated))).doses[0]
    assert (untouched.dose, untouched.daily) == ("1 g", "2")


def test_of_two_adjusted_doses_the_smaller_is_given_whatever_their_order():
    half, quarter = when("first", "adjust", dose="500 mg"), when("second", "adjust", dose="250 mg")
    for safety in ((half, quarter), (quarter, half)):
        dose = drug_item(plan_of(ill(first=True, second=True), *safety)).doses[0]
        assert (dose.dose, dose.daily) == ("250 mg", "500")


# --- allergies


@pytest.mark.parametrize("allergic", ["amoxicillin", "penicillins", "beta_lactams", "augmentine"])
@pytest.mark.parametrize("known", TRUTHS)
def test_nothing_else_that_is_known_unblocks_an_allergy(allergic, known):
    plan = plan_of(ill(allergy=[allergic], first=known), when("first", "monitor"))
    assert drug_item(plan).state == "blocked"
    assert drug_item(plan).safety[0].because["es"].startswith("Alergia registrada")


@pytest.mark.parametrize(
    ("allergies", "state"),
    [
        ([], "proposed"),
        (["latex"], "proposed"),
        (None, "held"),
        (Missing("dont_know"), "held"),
        (CodeSet(frozenset(), HERE, complete=False), "held"),
        (CodeSet(frozenset({"amoxicillin"}), HERE, complete=False), "blocked"),
    ],
)
def test_only_a_list_that_was_asked_and_understood_clears_a_medicine(allergies, state):
    plan = plan_of(ill(allergy=allergies))
    assert drug_item(plan).state == state
    assert plan.ask == (("allergy",) if state == "held" else ())


def test_an_item_without_a_medicine_waits_for_no_list():
    plan = plan_of(ill(allergy=None, medication=None), given=action("test:fit"))
    assert (states(plan), plan.ask) == ({"test:fit": "proposed"}, ())


# --- interactions


WARFARIN = medicine("warfarin", "anticoagulants", "blood")
SIDES = [("amoxicillin", "warfarin"), ("warfarin", "amoxicillin"), ("penicillins", "anticoagulants"),
         ("anticoagulants", "beta_lactams"), ("amoxicillin", "blood")]  # fmt: skip


@pytest.mark.parametrize("between", SIDES, ids="-".join)
@pytest.mark.parametrize("severity", SEVERITIES)
def test_an_interaction_holds_in_both_directions_by_name_and_by_class(between, severity):
    found = Interaction(between, severity, both("they meet"), add=("test:inr",))
    met = plan_of(ill(medication=["warfarin"]), others=[WARFARIN], interactions=[found])
    assert drug_item(met).state == EXPECTED[severity, True]
    assert states(met)["test:inr"] == "proposed"
    clear = plan_of(ill(medication=[]), others=[WARFARIN], interactions=[found])
    assert states(clear) == {"rx:amoxicillin": "proposed"}


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize(
    "taken", [None, CodeSet(frozenset(), HERE, complete=False)], ids=["not asked", "not understood"]
)
def test_an_interaction_with_an_unknown_list_is_as_unknown_as_any_condition(severity, taken):
    found = Interaction(("amoxicillin", "warfarin"), severity, both("they meet"))
    plan = plan_of(ill(medication=taken), others=[WARFARIN], interactions=[found])
    assert drug_item(plan).state == EXPECTED[severity, None]
    assert plan.ask == ("medication",)


@pytest.mark.parametrize("severity", SEVERITIES)
def test_a_combination_meant_by_its_regimen_is_no_interaction_there_and_one_elsewhere(severity):
    parts = (Part("amoxicillin", "1 g", "twice daily"), Part("warfarin", "5 mg", "once daily"))
    meant = Interaction(("amoxicillin", "warfarin"), severity, both("they meet"), intended_in=("both_together",))
    found = {}
    for name in ("both_together", "another"):
        plan = plan_of(
            ill(), others=[WARFARIN], interactions=[meant], regimens=[regimen(name, *parts)],
            given=action(f"rx:{name}", regimen=name),
        )  # fmt: skip
        found[name] = (drug_item(plan).state, len(drug_item(plan).safety))
    assert found["both_together"] == ("proposed", 0)
    assert found["another"] == (EXPECTED[severity, True], 1)


def test_a_regimen_is_as_cautious_as_its_most_cautious_part():
    parts = (Part("amoxicillin", "1 g", "twice daily"), Part("warfarin", "5 mg", "once daily"))
    given = action("rx:pair", regimen="pair")
    for (severity, known), state in EXPECTED.items():
        careful = medicine("warfarin", safety=[when("first", severity)])
        plan = plan_of(ill(first=known), others=[careful], regimens=[regimen("pair", *parts)], given=given)
        assert drug_item(plan).state == state
        assert drug_item(plan).drugs == ("amoxicillin", "warfarin")


def test_the_order_in_which_conditions_are_written_changes_no_state():
    conditions = [
        when("first", "monitor", add=("test:a",)),
        when("second", "adjust", dose="250 mg"),
        when("gate", "adjust"),
    ]
    for known in product(TRUTHS, repeat=2):
        answers = ill(first=known[0], second=known[1])
        forwards, backwards = plan_of(answers, *conditions), plan_of(answers, *reversed(conditions))
        assert states(forwards) == states(backwards)
        assert forwards.urgency == backwards.urgency
        assert canonical(forwards) == canonical(plan_of(answers, *conditions))


# --- the maximum of a day


@pytest.mark.parametrize(
    ("taken", "state"),
    [
        ({}, "proposed"),
        ({"amoxicillin": "500 mg daily"}, "proposed"),
        ({"amoxicillin": "1 g daily"}, "proposed"),  # exactly the maximum
        ({"amoxicillin": "1001 mg daily"}, "held"),
        ({"amoxicillin": "7 g weekly"}, "proposed"),
        ({"amoxicillin": "7.1 g weekly"}, "held"),
        ({"amoxicillin": "500 mg cada 12 horas"}, "proposed"),
        ({"amoxicillin": "500 mg every 8 hours"}, "held"),
        ({"amoxicillin": "500 mg"}, "held"),  # nobody said how often
        ({"amoxicillin": "as needed"}, "held"),
        ({"amoxicillin": "10 mL daily"}, "held"),  # cannot be summed with grams
        ({"warfarin": "some"}, "proposed"),  # of another medicine
    ],
    ids=str,
)
def test_what_is_already_taken_counts_towards_the_maximum_of_the_day(taken, state):
    plan = plan_of(ill(medication=taken or []), others=[WARFARIN], maximum="3 g")
    assert drug_item(plan).state == state


def test_a_sum_above_the_maximum_says_both_amounts_in_both_languages():
    item = drug_item(plan_of(ill(medication={"amoxicillin": "2 g daily"}), maximum="3 g"))
    assert "above_maximum:amoxicillin:4 g > 3 g" in item.conflicts
    assert item.safety[-1].because["en"].endswith("(4 g > 3 g)")
    assert item.safety[-1].because["es"].endswith("(4 g > 3 g)")


@pytest.mark.parametrize(("maximum", "state"), [("2 g", "proposed"), ("2000 mg", "proposed"), ("1999 mg", "blocked")])
def test_a_dose_above_the_maximum_by_itself_is_blocked(maximum, state):
    item = drug_item(plan_of(ill(), maximum=maximum))
    assert item.state == state
    assert Fraction(item.doses[0].daily) == 2


def test_an_unknown_current_dose_names_what_would_settle_it():
    plan = plan_of(ill(medication=["amoxicillin"]), maximum="3 g")
    assert (drug_item(plan).waiting_for, plan.ask) == (("amoxicillin_daily_dose",), ("amoxicillin_daily_dose",))

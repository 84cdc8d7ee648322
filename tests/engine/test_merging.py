"""One plan out of several protocols: the higher dose, both reasons, every clash shown, and no order that matters."""

from itertools import permutations, product

import pytest

from engine.evaluator import canonical, evaluate
from engine.facts import CodeSpec
from engine.formulary import Brand, Interaction, Part
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

FACTS = yes_no("a", "b", "c", "gate")
CODES = [
    CodeSpec("diet:low_fibre", both("low fibre"), opposed=("diet:high_fibre", "supp:psyllium")),
    CodeSpec("test:no_fit", both("no FIT"), opposed=("test:fit",)),
    CodeSpec("advice:stop", both("stop"), opposed=("drug:ibuprofen",)),
]
PPI = medicine("omeprazole", "ppis", maximum="80 mg")
OTHERS = [medicine("pantoprazole", "ppis"), medicine("ibuprofen", "nsaids"), medicine("warfarin", "anticoagulants"),
          medicine("psyllium", "fibre")]  # fmt: skip
DRUGS = formulary([PPI, *OTHERS], brands=[Brand("losec", ("omeprazole",))],
                  regimens=[regimen("ppi_high", Part("omeprazole", "40 mg", "twice daily")),
                            regimen("ppi_low", Part("omeprazole", "20 mg", "once daily"))])  # fmt: skip


def dose(text, frequency="once daily", code="rx:omeprazole", drug="omeprazole"):
    return action(code, medicine=drug, dose=text, frequency=frequency)


def plan_of(known, *protocols, drugs=DRUGS):
    return evaluate(program(FACTS, *protocols, drugs=drugs, codes=CODES), known)


def states(plan):
    return {item.code: item.state for item in plan.items}


def item_of(plan, code):
    return next(item for item in plan.items if item.code == code)


def two(first, second, *, exclude=None):
    """Return two protocols that each give something: the first when a, the second when b."""
    return protocol("one", rule("r", fact("a"), first)), protocol("two", rule("r", fact("b"), second, exclude=exclude))


DOSES = [
    (("20 mg", "once daily"), ("40 mg", "once daily"), "40"),
    (("20 mg", "twice daily"), ("30 mg", "once daily"), "40"),
    (("20 mg", "cada 12 horas"), ("20 mg", "once daily"), "40"),
    (("0.02 g", "once daily"), ("10 mg", "once daily"), "0.02"),
    (("140 mg", "weekly"), ("10 mg", "once daily"), "20"),
]


@pytest.mark.parametrize(("first", "second", "daily"), DOSES)
def test_the_higher_dose_of_a_day_is_given_once_for_both_reasons(first, second, daily):
    for order in ((first, second), (second, first)):
        plan = plan_of(adult(a=True, b=True), *two(dose(*order[0]), dose(*order[1])))
        (item,) = plan.items
        assert [given.daily for given in item.doses] == [daily]
        assert [(reason.protocol, reason.rule) for reason in item.reasons] == [("one", "r"), ("two", "r")]


@pytest.mark.parametrize(("first", "second", "daily"), DOSES)
def test_a_protocol_that_proposes_nothing_raises_no_dose_and_gives_no_reason(first, second, daily):
    plan = plan_of(adult(a=True, b=False), *two(dose(*second), dose(*first)))
    (item,) = plan.items
    assert (item.doses[0].dose, item.doses[0].frequency) == second
    assert [reason.protocol for reason in item.reasons] == ["one"]


def test_a_dose_that_is_only_held_raises_no_dose_that_is_proposed():
    pair = two(dose("20 mg"), dose("40 mg"), exclude=fact("gate"))
    wanted = {True: ("proposed", "20 mg"), None: ("proposed", "20 mg"), False: ("proposed", "40 mg")}
    for gate, (state, given) in wanted.items():
        (item,) = plan_of(adult(a=True, b=True, gate=gate), *pair).items
        assert (item.state, item.doses[0].dose) == (state, given), gate
    (held,) = plan_of(adult(a=False, b=True), *pair).items
    assert (held.state, held.doses[0].dose) == ("held", "40 mg")


def test_a_higher_dose_that_is_only_held_takes_no_ingredient_from_what_is_proposed():
    pair = two(action("rx:ppi_low", regimen="ppi_low"), action("rx:ppi_high", regimen="ppi_high"), exclude=fact("gate"))
    plan = plan_of(adult(a=True, b=True), *pair)
    assert states(plan) == {"rx:ppi_low": "proposed", "rx:ppi_high": "held"}
    assert [given.dose for given in item_of(plan, "rx:ppi_low").doses] == ["20 mg"]
    assert item_of(plan, "rx:ppi_high").doses == ()
    both_given = plan_of(adult(a=True, b=True, gate=False), *pair)
    assert item_of(both_given, "rx:ppi_low").doses == ()
    assert [given.dose for given in item_of(both_given, "rx:ppi_high").doses] == ["40 mg"]


def test_an_ingredient_of_two_items_is_given_by_one_and_both_name_the_other():
    for order in permutations(two(action("rx:ppi_low", regimen="ppi_low"), action("rx:ppi_high", regimen="ppi_high"))):
        plan = plan_of(adult(a=True, b=True), *order)
        low, high = item_of(plan, "rx:ppi_low"), item_of(plan, "rx:ppi_high")
        assert (len(low.doses), len(high.doses)) == (0, 1)
        assert low.conflicts == ("same_ingredient:omeprazole:rx:ppi_high",)
        assert high.conflicts == ("same_ingredient:omeprazole:rx:ppi_low",)


APART = [("20 mg", "as directed"), ("20 mL", "once daily"), ("one capsule", "once daily")]


@pytest.mark.parametrize("unclear", APART)
def test_a_dose_preferred_to_one_that_cannot_be_compared_says_so_whichever_comes_first(unclear):
    for order in permutations((("20 mg", "once daily"), unclear)):
        (item,) = plan_of(adult(a=True, b=True), *two(dose(*order[0]), dose(*order[1]))).items
        assert "doses_differ:omeprazole" in item.conflicts
    for order in permutations(("rx:first", "rx:second")):
        first, second = dose("20 mg", code=order[0]), dose(*unclear, code=order[1])
        items = plan_of(adult(a=True, b=True), *two(first, second)).items
        assert all("doses_differ:omeprazole" in item.conflicts for item in items)


def test_doses_that_can_be_compared_or_say_the_same_are_no_conflict():
    for first, second in ((("20 mg", "once daily"), ("0.04 g", "once daily")), (("20 mg", "as directed"),) * 2):
        (item,) = plan_of(adult(a=True, b=True), *two(dose(*first), dose(*second))).items
        assert not [each for each in item.conflicts if each.startswith("doses_differ")]


def test_two_medicines_of_different_ingredients_stand_beside_each_other():
    plan = plan_of(adult(a=True, b=True), *two(dose("20 mg"), dose("400 mg", code="rx:ibuprofen", drug="ibuprofen")))
    assert states(plan) == {"rx:omeprazole": "proposed", "rx:ibuprofen": "proposed"}
    assert all(item.conflicts == () for item in plan.items)


def test_a_blocked_item_takes_no_ingredient_from_another():
    pair = two(action("rx:ppi_low", regimen="ppi_low"), dose("200 mg", code="rx:far_too_much"))
    plan = plan_of(adult(a=True, b=True, allergy=["omeprazole"]), *pair)
    assert set(states(plan).values()) == {"blocked"}
    assert all("same_ingredient" not in conflict for item in plan.items for conflict in item.conflicts)


# --- urgency, delays and what belongs to an item


@pytest.mark.parametrize(
    ("one", "other", "highest"),
    [("none", "soon", "soon"), ("soon", "urgent_2w", "urgent_2w"), ("urgent_2w", "same_day", "same_day"),
     ("same_day", "emergency", "emergency"), ("none", "emergency", "emergency"), ("soon", "soon", "soon")],
)  # fmt: skip
def test_the_more_urgent_of_two_reasons_counts(one, other, highest):
    for first, second in ((one, other), (other, one)):
        pair = two(action("ref:surgery", urgency=first), action("ref:surgery", urgency=second))
        plan = plan_of(adult(a=True, b=True), *pair)
        assert (plan.items[0].urgency, plan.urgency) == (highest, highest)


def test_a_blocked_item_makes_nothing_urgent():
    urgent = action("rx:omeprazole", medicine="omeprazole", dose="20 mg", frequency="once daily", urgency="same_day")
    assert plan_of(adult(a=True, allergy=["omeprazole"]), *two(urgent, "test:fit")).urgency == "none"
    assert plan_of(adult(a=True), *two(urgent, "test:fit")).urgency == "same_day"


def test_the_earliest_of_two_dates_counts_for_the_item_and_for_the_plan():
    for days in ((56, 14), (14, 56)):
        pair = two(*(action("fu:review", after_days=day, within_days=day) for day in days))
        plan = plan_of(adult(a=True, b=True), *pair)
        assert (plan.items[0].after_days, plan.items[0].within_days, plan.follow_up_days) == (14, 14, 14)
    assert plan_of(adult(a=False, b=False), *two("test:fit", "test:fit")).follow_up_days is None


# --- clashes


@pytest.mark.parametrize(
    ("first", "second"),
    [("diet:low_fibre", "diet:high_fibre"), ("test:no_fit", "test:fit")],
)
def test_opposite_items_are_both_shown_and_neither_is_chosen(first, second):
    for pair in (two(first, second), two(second, first)):
        plan = plan_of(adult(a=True, b=True), *pair)
        assert set(states(plan).values()) == {"proposed"}
        assert item_of(plan, first).conflicts == (f"opposed:{second}",)
        assert item_of(plan, second).conflicts == (f"opposed:{first}",)
    alone = plan_of(adult(a=True, b=False), *two(first, second))
    assert alone.items[0].conflicts == ()


@pytest.mark.parametrize(("taken", "shown"), [(["ibuprofen"], True), (["warfarin"], False), ([], False), (None, False)])
def test_advice_against_a_medicine_is_marked_while_it_is_taken(taken, shown):
    plan = plan_of(adult(a=True, medication=taken), *two("advice:stop", "test:fit"))
    assert (item_of(plan, "advice:stop").conflicts == ("opposed:drug:ibuprofen",)) is shown


@pytest.mark.parametrize(
    ("taken", "conflicts"),
    [
        ([], ()),
        (["omeprazole"], ("already_taken:omeprazole",)),
        (["losec"], ("already_taken:omeprazole",)),
        (["pantoprazole"], ("duplicate_class:ppis:pantoprazole",)),
        (["ibuprofen"], ()),
    ],
    ids=str,
)
def test_what_is_already_taken_of_the_same_kind_is_shown(taken, conflicts):
    plan = plan_of(adult(a=True, medication=taken), *two(dose("20 mg"), "test:fit"))
    assert item_of(plan, "rx:omeprazole").conflicts == conflicts


@pytest.mark.parametrize(
    "between", [("ibuprofen", "warfarin"), ("warfarin", "ibuprofen"), ("nsaids", "anticoagulants")]
)
@pytest.mark.parametrize("severity", ["monitor", "adjust", "contraindicated"])
def test_two_items_that_interact_are_both_marked_and_held_only_if_they_must_never_meet(between, severity):
    found = Interaction(between, severity, both("bleeding"), add=("test:inr",))
    drugs = formulary([PPI, *OTHERS], interactions=[found])
    pair = two(dose("400 mg", code="rx:ibuprofen", drug="ibuprofen"), dose("5 mg", code="rx:warfarin", drug="warfarin"))
    plan = plan_of(adult(a=True, b=True), *pair, drugs=drugs)
    state = "held" if severity == "contraindicated" else "proposed"
    assert {code: known for code, known in states(plan).items() if code.startswith("rx:")} == {
        "rx:ibuprofen": state, "rx:warfarin": state,
    }  # fmt: skip
    assert item_of(plan, "rx:ibuprofen").conflicts == ("interaction:rx:warfarin",)
    assert item_of(plan, "rx:warfarin").conflicts == ("interaction:rx:ibuprofen",)
    assert states(plan)["test:inr"] == "proposed"
    apart = plan_of(adult(a=True, b=False), *pair, drugs=drugs)
    assert states(apart) == {"rx:ibuprofen": "proposed"}


# --- laws


def test_the_order_of_protocols_and_rules_changes_no_byte():
    rules = [
        rule("r1", fact("a"), dose("20 mg"), "diet:low_fibre"),
        rule("r2", fact("b"), dose("40 mg"), "diet:high_fibre", exclude=fact("gate")),
        rule("r3", fact("c"), dose("400 mg", code="rx:ibuprofen", drug="ibuprofen"), "advice:stop"),
    ]
    for a, b, c, gate in product((True, None), (True, False), (True, False), (True, False, None)):
        known = adult(a=a, b=b, c=c, gate=gate, medication={"omeprazole": "20 mg daily", "ibuprofen": ""})
        one_way = plan_of(known, protocol("one", rules[0], rules[1]), protocol("two", rules[2]))
        other_way = plan_of(known, protocol("two", rules[2]), protocol("one", rules[1], rules[0]))
        assert canonical(one_way) == canonical(other_way)


def test_no_ingredient_is_dosed_in_two_items_of_any_plan():
    given = [dose("20 mg"), action("rx:ppi_low", regimen="ppi_low"), action("rx:ppi_high", regimen="ppi_high")]
    for first, second in permutations(given, 2):
        for gate in (True, False, None):
            plan = plan_of(adult(a=True, b=True, gate=gate), *two(first, second, exclude=fact("gate")))
            holders = [item.code for item in plan.items for each in item.doses if each.ingredient == "omeprazole"]
            assert len(holders) == 1, (first, second, gate)

"""Who is not known to be grown up gets no adult dose, diet or score; what protects a child still runs."""

from fractions import Fraction

import pytest

from engine.conditions import Name
from engine.evaluator import evaluate
from tests.engine.builders import (
    action,
    case,
    fact,
    formulary,
    is_,
    medicine,
    not_,
    number,
    points,
    program,
    protocol,
    rule,
    score_of,
    yes_no,
)

FACTS = {**yes_no("reflux", "bleeding"), **number("days", 0, 7)}
DRUGS = formulary([medicine("omeprazole", "ppis"), medicine("psyllium", "fibre")])
DOSE = action("rx:omeprazole", medicine="omeprazole", dose="20 mg", frequency="once daily")
FIBRE = action("supp:psyllium", medicine="psyllium", dose="5 g", frequency="once daily")
GUARDED = {"rx:omeprazole": DOSE, "supp:psyllium": FIBRE, "diet:light": action("diet:light")}
FREE = ("test:fit", "ref:paediatrics", "alert:red", "advice:rest", "plan:wait", "fu:late", "dx:reflux", "monitor:diary")
AGES = [Fraction(17), Fraction(1799, 100), Fraction(18), Fraction(60), None]
TOTAL = score_of(
    "total", [points("days", 0, 7)], fact("days"), range=(Fraction(0), Fraction(7)),
    bands={"low": is_("<=", Name("value", "score"), 3), "high": is_(">", Name("value", "score"), 3)},
)  # fmt: skip


def plan_of(age, *rules, **answers):
    known = case(age=age, allergy=[], medication=[], **answers)
    return evaluate(program(FACTS, protocol("p", *rules), drugs=DRUGS, scores=[TOTAL]), known)


def codes(plan):
    return {item.code for item in plan.items}


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("code", GUARDED)
def test_a_dose_supplement_or_diet_is_given_from_the_eighteenth_birthday_on(age, code):
    plan = plan_of(age, rule("r", fact("reflux"), GUARDED[code]), reflux=True)
    grown = age is not None and age >= 18
    assert codes(plan) == ({code} if grown else set())
    assert plan.ask == (("age",) if age is None else ())


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("code", FREE)
def test_what_is_no_dose_and_no_diet_does_not_wait_for_the_age(age, code):
    plan = plan_of(age, rule("r", fact("reflux"), code), reflux=True)
    assert (codes(plan), plan.ask) == ({code}, ())


@pytest.mark.parametrize("age", AGES)
@pytest.mark.parametrize("code", GUARDED)
def test_a_rule_written_for_children_gives_to_everybody(age, code):
    plan = plan_of(age, rule("r", fact("reflux"), GUARDED[code], paediatric=True), reflux=True)
    assert codes(plan) == {code}


@pytest.mark.parametrize("code", GUARDED)
def test_a_red_flag_does_not_bring_an_adult_dose_to_a_child(code):
    red = rule("red", fact("bleeding"), GUARDED[code], action("ref:now", urgency="emergency"), red_flag=True)
    for age in (9, None):
        plan = plan_of(age, red, bleeding=True)
        assert (codes(plan), plan.urgency) == ({"ref:now"}, "emergency")
    assert codes(plan_of(18, red, bleeding=True)) == {"ref:now", code}


def test_a_dose_that_is_not_indicated_does_not_ask_the_age():
    plan = plan_of(None, rule("r", fact("reflux"), DOSE), reflux=False)
    assert (plan.items, plan.open_rules, plan.ask) == ((), (), ())


def test_a_dose_held_back_for_the_age_is_an_open_rule_that_names_it():
    plan = plan_of(None, rule("r", fact("reflux"), DOSE), reflux=True)
    assert [(each.rule, each.waiting_for) for each in plan.open_rules] == [("r", ("age",))]
    assert plan_of(17, rule("r", fact("reflux"), DOSE), reflux=True).open_rules == ()


def test_a_conclusion_of_a_rule_that_doses_is_drawn_at_any_age():
    gives = rule("gives", fact("reflux"), DOSE, "conclude:treated")
    reads = rule("reads", Name("p.treated", "conclusion"), "advice:rest")
    for age in (9, 18, None):
        assert "advice:rest" in codes(plan_of(age, gives, reads, reflux=True))
    assert "advice:rest" not in codes(plan_of(9, gives, reads, reflux=False))


@pytest.mark.parametrize(("age", "value", "band"), [(18, 5, "high"), (60, 5, "high"), (17, None, None)])
def test_an_adult_score_is_given_to_adults_only(age, value, band):
    plan = plan_of(age, rule("r", is_(">=", Name("total", "score"), 4), "test:fit"), days=5)
    found = plan.scores.get("total")
    assert (found.value if found else None, found.band if found else None) == (value, band)
    assert codes(plan) == ({"test:fit"} if value else set())


def test_an_adult_score_of_unknown_age_decides_nothing_and_asks():
    for condition in (is_(">=", Name("total", "score"), 4), not_(is_(">=", Name("total", "score"), 4))):
        plan = plan_of(None, rule("r", condition, "test:fit"), days=5)
        assert plan.items == ()
        assert "age" in plan.ask


def test_a_score_for_everybody_is_given_to_everybody():
    total = score_of("total", [points("days", 0, 7)], fact("days"), range=(Fraction(0), Fraction(7)), adults_only=False)
    compiled = program(
        FACTS, protocol("p", rule("r", is_(">=", Name("total", "score"), 4), "test:fit")), scores=[total]
    )
    for age in (9, 40, None):
        plan = evaluate(compiled, case(age=age, days=5))
        assert (codes(plan), plan.scores["total"].value) == ({"test:fit"}, 5)

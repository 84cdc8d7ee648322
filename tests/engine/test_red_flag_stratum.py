"""Red flags stand above every other rule: nothing an author writes elsewhere switches one off or makes it quiet."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.evaluator import canonical, evaluate
from engine.facts import Missing
from tests.engine.builders import (
    ADULT,
    action,
    adult,
    all_of,
    any_of,
    at_least,
    case,
    fact,
    formulary,
    is_,
    medicine,
    not_,
    number,
    program,
    protocol,
    rule,
    yes_no,
)

FACTS = {
    **yes_no("bleeding", "weight_loss", red_flag=True),
    **yes_no("reflux", "settled", "other"),
    **number("days", 0, 7),
}
DRUGS = formulary([medicine("omeprazole", "ppis")])
OMEPRAZOLE = action("rx:omeprazole", medicine="omeprazole", dose="20 mg", frequency="once daily")
NOW = action("ref:now", urgency="same_day", within_days=1)
TRUTHS = (True, False, None)


def plan_of(known, *rules, **more):
    return evaluate(program(FACTS, protocol("p", *rules, **more), drugs=DRUGS), known)


def states(plan):
    return {item.code: item.state for item in plan.items}


def red(when=None, **more):
    return rule("red", when or fact("bleeding"), NOW, red_flag=True, **more)


QUIET = rule("quiet", fact("settled"), "advice:rest", overrides=("red",))


@pytest.mark.parametrize("settled", TRUTHS)
@pytest.mark.parametrize("silencing", ["overrides", "unless", "both"])
def test_neither_overrides_nor_unless_silences_or_holds_a_red_flag(settled, silencing):
    quiet = QUIET if silencing != "unless" else rule("quiet", fact("settled"), "advice:rest")
    flag = red() if silencing == "overrides" else red(unless=("p.quiet",))
    plan = plan_of(adult(bleeding=True, settled=settled), quiet, flag)
    assert (states(plan)["ref:now"], plan.urgency) == ("proposed", "same_day")


@pytest.mark.parametrize("settled", TRUTHS)
def test_a_rule_of_another_protocol_silences_it_no_more_than_one_of_its_own(settled):
    other = protocol("q", rule("quiet", fact("settled"), "advice:rest", overrides=("p.red",)))
    plan = evaluate(program(FACTS, protocol("p", red()), other), adult(bleeding=True, settled=settled))
    assert states(plan)["ref:now"] == "proposed"


def test_the_same_words_do_silence_a_rule_that_is_no_red_flag():
    plain = rule("red", fact("bleeding"), NOW)
    assert "ref:now" not in states(plan_of(adult(bleeding=True, settled=True), QUIET, plain))


@pytest.mark.parametrize("known", [{"age": 9}, {"age": 17}, {"age": 18}, {"age": 90}, {}], ids=str)
def test_a_red_flag_fires_for_whomever_the_protocol_is_written(known):
    for applies in (ADULT, not_(ADULT), fact("other"), is_("<", "age", 0)):
        plan = plan_of(case(bleeding=True, **known), red(), applies=applies)
        assert (states(plan), plan.urgency) == ({"ref:now": "proposed"}, "same_day"), applies


@pytest.mark.parametrize("known", [{"age": 9}, {"age": 90}, {}], ids=str)
def test_a_red_flag_known_to_be_absent_says_nothing_whoever_it_is(known):
    plan = plan_of(case(bleeding=False, **known), red(), applies=ADULT)
    assert (plan.items, plan.ask_now, plan.ask, plan.urgency) == ((), (), (), "none")


@pytest.mark.parametrize(
    ("known", "now"),
    [
        ({"age": 40}, ("bleeding",)),
        ({"age": 18}, ("bleeding",)),
        ({"age": 17}, ()),
        ({}, ("bleeding",)),
    ],
)
def test_an_unknown_red_flag_is_asked_now_unless_the_protocol_is_known_not_to_apply(known, now):
    plan = plan_of(case(**known), red(), applies=ADULT)
    assert (plan.ask_now, plan.urgency, plan.items) == (now, "none", ())


@pytest.mark.parametrize("because", ["not_asked", "dont_know", "stale", "queried", "not_valid", "unconfirmed_mention"])
def test_whatever_made_it_unknown_a_red_flag_is_asked_now(because):
    plan = plan_of(adult(bleeding=Missing(because)), red())
    assert plan.ask_now == ("bleeding",)
    assert plan.ask[0] == "bleeding"


def test_an_ordinary_rule_with_an_unknown_fact_is_not_asked_now():
    plan = plan_of(adult(), rule("plain", fact("other"), NOW))
    assert (plan.ask_now, plan.ask) == ((), ("other",))


def test_of_a_red_flag_rule_only_the_red_flag_facts_are_asked_now_and_the_rest_after():
    flag = red(all_of(fact("other"), any_of(fact("bleeding"), fact("weight_loss"))))
    plan = plan_of(adult(), flag)
    assert plan.ask_now == ("bleeding", "weight_loss")
    assert plan.ask == ("bleeding", "weight_loss", "other")


def test_a_red_flag_rule_without_a_red_flag_fact_asks_now_for_what_it_has():
    assert plan_of(adult(), red(is_(">=", "days", 5))).ask_now == ("days",)


def test_a_red_flag_asked_now_is_named_once_whatever_number_of_rules_wait_for_it():
    rules = (red(), rule("second", fact("bleeding"), "alert:bleeding", red_flag=True))
    held = rule("gives", fact("reflux"), OMEPRAZOLE, exclude=fact("bleeding"))
    plan = plan_of(adult(reflux=True), *rules, held)
    assert (plan.ask_now, plan.ask.count("bleeding")) == (("bleeding",), 1)


@pytest.mark.parametrize("settled", TRUTHS)
def test_a_red_flag_may_rule_itself_out_only_by_its_own_exclusion(settled):
    flag = red(exclude=fact("settled"))
    expected = {True: {}, False: {"ref:now": "proposed"}, None: {"ref:now": "held"}}[settled]
    plan = plan_of(adult(bleeding=True, settled=settled), flag)
    assert states(plan) == expected
    assert [reason.rule for reason in plan.not_proposed] == (["red"] if settled else [])


def test_a_held_red_flag_counts_for_the_urgency_of_the_plan():
    plan = plan_of(adult(bleeding=True), red(exclude=fact("settled")))
    assert (states(plan), plan.urgency) == ({"ref:now": "held"}, "same_day")


@pytest.mark.parametrize(("bleeding", "weight_loss"), list(product(TRUTHS, repeat=2)))
def test_enough_signs_of_a_list_fire_it_and_too_few_possible_ones_keep_it_quiet(bleeding, weight_loss):
    flag = red(at_least(2, fact("bleeding"), fact("weight_loss")))
    plan = plan_of(adult(bleeding=bleeding, weight_loss=weight_loss), flag)
    fired = bleeding is True and weight_loss is True
    possible = not fired and False not in (bleeding, weight_loss)
    assert (states(plan) == {"ref:now": "proposed"}) is fired
    unknown = tuple(name for name, said in (("bleeding", bleeding), ("weight_loss", weight_loss)) if said is None)
    assert plan.ask_now == (unknown if possible else ())


def test_an_old_positive_answer_is_asked_again_even_where_no_rule_reads_it():
    old = Missing("stale", was="yes", positive_before=True)
    plan = plan_of(adult(weight_loss=old), red())
    assert set(plan.ask_now) == {"bleeding", "weight_loss"}
    assert plan_of(adult(weight_loss=Missing("stale", was="no")), red()).ask_now == ("bleeding",)


def test_red_flags_stand_before_everything_else_in_what_to_ask():
    rules = [rule(f"a{name}", fact(name), f"test:{name}") for name in ("settled", "reflux", "weight_loss", "other")]
    plan = plan_of(adult(), *rules, red())
    assert plan.ask[:2] == ("bleeding", "weight_loss")
    assert set(plan.ask[2:]) == {"settled", "reflux", "other"}


def test_an_item_proposed_by_a_red_flag_and_another_rule_stays_marked_as_red():
    plain = rule("also", fact("reflux"), action("ref:now", urgency="soon"))
    plan = plan_of(adult(bleeding=True, reflux=True), plain, red())
    (item,) = plan.items
    assert (item.red_flag, item.urgency) == (True, "same_day")
    assert not plan_of(adult(bleeding=False, reflux=True), plain, red()).items[0].red_flag


@settings(max_examples=60, deadline=None)
@given(
    st.fixed_dictionaries({name: st.sampled_from(TRUTHS) for name in ("reflux", "settled", "other", "weight_loss")}),
    st.sampled_from((None, 9, 17, 18, 40)),
    st.permutations([QUIET, rule("gives", fact("reflux"), OMEPRAZOLE, exclude=fact("other"))]),
)
def test_whatever_else_is_known_and_written_a_present_red_flag_is_in_the_plan(answers, age, others):
    known = case(**answers, age=age, bleeding=True)
    plan = plan_of(known, *others, red(), applies=ADULT)
    assert states(plan)["ref:now"] == "proposed"
    assert plan.urgency == "same_day"
    assert canonical(plan) == canonical(plan_of(known, red(), *others, applies=ADULT))

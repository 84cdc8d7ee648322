"""What rules come to: proposed, held, open or excluded, red flags, age and the order of urgency."""

from engine.evaluator import evaluate
from engine.facts import Missing
from tests.engine.builders import (
    ADULT,
    action,
    adult,
    all_of,
    case,
    fact,
    formulary,
    is_,
    medicine,
    number,
    program,
    protocol,
    rule,
    yes_no,
)

FACTS = {
    **yes_no("indicated", "excluded", "other"),
    **yes_no("bleeding", red_flag=True),
    **number("days", 0, 7),
}
DRUGS = formulary([medicine("omeprazole", "ppis")])
OMEPRAZOLE = action("rx:omeprazole", medicine="omeprazole", dose="20 mg", frequency="once daily")


def plan_of(known, *rules, **more):
    return evaluate(program(FACTS, protocol("p", *rules, **more), drugs=DRUGS), known)


def states(plan):
    return {item.code: item.state for item in plan.items}


GIVES = rule("gives", fact("indicated"), OMEPRAZOLE, exclude=fact("excluded"))


def test_indicated_and_nothing_excluding_is_proposed():
    plan = plan_of(adult(indicated=True, excluded=False), GIVES)
    assert states(plan) == {"rx:omeprazole": "proposed"}
    assert plan.ask == ()


def test_excluded_is_not_proposed_and_the_reason_is_shown():
    plan = plan_of(adult(indicated=True, excluded=True), GIVES)
    assert plan.items == ()
    assert [reason.rule for reason in plan.not_proposed] == ["gives"]


def test_an_unknown_exclusion_holds_the_item_until_it_is_known():
    plan = plan_of(adult(indicated=True), GIVES)
    assert states(plan) == {"rx:omeprazole": "held"}
    assert plan.items[0].waiting_for == ("excluded",)
    assert plan.ask == ("excluded",)


def test_an_unknown_indication_leaves_the_rule_open_and_asks():
    plan = plan_of(adult(excluded=False), GIVES)
    assert plan.items == ()
    assert [(each.rule, each.waiting_for) for each in plan.open_rules] == [("gives", ("indicated",))]
    assert plan.ask == ("indicated",)


def test_a_rule_known_to_be_out_of_place_asks_nothing():
    for known in (adult(indicated=False), adult(excluded=True)):
        plan = plan_of(known, GIVES)
        assert (plan.items, plan.open_rules, plan.ask) == ((), (), ())


def test_red_flags_are_asked_now_and_first_but_raise_no_urgency_by_themselves():
    red = rule("red", fact("bleeding"), action("ref:now", urgency="emergency"), red_flag=True)
    gives = rule("gives", fact("indicated"), OMEPRAZOLE, exclude=fact("bleeding"))
    plan = plan_of(adult(indicated=True), gives, red, rule("more", fact("other"), "test:more"))
    assert (plan.ask_now, plan.ask, plan.urgency) == (("bleeding",), ("bleeding", "other"), "none")
    assert plan_of(adult(indicated=True, bleeding=False), gives, red).ask_now == ()


def test_no_protocol_that_does_not_apply_asks_and_none_stops_a_red_flag():
    red = rule("red", fact("bleeding"), action("ref:now", urgency="emergency"), red_flag=True)
    child = case(age=9, allergy=[], medication=[])
    assert plan_of(child, red, applies=ADULT).ask_now == ()
    plan = plan_of(case(age=9, bleeding=True), red, applies=ADULT)
    assert (states(plan), plan.urgency) == ({"ref:now": "proposed"}, "emergency")
    assert plan.items[0].red_flag


def test_an_old_positive_red_flag_is_asked_again_now():
    old = Missing("stale", was="yes", positive_before=True)
    plan = plan_of(adult(bleeding=old, indicated=True), GIVES)
    assert plan.ask_now == ("bleeding",)
    assert plan.ask[0] == "bleeding"


def test_a_protocol_that_may_not_apply_is_open_and_asks_for_what_decides_it():
    step = rule("step", fact("indicated"), "plan:step")
    plan = plan_of(case(indicated=True), step, applies=ADULT)
    assert (plan.items, plan.ask) == ((), ("age",))
    assert plan_of(case(indicated=True, age=17), step, applies=ADULT).open_rules == ()
    assert states(plan_of(case(indicated=True, age=18), step, applies=ADULT)) == {"plan:step": "proposed"}


def test_doses_and_diets_wait_for_the_age_and_other_items_do_not():
    both_kinds = rule("r", fact("indicated"), OMEPRAZOLE, "diet:light", "advice:rest")
    known = {"indicated": True, "allergy": [], "medication": []}
    assert states(plan_of(case(**known), both_kinds)) == {"advice:rest": "proposed"}
    assert plan_of(case(**known), both_kinds).ask == ("age",)
    assert states(plan_of(case(**known, age=17), both_kinds)) == {"advice:rest": "proposed"}
    assert plan_of(case(**known, age=17), both_kinds).ask == ()
    assert len(plan_of(case(**known, age=18), both_kinds).items) == 3


def test_a_rule_written_for_children_may_dose_them():
    child = rule("r", fact("indicated"), OMEPRAZOLE, paediatric=True)
    plan = plan_of(case(indicated=True, age=9, allergy=[], medication=[]), child)
    assert states(plan) == {"rx:omeprazole": "proposed"}


def test_a_rule_is_silenced_only_by_name_and_held_while_that_is_not_known():
    strong = rule("strong", fact("other"), "test:strong", overrides=("gives",))
    plan = plan_of(adult(indicated=True, excluded=False, other=True), GIVES, strong)
    assert states(plan) == {"test:strong": "proposed"}
    assert [reason.rule for reason in plan.not_proposed] == ["gives"]
    plan = plan_of(adult(indicated=True, excluded=False), GIVES, strong)
    assert (states(plan), plan.items[0].waiting_for) == ({"rx:omeprazole": "held"}, ("other",))
    plan = plan_of(adult(indicated=True, excluded=False, other=False), GIVES, strong)
    assert states(plan) == {"rx:omeprazole": "proposed"}


def test_nothing_silences_a_red_flag():
    red = rule("red", fact("bleeding"), "ref:now", red_flag=True, unless=("p.strong",))
    strong = rule("strong", fact("other"), "test:strong", overrides=("red",))
    plan = plan_of(adult(bleeding=True, other=True), red, strong)
    assert states(plan)["ref:now"] == "proposed"


def test_conclusions_are_read_by_other_protocols():
    first = protocol("first", rule("draws", fact("indicated"), "conclude:found", exclude=fact("excluded")))
    from_first = type(fact("x"))("first.found", "conclusion")
    second = protocol("second", rule("reads", all_of(from_first, fact("other")), "alert:both"))
    compiled = program(FACTS, second, first)
    assert states(evaluate(compiled, adult(indicated=True, excluded=False, other=True))) == {"alert:both": "proposed"}
    plan = evaluate(compiled, adult(indicated=True, other=True))
    assert plan.items == ()
    assert "excluded" in plan.ask
    assert evaluate(compiled, adult(indicated=True, excluded=True, other=True)).ask == ()


def test_urgency_is_the_highest_and_follow_up_the_earliest_of_what_is_not_blocked():
    plan = plan_of(
        adult(indicated=True, days=5),
        rule("soon", fact("indicated"), action("test:x", urgency="soon"), action("fu:late", after_days=56)),
        rule("now", is_(">=", "days", 5), action("test:x", urgency="same_day"), action("fu:early", after_days=14)),
    )
    assert (plan.urgency, plan.follow_up_days) == ("same_day", 14)
    assert (plan.items[0].code, plan.items[0].urgency) == ("test:x", "same_day")


def test_the_same_item_of_two_rules_is_one_item_with_both_reasons():
    twice = (rule("one", fact("indicated"), "test:x"), rule("two", fact("other"), "test:x", exclude=fact("excluded")))
    plan = plan_of(adult(indicated=True, other=True), *twice)
    assert [reason.rule for reason in plan.items[0].reasons] == ["one", "two"]
    assert (plan.items[0].state, plan.items[0].waiting_for) == ("proposed", ())


def test_a_hypothesis_stands_in_the_items_too_and_asks_are_printed():
    plan = plan_of(adult(indicated=True), rule("r", fact("indicated"), "dx:reflux", "ask:last_inr", "monitor:diary"))
    assert plan.hypotheses == ("dx:reflux",)
    assert {item.code for item in plan.items} == {"dx:reflux", "monitor:diary"}
    assert plan.ask == ("last_inr",)


def test_a_fact_is_asked_for_under_each_of_its_names_and_a_doubtful_unit_too():
    spec = {"hb": type(FACTS["days"])("hb", "quantity", {"es": "Hb", "en": "Hb"}, ask=("hb", "haemoglobin"))}
    compiled = program(spec, protocol("p", rule("r", is_("<", "hb", 130), "alert:low")))
    assert evaluate(compiled, adult()).ask == ("hb", "haemoglobin")
    doubtful = case(hb=Missing("queried"))
    plan = evaluate(compiled, type(doubtful)("x", None, doubtful.values, queries=("hb",)))
    assert plan.queries == ("hb",)
    assert {"hb_unit", "unit_hb"} <= set(plan.ask)

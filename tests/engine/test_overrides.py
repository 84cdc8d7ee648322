"""A rule gives way to another only where a name says so, and for as long as that other one is not known to be out."""

from itertools import product

import pytest

from engine.evaluator import canonical, evaluate
from tests.engine.builders import adult, case, fact, is_, program, protocol, rule, yes_no

FACTS = yes_no("a", "b", "c", "d")
TRUTHS = (True, False, None)


def states(plan):
    return {item.code: item.state for item in plan.items}


def plan_of(known, *protocols):
    return evaluate(program(FACTS, *protocols), known)


def gone_before(first, second):
    """Return what a rule comes to that is indicated (second) and gives way to another (first)."""
    if second is False or first is True:
        return None
    return "held" if first is None and second else "proposed" if second else None


@pytest.mark.parametrize(("first", "second"), list(product(TRUTHS, TRUTHS)))
@pytest.mark.parametrize("how", ["overrides", "unless"])
def test_who_gives_way_is_silent_held_or_proposed_by_what_is_known_of_the_other(first, second, how):
    strong = rule("strong", fact("a"), "test:strong", **({"overrides": ("weak",)} if how == "overrides" else {}))
    weak = rule("weak", fact("b"), "test:weak", **({"unless": ("strong",)} if how == "unless" else {}))
    plan = plan_of(adult(a=first, b=second), protocol("p", strong, weak))
    assert states(plan).get("test:weak") == gone_before(first, second)
    assert states(plan).get("test:strong") == ("proposed" if first else None)


@pytest.mark.parametrize(("first", "second"), list(product(TRUTHS, TRUTHS)))
def test_rules_that_do_not_name_each_other_never_silence_each_other(first, second):
    rules = rule("strong", fact("a"), "test:strong"), rule("weak", fact("b"), "test:weak")
    plan = plan_of(adult(a=first, b=second), protocol("p", *rules))
    wanted = {"test:strong": first, "test:weak": second}
    assert states(plan) == {code: "proposed" for code, known in wanted.items() if known}


@pytest.mark.parametrize(("a", "b", "c"), list(product((True, False), repeat=3)))
def test_in_a_chain_a_silenced_rule_silences_nobody(a, b, c):
    first = rule("first", fact("a"), "test:first", overrides=("second",))
    second = rule("second", fact("b"), "test:second", overrides=("third",))
    third = rule("third", fact("c"), "test:third")
    plan = plan_of(adult(a=a, b=b, c=c), protocol("p", third, second, first))
    fires_second = b and not a
    wanted = {"test:first": a, "test:second": fires_second, "test:third": c and not fires_second}
    assert states(plan) == {code: "proposed" for code, fires in wanted.items() if fires}


def test_an_unknown_at_the_head_of_a_chain_holds_both_that_depend_on_it():
    first = rule("first", fact("a"), "test:first", overrides=("second",))
    second = rule("second", fact("b"), "test:second", overrides=("third",))
    third = rule("third", fact("c"), "test:third")
    plan = plan_of(adult(b=True, c=True), protocol("p", first, second, third))
    assert states(plan) == {"test:second": "held", "test:third": "held"}
    assert {item.waiting_for for item in plan.items} == {("a",)}


def test_a_rule_excluded_by_its_own_condition_silences_nobody():
    strong = rule("strong", fact("a"), "test:strong", exclude=fact("c"), overrides=("weak",))
    weak = rule("weak", fact("b"), "test:weak")
    for excluded, wanted in ((True, {"test:weak": "proposed"}), (False, {"test:strong": "proposed"})):
        assert states(plan_of(adult(a=True, b=True, c=excluded), protocol("p", strong, weak))) == wanted
    held = plan_of(adult(a=True, b=True), protocol("p", strong, weak))
    assert states(held) == {"test:strong": "held", "test:weak": "held"}
    assert held.ask == ("c",)


def test_a_rule_of_a_protocol_that_does_not_apply_silences_nobody():
    elsewhere = protocol(
        "q", rule("strong", fact("a"), "test:strong", overrides=("p.weak",)), applies=is_(">=", "age", 65)
    )
    own = protocol("p", rule("weak", fact("b"), "test:weak"))
    known = {"a": True, "b": True, "allergy": [], "medication": []}
    assert states(plan_of(case(age=40, **known), own, elsewhere)) == {"test:weak": "proposed"}
    assert states(plan_of(case(age=70, **known), own, elsewhere)) == {"test:strong": "proposed"}
    assert states(plan_of(case(**known), own, elsewhere)) == {"test:weak": "held"}


def test_two_rules_may_each_be_enough_to_silence_a_third():
    one = rule("one", fact("a"), "test:one", overrides=("weak",))
    two = rule("two", fact("b"), "test:two")
    weak = rule("weak", fact("c"), "test:weak", unless=("two",))
    for a, b in product(TRUTHS, TRUTHS):
        plan = plan_of(adult(a=a, b=b, c=True), protocol("p", one, two, weak))
        silenced = True in (a, b)
        wanted = None if silenced else "held" if None in (a, b) else "proposed"
        assert states(plan).get("test:weak") == wanted, (a, b)


def test_what_is_silenced_is_shown_with_its_reason_and_what_was_not_indicated_is_not():
    strong = rule("strong", fact("a"), "test:strong", overrides=("weak",))
    weak = rule("weak", fact("b"), "test:weak")
    plan = plan_of(adult(a=True, b=True), protocol("p", strong, weak))
    assert [(reason.rule, reason.because["en"]) for reason in plan.not_proposed] == [("weak", "because of weak")]
    assert plan_of(adult(a=True, b=False), protocol("p", strong, weak)).not_proposed == ()


def test_the_order_in_which_rules_are_written_changes_nothing():
    rules = [
        rule("first", fact("a"), "test:first", overrides=("second",)),
        rule("second", fact("b"), "test:second", unless=("third",)),
        rule("third", fact("c"), "test:third", exclude=fact("d")),
    ]
    for a, b, c, d in product(TRUTHS, repeat=4):
        known = adult(a=a, b=b, c=c, d=d)
        forwards = plan_of(known, protocol("p", *rules))
        assert canonical(forwards) == canonical(plan_of(known, protocol("p", *reversed(rules))))

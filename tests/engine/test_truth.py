"""Kleene's tables, intervals, and what the generated program decides: nothing is guessed, nothing differs."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler import compile_edition
from engine.compiler.intervals import (
    Interval,
    add,
    apply,
    at_least,
    compare,
    conjunction,
    disjunction,
    divide,
    multiply,
    negation,
    rounded,
    square_root,
    subtract,
)
from engine.compiler.walk import named_truth, rule_truth, scope_of, truth
from engine.conditions import DayCount, Mean, Name
from engine.evaluator import truth as answer
from engine.evaluator.rules import decide
from tests.engine.builders import adult, all_of, any_of, case, fact, is_, not_, number, program, protocol, rule, yes_no
from tests.engine.programs import FACTS, OPERATORS, built, cases, conditions, protocols

TRUTHS = (True, False, None)
COMPLETIONS = {True: (True,), False: (False,), None: (True, False)}


def settled(results):
    """Return the one result of all completions, None if they differ."""
    found = set(results)
    return found.pop() if len(found) == 1 else None


@pytest.mark.parametrize(("left", "right"), list(product(TRUTHS, TRUTHS)))
def test_and_or_are_what_every_completion_agrees_on(left, right):
    completed = list(product(COMPLETIONS[left], COMPLETIONS[right]))
    assert conjunction((left, right)) is settled(a and b for a, b in completed)
    assert disjunction((left, right)) is settled(a or b for a, b in completed)


@pytest.mark.parametrize("part", TRUTHS)
def test_not_turns_what_is_known_and_leaves_the_unknown(part):
    assert negation(part) is (None if part is None else not part)


@pytest.mark.parametrize("count", range(5))
@pytest.mark.parametrize("parts", list(product(TRUTHS, repeat=3)))
def test_at_least_is_what_every_completion_agrees_on(count, parts):
    completed = product(*(COMPLETIONS[part] for part in parts))
    assert at_least(count, parts) is settled(sum(each) >= count for each in completed)


ends = st.integers(-6, 6)
intervals = st.builds(lambda a, b: Interval(min(a, b), max(a, b)), ends, ends)


@given(intervals, intervals, st.sampled_from(OPERATORS))
@settings(max_examples=50, deadline=None)
def test_a_comparison_of_intervals_is_true_only_if_every_pair_agrees(left, right, op):
    python = {"<": "__lt__", "<=": "__le__", "=": "__eq__", "!=": "__ne__", ">=": "__ge__", ">": "__gt__"}[op]
    pairs = product(range(left.low, left.high + 1), range(right.low, right.high + 1))
    assert compare(op, left, right) is settled(getattr(a, python)(b) for a, b in pairs)


@given(intervals, intervals)
@settings(max_examples=80, deadline=None)
def test_arithmetic_of_intervals_holds_every_result(left, right):
    for operation, result in (
        (add, lambda a, b: a + b),
        (subtract, lambda a, b: a - b),
        (multiply, lambda a, b: a * b),
    ):
        pairs = product(range(left.low, left.high + 1), range(right.low, right.high + 1))
        found = [result(a, b) for a, b in pairs]
        assert operation(left, right) == Interval(min(found), max(found))


@given(intervals, st.builds(lambda a, b: Interval(min(a, b), max(a, b)), st.integers(1, 9), st.integers(1, 9)))
@settings(max_examples=50, deadline=None)
def test_division_is_exact_and_by_nothing_says_nothing(left, right):
    found = [Fraction(a, b) for a in (left.low, left.high) for b in (right.low, right.high)]
    assert divide(left, right) == Interval(min(found), max(found))
    assert divide(left, Interval(-1, 1)).high == float("inf")


def test_the_root_of_a_square_is_exact_and_a_half_rounds_up():
    assert square_root(Fraction(100)) == 10
    assert square_root(Fraction(1, 4)) == Fraction(1, 2)
    assert [rounded(Fraction(value, 2)) for value in (5, 7, -5)] == [3, 4, -2]
    assert apply("ln", Interval(0, 1)) == Interval(-float("inf"), 0.0)


# --- the generated program


@given(protocols(), cases)
@settings(max_examples=40, deadline=None)
def test_the_generated_program_decides_what_the_plain_reading_decides(drawn, known):
    """Both rails, of every rule, definition and conclusion."""
    compiled = compile_edition(built(*drawn))
    plain = scope_of(compiled, known)
    decided = decide(compiled, known).scope
    for node in compiled.rules:
        assert decided.truths[f"rule {node.name}", False] is rule_truth(node.name, plain), compiled.source
    for name in compiled.named:
        assert decided.truths[name, False] is named_truth(name, plain), compiled.source


@given(protocols(), cases)
@settings(max_examples=40, deadline=None)
def test_a_rule_that_is_not_known_false_is_never_lost(drawn, known):
    compiled = compile_edition(built(*drawn))
    plain = scope_of(compiled, known)
    shown = {decision.node.name for decision in decide(compiled, known).decisions}
    assert {node.name for node in compiled.rules if rule_truth(node.name, plain) is not False} <= shown


@given(conditions(), cases)
@settings(max_examples=80, deadline=None)
def test_unknown_answers_never_settle_a_condition_against_a_completion(expr, known):
    """Whatever is decided with answers missing stays decided when they come."""
    compiled = compile_edition(built())
    before = truth(expr, scope_of(compiled, known))
    completed = case(a=True, b=False, c=True, x=3, y=5, colour="red", age=40, medication=[])
    later = type(known)("later", None, {**completed.values, **known.values})
    after = truth(expr, scope_of(compiled, later))
    assert before is None or before is after


def test_a_bare_comparison_with_an_unknown_fact_is_unknown_whatever_its_range():
    compiled = program(number("days", 0, 7), protocol("p", rule("r", is_(">=", "days", 0), "alert:x")))
    assert answer(is_(">=", "days", 0), case(), compiled) is None
    assert answer(is_(">=", "days", 0), case(days=0), compiled) is True


def test_a_threshold_is_met_exactly_and_missed_by_the_smallest_step():
    compiled = program(number("crea", 0, 2000), protocol("p", rule("r", is_(">=", "crea", 79.56), "alert:x")))
    exact = Fraction(9, 10) * Fraction(884, 10)  # 0.9 mg/dL of creatinine in umol/L
    for value, fires in ((exact, True), (exact - Fraction(1, 10**6), False)):
        decided = decide(compiled, case(crea=value)).scope
        assert decided.truths["rule p.r", False] is fires


def test_too_few_diary_days_are_unknown_but_may_count_in_a_red_flag():
    pain = {"pain": FACTS["pain"]}
    often = is_(">=", DayCount("pain", ">=", Fraction(5), 4, 3), 2)
    calm = rule("calm", often, "alert:calm")
    red = rule("red", often, "alert:red", red_flag=True)
    compiled = program(pain, protocol("p", calm, red))
    two_days = case(pain=(9, None, None, 9))
    truths = decide(compiled, two_days).scope.truths
    assert truths["rule p.calm", False] is None
    assert truths["rule p.red", False] is True
    three_days = case(pain=(9, 1, None, 1))
    truths = decide(compiled, three_days).scope.truths
    assert truths["rule p.calm", False] is False
    assert truths["rule p.red", False] is None, "the day not filled in could be the second"


def test_a_mean_needs_its_days():
    compiled = program({"pain": FACTS["pain"]}, protocol("p", rule("r", is_(">", Mean("pain", 4, 3), 4), "alert:x")))
    mean = is_(">", Mean("pain", 4, 3), 4)
    assert answer(mean, case(pain=(9, None, None, 9)), compiled) is None
    assert answer(mean, case(pain=(9, 1, None, 9)), compiled) is True


def test_a_rule_that_rests_on_itself_is_refused_with_the_loop():
    circle = protocol("p", rule("r", fact("a"), "alert:x"), define={
        "one": any_of(Name("p.two", "definition"), fact("a")), "two": not_(Name("p.one", "definition")),
    })  # fmt: skip
    with pytest.raises(ValueError, match=r"P114 .*p\.(one|two) -> p\.(one|two) -> p\.(one|two)"):
        program(yes_no("a"), circle)


def test_deeply_nested_conditions_still_compile():
    deep = fact("a")
    for _ in range(60):
        deep = all_of(fact("b"), any_of(fact("c"), not_(deep)))
    compiled = program(yes_no("a", "b", "c"), protocol("p", rule("r", deep, "alert:x")))
    known = adult(a=True, b=True, c=False)
    assert decide(compiled, known).scope.truths["rule p.r", False] is rule_truth("p.r", scope_of(compiled, known))

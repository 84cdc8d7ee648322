"""Diaries with honest gaps: a day nobody filled in is neither a good day nor a bad one."""

from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.compiler.walk import scope_of, truth
from engine.conditions import DayCount, Latest, Mean
from engine.evaluator import evaluate
from tests.engine.builders import adult, is_, program, protocol, rule
from tests.engine.programs import FACTS as SERIES

FACTS = {"pain": SERIES["pain"]}
BARE = program(FACTS, protocol("p", rule("r", is_(">=", Latest("pain"), 5), "alert:pain")))
days = st.lists(st.none() | st.integers(0, 10), max_size=10).map(tuple)


def known(condition, *values, red=False):
    return truth(condition, scope_of(BARE, adult(pain=values)), red=red)


def bad_days(count, *, last=5, needs=None, op=">="):
    return is_(op, DayCount("pain", ">=", Fraction(5), last, needs), count)


@pytest.mark.parametrize(
    ("values", "answer"),
    [
        ((1, 5), True),
        ((5, 4), False),
        ((5, None), True),  # the last recorded day, not the last day
        ((4, None, None), False),
        ((None, None), None),
        ((), None),
        ((5,), True),
    ],
)
def test_the_latest_value_is_that_of_the_last_recorded_day(values, answer):
    assert known(is_(">=", Latest("pain"), 5), *values) is answer


@pytest.mark.parametrize(
    ("values", "window", "needs", "answer"),
    [
        ((4, 6), None, 1, True),
        ((4, 5), None, 1, False),
        ((0, 0, 5, 5), 2, 1, True),  # only the last two days
        ((9, 9, 0, 0), 2, 1, False),
        ((5, None, 5), 3, 2, True),
        ((5, None, 5), 3, 3, None),  # too few recorded days
        ((5, None, None), 2, 1, None),  # recorded, but before the window
        ((), None, 1, None),
    ],
)
def test_a_mean_is_of_the_recorded_days_of_its_window_if_there_are_enough(values, window, needs, answer):
    assert known(is_(">=", Mean("pain", window, needs), 5), *values) is answer


def test_a_mean_is_exact():
    assert known(is_("=", Mean("pain"), 5), 4, 5, 6) is True
    assert known(is_(">=", Mean("pain"), 5), 5, 5, 4) is False


@pytest.mark.parametrize(
    ("values", "count", "needs", "answer"),
    [
        ((5, 5, 5, 0, 0), 3, 5, True),
        ((5, 5, 0, 0, 0), 3, 5, False),
        ((5, 5, 5, None, None), 3, 3, True),
        ((5, 5, 0, None, None), 3, 3, False),  # enough recorded: the count is over them
        ((5, 5, 0, None, None), 3, 4, None),  # too few recorded
        ((5, 5, 5, None, None), 3, 4, None),
        ((None, None, None, None, None), 1, 1, None),
    ],
)
def test_days_are_counted_over_the_recorded_ones_once_there_are_enough(values, count, needs, answer):
    assert known(bad_days(count, needs=needs), *values) is answer


@pytest.mark.parametrize(("before", "answer"), [((5, 5, 5), False), ((0, 0, 0), False)])
def test_days_before_the_window_do_not_count(before, answer):
    assert known(bad_days(1, last=3, needs=3), *before, 0, 0, 0) is answer


def test_the_first_day_of_the_window_counts():
    assert known(bad_days(1, last=3, needs=3), 0, 5, 0, 0) is True
    assert known(bad_days(1, last=2, needs=2), 0, 5, 0, 0) is False


@pytest.mark.parametrize(("value", "counts"), [(4, False), (5, True), (6, True)])
def test_a_day_on_the_threshold_counts(value, counts):
    assert known(bad_days(1, last=1, needs=1), value) is counts


@pytest.mark.parametrize(
    ("values", "plain", "red"),
    [
        ((5, 5, 5, None, None), None, True),  # enough already, whatever the missing days were
        ((5, 5, None, None, None), None, None),  # the missing days could be enough
        ((0, 0, 0, 0, None), None, False),  # not even then
        ((5, 5, 5, 0, 0), True, True),
        ((0, 0, 0, 0, 0), False, False),
    ],
)
def test_in_a_red_flag_missing_days_may_still_count_and_elsewhere_they_may_not(values, plain, red):
    condition = bad_days(3, needs=5)
    assert known(condition, *values) is plain
    assert known(condition, *values, red=True) is red


def test_a_diary_nobody_opened_is_unknown_and_asked_for():
    rules = rule("r", bad_days(3, needs=5), "alert:pain")
    plan = evaluate(program(FACTS, protocol("p", rules)), adult())
    assert (plan.items, plan.ask) == ((), ("pain",))


def test_a_diary_with_enough_days_is_not_asked_for():
    rules = rule("r", bad_days(3, needs=3), "alert:pain")
    for values, items in (((0, 0, 0, None, None), 0), ((5, 5, 5, None, None), 1)):
        plan = evaluate(program(FACTS, protocol("p", rules)), adult(pain=values))
        assert (len(plan.items), plan.ask) == (items, ())


# --- laws


@settings(max_examples=60, deadline=None)
@given(days, st.integers(0, 6), st.integers(1, 6), st.sampled_from((None, 1, 3)))
def test_what_a_red_flag_decides_with_days_missing_no_filling_in_can_change(values, count, window, needs):
    condition = bad_days(count, last=window, needs=needs)
    decided = known(condition, *values, red=True)
    missing = [index for index, value in enumerate(values) if value is None]
    if decided is None or len(missing) > 4:
        return
    for filled in product((0, 10), repeat=len(missing)):
        complete = list(values)
        for index, value in zip(missing, filled, strict=True):
            complete[index] = value
        assert known(condition, *complete, red=True) is decided


@settings(max_examples=60, deadline=None)
@given(days.filter(lambda values: None not in values), st.integers(1, 6), st.integers(0, 6))
def test_with_every_day_recorded_both_ways_of_counting_agree_with_plain_counting(values, window, count):
    if len(values) < window:
        return
    plain = sum(value >= 5 for value in values[len(values) - window :]) >= count
    condition = bad_days(count, last=window, needs=window)
    assert known(condition, *values) is plain
    assert known(condition, *values, red=True) is plain


@settings(max_examples=60, deadline=None)
@given(days, st.integers(1, 6), st.integers(1, 6), st.integers(0, 10))
def test_a_mean_agrees_with_plain_averaging_or_says_it_does_not_know(values, window, needs, limit):
    recorded = [value for value in values[max(0, len(values) - window) :] if value is not None]
    expected = None if len(recorded) < needs else sum(recorded) >= limit * len(recorded)
    assert known(is_(">=", Mean("pain", window, needs), limit), *values) is expected

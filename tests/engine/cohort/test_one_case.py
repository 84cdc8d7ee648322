"""The program for one case: what it leaves out because nobody reads it, and what it looks at first, changes nothing."""

import itertools

import pytest

from engine.compiler.walk import scope_of
from engine.conditions import Name
from engine.evaluator.truths import rule_truths, walked_truths
from tests.engine.builders import all_of, any_of, at_least, case, fact, is_, number, program, protocol, rule, yes_no

FLAGS = ("a", "b", "c", "d", "e")
READ, UNREAD = Name("p.read", "conclusion"), "conclude:unread"


def assert_as_walked(*rules):
    made = program({**yes_no(*FLAGS), **number("x", 0, 10)}, protocol("p", *rules))
    for values in itertools.product((True, False, None), repeat=len(FLAGS)):
        one = case(**dict(zip(FLAGS, values, strict=True)), x=5)
        assert rule_truths(made, one) == walked_truths(scope_of(made, one))
    return made


def test_a_rule_that_draws_two_conclusions_is_read_by_one_of_them():
    assert_as_walked(
        rule("draws", fact("a"), UNREAD, "conclude:read"),
        rule("reads", all_of(fact("b"), READ), "alert:b"),
    )


def test_two_rules_may_draw_what_nobody_reads():
    assert_as_walked(rule("one", fact("a"), UNREAD), rule("two", fact("b"), UNREAD))


@pytest.mark.parametrize("count", range(1, 6))
def test_at_least_is_the_same_written_out_as_branches(count):
    parts = [fact("a"), is_("<", "x", 3), fact("b"), any_of(fact("c"), fact("d")), fact("e")]
    assert_as_walked(rule("some", at_least(count, *parts), "alert:x"))


def test_at_least_of_many_is_a_sum_and_the_same():
    parts = [all_of(fact(first), fact(second)) for first, second in itertools.combinations(FLAGS, 2)]
    made = assert_as_walked(rule("some", at_least(5, *parts), "alert:x"))
    assert ">= 5" in made.source

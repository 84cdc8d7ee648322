"""Small faults in a protocol: which there are, and that each is noticed where a test would notice it."""

from fractions import Fraction

import pytest

from engine.compiler import compile_edition
from engine.compiler.walk import scope_of
from engine.evaluator.evaluation import plan_of
from engine.evaluator.rules import Decided, judge
from engine.examples import failures
from engine.language.documents import Example
from engine.mutation.baseline import baseline, spoken
from engine.mutation.changes import changes, steps
from engine.mutation.mutants import mutants
from engine.mutation.running import noticed_by, run, with_fault
from tests.engine.analysis.shipped import program as shipped
from tests.engine.builders import (
    action,
    all_of,
    any_of,
    at_least,
    defined,
    edition,
    fact,
    is_,
    not_,
    number,
    points,
    protocol,
    rule,
    score_of,
    yes_no,
)

STEPS = steps({"hb": Fraction(1, 10), "days": Fraction(1)})


def said(expr):
    return [(change.kind, change.what) for change in changes(expr, "", STEPS)]


def test_a_limit_is_tried_one_step_lower_one_step_higher_and_turned_round():
    assert said(is_("<", "hb", 110)) == [
        ("comparison", "hb < 110 -> hb >= 110"),
        ("comparison", "hb < 110 -> hb <= 110"),
        ("threshold", "hb < 110 -> hb < 109.9"),
    ]
    assert said(is_(">=", "days", 8))[1:] == [
        ("comparison", "days >= 8 -> days > 8"),
        ("threshold", "days >= 8 -> days >= 7"),
    ]


def test_a_limit_without_steps_moves_by_its_last_digit():
    assert [what for _, what in said(is_(">", "fib4", 2.67))] == [
        "fib4 > 2.67 -> fib4 <= 2.67",
        "fib4 > 2.67 -> fib4 > 2.68",
        "fib4 > 2.67 -> fib4 > 2.66",
    ]


def test_connectives_are_exchanged_and_every_part_is_left_out_once():
    a, b, c = fact("a"), fact("b"), fact("c")
    assert [what for _, what in said(all_of(a, b))] == ["a and b -> a or b", "a and b -> b", "a and b -> a"]
    assert [what for _, what in said(any_of(a, not_(b)))] == [
        "a or not b -> a and not b",
        "a or not b -> not b",
        "a or not b -> a",
        "not b -> b",
    ]
    assert len(said(at_least(2, a, b, c))) == 2 + 3


def test_a_change_that_comes_to_the_same_is_no_fault():
    twice = any_of(fact("a"), fact("a"))
    assert [what for _, what in said(twice)] == ["a or a -> a and a", "a or a -> a"]


def test_what_another_file_says_is_that_files_to_be_tried():
    here = is_("<", "hb", 110)
    assert not list(changes(here, "protocols/other/1.0.0.yaml", STEPS))


FACTS = {**yes_no("reflux", "dysphagia"), **number("days", 0, 7)}
EXAMPLES = (
    Example("reflux on two days", {"age": "40 years", "days": "2", "dysphagia": "no"}, fired=("trial",)),
    Example("reflux on one day", {"age": "40 years", "days": "1", "dysphagia": "no"}, not_fired=("trial",)),
)


def library(*examples, **more):
    rules = (
        rule("trial", defined("p.often"), "plan:trial", exclude=fact("dysphagia")),
        rule("urgent", fact("dysphagia"), action("ref:now", urgency="same_day")),
    )
    return edition(FACTS, protocol("p", *rules, define={"often": is_(">=", "days", 2)}, examples=examples), **more)


def survivors(chosen, documents=("protocol:p",)):
    program = compile_edition(chosen)
    outcomes = run(baseline(program), mutants(program, frozenset(documents)), 1, lambda done, number: None)
    return {each.mutant.what for each in outcomes if each.noticed is None}


def test_without_tests_every_mutant_survives_and_each_test_notices_its_own():
    all_of_them = survivors(library())
    assert all_of_them == {
        "days >= 2 -> days < 2",
        "days >= 2 -> days > 2",
        "days >= 2 -> days >= 1",
        "exclude dropped",
        "plan:trial dropped",
        "ref:now dropped",
        "ref:now same_day -> urgent_2w",
    }
    assert survivors(library(EXAMPLES[0])) == all_of_them - {"days >= 2 -> days < 2", "days >= 2 -> days > 2"}
    assert survivors(library(*EXAMPLES)) == {
        "exclude dropped",
        "plan:trial dropped",
        "ref:now dropped",
        "ref:now same_day -> urgent_2w",
    }


def test_an_item_its_urgency_and_what_is_ruled_out_are_noticed_where_a_test_names_them():
    given = {"age": "40 years", "days": "2"}
    first = Example("trouble swallowing", {**given, "dysphagia": "yes"}, urgencies={"ref:now": "same_day"})
    second = Example("a trial", {**given, "dysphagia": "no"}, include=("plan:trial",))
    third = Example("nobody asked", given, held=("plan:trial",))
    assert survivors(library(*EXAMPLES, first, second, third)) == set()


def test_a_test_that_fails_without_any_fault_notices_nothing():
    wrong = Example("wrong", {"age": "40 years", "days": "2", "dysphagia": "no"}, exclude=("plan:trial",))
    assert survivors(library(wrong)) == survivors(library())


def test_a_score_is_tried_by_its_own_tests_first():
    value = is_(">=", "a", 2)
    tests = (
        Example("two", {"a": 2}, scores={"band": "high"}),
        Example("one", {"a": 1}, scores={"band": "low"}),
    )
    bands = {"high": value, "low": is_("<", "a", 2)}
    scores = [score_of("s", [points("a")], fact("a"), bands=bands, examples=tests)]
    assert survivors(library(scores=scores), ("score:s",)) <= {"a < 2 -> a < 1", "a < 2 -> a <= 2"}


def slowly_noticed(mutant, known):
    """Return whether a test fails with a fault, nothing kept from before."""
    program = with_fault(mutant, known.program)
    for tried in known.tries(mutant.document.partition(":")[2]):
        scope = scope_of(program, tried.case)
        decisions = {node.name: judge(node, scope) for node in program.rules}
        plan = plan_of(Decided(scope, spoken(decisions)), tried.case)
        if any(failures(plan, tried.example, scope, tried.protocol)):
            return True
    return False


@pytest.mark.parametrize("name", ["doubtful_values", "paediatric"])
def test_what_is_kept_from_before_changes_no_verdict(name):
    known = baseline(shipped())
    found = mutants(known.program, frozenset({f"protocol:{name}"}))[::9]
    assert found
    for mutant in found:
        noticed = noticed_by(mutant, known)
        assert slowly_noticed(mutant, known) == (noticed is not None and noticed.startswith(f"{name}:")), mutant.name


def test_a_table_that_rules_compare_with_is_read_anew_with_every_mutant():
    known = baseline(shipped())
    assert known.tries("liver")  # what stands behind the comparisons is remembered by now
    found = mutants(known.program, frozenset({"protocol:liver"}))
    (turned,) = (each for each in found if each.what == "band(fib4) = high -> band(fib4) != high")
    assert noticed_by(turned, known) is not None

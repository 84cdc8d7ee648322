"""What was found out for one patient serves the next one who is alike in what a rule reads, and nobody else."""

from fractions import Fraction

import pytest

from engine.conditions import Arithmetic, Latest
from engine.evaluator import evaluate
from engine.explanation import Outcomes, Prospect, asking
from engine.explanation.alike import Likeness, alike
from engine.facts import CaseFacts, Missing, Origin, Value
from tests.engine.builders import ADULT, adult, all_of, defined, fact, is_, program, protocol, rule, yes_no
from tests.engine.explanation.test_what_changes import FERRITIN, LOW, laboratory

SMOKER = rule("smoker", all_of(fact("smoker"), fact("reflux")), "advice:stop")
FACTS = {**FERRITIN, **yes_no("reflux", "dysphagia", "anaemia", "smoker")}


def made(*rules, **more):
    return program(FACTS, protocol("p", *rules, applies=ADULT, **more))


def asked(library, **known):
    seen = Prospect(library, adult(**known))
    return asking(Outcomes(seen), evaluate(library, seen.case))


def shared(library, rule_name, **known):
    return Prospect(library, adult(**known)).common(f"p.{rule_name}")


@pytest.mark.parametrize("value", [5, 29, 30, 31, 400])
def test_who_comes_second_is_asked_what_a_library_that_saw_nobody_asks(value):
    library = made(LOW, SMOKER)
    for earlier in (5, 29, 30, 31, 400, 29):
        asked(library, ferritin=laboratory(earlier))
    assert asked(library, ferritin=laboratory(value)) == asked(made(LOW, SMOKER), ferritin=laboratory(value))


def test_two_values_on_one_side_of_a_threshold_are_alike_to_a_rule_and_two_across_it_are_not():
    library = made(LOW)
    low = shared(library, "low", ferritin=laboratory(12))
    assert shared(library, "low", ferritin=laboratory(29)) is low
    assert shared(library, "low", ferritin=laboratory(30)) is not low
    assert shared(library, "low", ferritin=Missing("queried")) is not low
    assert shared(library, "low") is not shared(library, "low", ferritin=Missing("queried"))


def test_what_a_rule_does_not_read_makes_no_patient_another():
    library = made(LOW, SMOKER)
    found = shared(library, "smoker", ferritin=laboratory(12))
    assert shared(library, "smoker", ferritin=laboratory(300), anaemia=True) is found
    assert shared(library, "smoker", smoker=True) is not found


def test_a_value_that_a_sum_reads_by_another_name_is_alike_to_itself_alone():
    summed = is_(">", Arithmetic("+", defined("p.store"), defined("p.store")), 60)
    library = made(rule("double", summed, "test:store"), define={"store": fact("ferritin")})
    found = shared(library, "double", ferritin=laboratory(31))
    assert shared(library, "double", ferritin=laboratory(32)) is not found
    assert shared(library, "double", ferritin=laboratory(31)) is found


def test_what_was_recorded_by_day_is_like_no_other_patients_and_what_was_not_is_alike():
    library = made(rule("last", is_("<", Latest("ferritin"), 30), "test:again"), SMOKER)
    assert shared(library, "last", ferritin=laboratory(12)) is None
    assert shared(library, "last") is shared(library, "last", smoker=True) is not None


def test_what_the_patient_wrote_is_like_no_other_patients():
    library = made(LOW, SMOKER)
    case = CaseFacts("", None, {"age": Value(Fraction(40), Origin("patient"))})
    seen = Likeness(alike(library), case, written=frozenset({"anaemia"}))
    assert seen.of("p.low") is None
    assert seen.of("p.smoker") is not None


def test_so_many_are_kept_and_the_oldest_goes_first(monkeypatch):
    monkeypatch.setattr("engine.explanation.alike.MOST", 1)
    library = made(LOW, SMOKER)
    first = shared(library, "low", ferritin=laboratory(12))
    for value in (30, 31, 12):
        asked(library, ferritin=laboratory(value))
    assert len(alike(library).met) == 1
    assert shared(library, "low", ferritin=laboratory(12)) is not first
    assert asked(library, ferritin=laboratory(12)) == asked(made(LOW, SMOKER), ferritin=laboratory(12))

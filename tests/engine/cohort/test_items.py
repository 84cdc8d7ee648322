"""The items of a replay are those of the plan: the same codes in the same states, for every case there is."""

from itertools import cycle

import pytest

from bench.lexicon import phrases
from engine.commands.programs import Programs
from engine.commands.replaying import Read, Version
from engine.compiler.mentions import mentions_of
from engine.evaluator import evaluate
from engine.language.cases import read_case
from tests.engine.cohort.test_cohort import PARTS, own_cases, shipped
from tests.engine.content.shipped import library, sample
from tests.engine.content.test_patients import ABOUT_THE_TEST, PATIENTS
from tests.engine.random_programs import a_program, some_cases
from tests.engine.test_random_cases import CASES as RANDOM_PEOPLE

STATES = {"proposed", "held", "blocked"}


def assert_items_of_plans(cases, program=None):
    """Assert that a replay says of each case what its plan says; return all states that came up."""
    made = program or shipped()
    version = Version(Programs(library()), items=True)
    said = version.say([Read(made, each, mentions_of(made, each)) for each in cases])
    plans = [{item.code: item.state for item in evaluate(made, each).items} for each in cases]
    assert [each.items for each in said] == plans
    for code, counted in version.counts.items.items():
        assert counted == {state: sum(plan.get(code) == state for plan in plans) for state in counted}
    return {state for plan in plans for state in plan.values()}


def read(raw):
    known = shipped().edition
    return read_case(raw, known.vocabulary, known.formulary)


@pytest.mark.parametrize("part", range(PARTS))
def test_of_the_cases_of_the_protocols_themselves(part):
    assert assert_items_of_plans(own_cases(part)) == STATES


def test_of_the_sample_patients():
    people = [{key: value for key, value in one.items() if key not in ABOUT_THE_TEST} for one in PATIENTS.values()]
    assert assert_items_of_plans([read(each) for each in (*sample("vignettes"), *people)]) == STATES


@pytest.mark.parametrize("part", range(PARTS))
def test_of_random_people_whatever_they_write_beside_their_answers(part):
    people = list(RANDOM_PEOPLE.values())[part::PARTS]
    texts = cycle([each.text for name in ("held_out", "fresh") for each in phrases(name)][part::PARTS])
    assert assert_items_of_plans([read({**one, "free_text": {"other": next(texts)}}) for one in people]) >= {
        "proposed",
        "held",
    }


@pytest.mark.parametrize("first", range(0, 300, 100))
def test_of_random_programs(first):
    for number in range(first, first + 100):
        assert_items_of_plans(some_cases(number, 4), a_program(number))

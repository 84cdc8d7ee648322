"""A hundred thousand cases at once say the same as one at a time: true, open and false of every rule."""

import os
from collections import Counter
from functools import cache
from itertools import cycle

import numpy as np
import pytest

from bench.lexicon import phrases
from engine import cohort
from engine.cohort.columns import narrow
from engine.compiler import compile_edition
from engine.compiler.walk import scope_of
from engine.evaluator.truths import rule_truths
from engine.language.cases import read_case, read_example
from engine.language.library import edition
from tests.engine.builders import adult, any_of, includes, program, protocol, rule
from tests.engine.cohort.differences import CASES, columns_say, differences, rows_say, signs
from tests.engine.content.shipped import library, sample
from tests.engine.random_programs import a_program, some_cases
from tests.engine.test_random_cases import CASES as RANDOM_PEOPLE

PROGRAMS = int(os.environ.get("PAUTA_RANDOM_PROGRAMS", "2000"))
CHUNK = 50


@pytest.mark.parametrize("first", range(0, PROGRAMS, CHUNK))
def test_columns_say_what_live_decisions_say(first):
    assert list(differences(cohort, range(first, min(first + CHUNK, PROGRAMS)))) == []


def test_random_programs_try_every_truth():
    seen = Counter()
    for number in range(40):
        program, cases = a_program(number), some_cases(number, CASES)
        seen.update(truth for case in cases for truth in rule_truths(program, case))
    assert min(seen[True], seen[False], seen[None]) > 100


# --- the protocols as shipped


@cache
def shipped():
    return compile_edition(edition(library()))


def own_cases(part):
    """Return the cases of the tests that the protocols carry, every so many."""
    known = shipped().edition
    examples = [each for _, protocol in sorted(known.protocols.items()) for each in protocol.examples]
    return [read_example(each.given, known.vocabulary, known.formulary) for each in examples[part::PARTS]]


def assert_same(cases):
    said = columns_say(cohort, shipped(), cases)
    assert said == [rule_truths(shipped(), each) for each in cases]
    assert rows_say(cohort, shipped(), cases) == [signs(shipped(), each) for each in cases]
    return Counter(truth for each in said for truth in each)


PARTS = 8


@pytest.mark.parametrize("part", range(PARTS))
def test_the_cases_of_the_protocols_themselves_come_out_the_same(part):
    seen = assert_same(own_cases(part))
    assert min(seen[True], seen[None], seen[False]) > 50


def test_the_sample_patients_come_out_the_same_free_text_included():
    known = shipped().edition
    cases = [read_case(each, known.vocabulary, known.formulary) for each in sample("vignettes")]
    assert any(case.free_text for case in cases)
    assert_same(cases)


@pytest.mark.parametrize("part", range(PARTS))
def test_whatever_patients_write_beside_their_answers_comes_out_the_same(part):
    known = shipped().edition
    people = list(RANDOM_PEOPLE.values())[part::PARTS]
    texts = cycle([each for name in ("development", "more") for each in phrases(name)][part::PARTS])
    written = [{**one, "free_text": {"other": next(texts).text, "plans": next(texts).text}} for one in people]
    cases = [read_case(each, known.vocabulary, known.formulary) for each in written]
    mentioning = [case for case in cases if scope_of(shipped(), case).unconfirmed]
    assert len(mentioning) > len(cases) / 3
    assert_same(cases)


# --- what is easy to get wrong in columns


def test_more_cases_than_a_word_holds_keep_their_places():
    program, few = a_program(7), some_cases(7, 9)
    cases = [few[number % 9] for number in range(1000)]
    said = columns_say(cohort, program, cases)
    assert said == [said[number % 9] for number in range(1000)]
    assert said[:9] == columns_say(cohort, program, few)


def test_counts_are_those_of_the_single_cases_and_no_case_is_invented():
    program, cases = a_program(3), some_cases(3, 70)
    code, runner = cohort.compiled(program)
    filler = cohort.Filler(code, lambda scope, rules: pytest.fail("nothing was written in free text"))
    for each in cases:
        filler.add(each)
    counted = runner.run(filler.block()).counts()
    single = [rule_truths(program, each) for each in cases]
    for number, (fired, open_, false) in enumerate(counted):
        mine = Counter(truths[number] for truths in single)
        assert (fired, open_, false) == (mine[True], mine[None], mine[False])


def test_answers_about_many_lists_are_forgotten_between_blocks_and_nothing_comes_out_otherwise(monkeypatch):
    monkeypatch.setattr("engine.cohort.answers.KEPT", 1)
    asked = [includes("allergy", "aspirin"), includes("allergy", "mesalazine")]
    library = program({}, protocol("p", rule("r", any_of(*asked), "test:a")))
    code, runner = cohort.compiled(library)
    filler = cohort.Filler(code, lambda scope, rules: ())
    lists = [[], ["aspirin"], ["mesalazine"], ["aspirin", "mesalazine"]]
    said, seen = [], []
    for listed in (*lists, *lists):
        filler.add(adult(allergy=listed))
        said += [fired for fired, _, _ in runner.run(filler.block()).counts()]
        filler.clear()
        seen.append(sum(len(group.answers) for group in filler.answers.groups))
    assert said == [0, 1, 1, 1, 0, 1, 1, 1]
    assert max(seen) < len(lists)


def test_a_block_without_cases_has_no_outcomes():
    code, runner = cohort.compiled(a_program(1))
    found = runner.run(cohort.Filler(code, lambda scope, rules: ()).block())
    assert set(found.counts()) == {(0, 0, 0)}


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([1, 2, np.nan], np.int8),
        ([1, 300], np.int16),
        ([-40_000, 1], np.int32),
        ([3e9, 1], np.float32),
        ([3_000_000_001, 1], np.float64),
        ([0.5, 2.25], np.float32),
        ([0.1, 2], np.float64),
        ([1e300, 0.5], np.float64),
        ([], np.int8),
    ],
)
def test_numbers_are_kept_in_the_narrowest_type_that_holds_them_exactly(values, kind):
    column = narrow(np.array(values, dtype=np.float64))
    assert column.data.dtype == kind
    assert [x for x, known in zip(column.data, ~np.isnan(values), strict=True) if known] == [
        x for x in values if not np.isnan(x)
    ]

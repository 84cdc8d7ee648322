"""What can change a plan, what nothing can, and the smallest change: as trying every answer finds it."""

import os
from fractions import Fraction
from random import Random

from hypothesis import HealthCheck, Phase, given, settings

from engine.evaluator import evaluate
from engine.explanation import Outcomes, Prospect, asking, changes
from engine.explanation.asking import Verdicts
from engine.explanation.outcomes import shown
from tests.engine.explanation.exhaustive import (
    ANSWERS,
    changing,
    drawn_case,
    every_plan,
    open_facts,
    programs,
    with_answers,
)

EXAMPLES = int(os.environ.get("PAUTA_EXPLANATION_EXAMPLES", "20"))
CASES = 25  # of each program: 500 in all
slowly = settings(  # without shrinking, which takes minutes on whole programs
    max_examples=EXAMPLES, deadline=None, phases=(Phase.generate,), suppress_health_check=[HealthCheck.too_slow]
)
ENOUGH = 10**6
CODES = ("ref:now", "rx:aspirin", "test:second", "alert:first", "dx:second")
SCALARS = ("a", "b", "c", "x", "y", "colour")


@slowly
@given(programs())
def test_what_can_change_the_plan_is_what_trying_every_answer_finds(drawn):
    program, seed = drawn
    chance = Random(seed)  # noqa: S311 - cases, not secrets
    for _ in range(CASES):
        names = open_facts(chance)
        agrees(program, drawn_case(chance, names), names)


def agrees(program, known, names):
    rows = every_plan(program, known, names)
    wanted = changing(rows, names)
    outcomes = Outcomes(Prospect(program, known))
    assert outcomes.all() == shown(evaluate(program, known))
    exact = Verdicts(outcomes, work=ENOUGH)
    assert {name for name in exact.bound if exact.on(name)} == wanted
    assert not [name for name in exact.bound if exact.on(name) is None]
    hasty = Verdicts(outcomes, work=0)  # by guesses alone: what it says is true, where it says anything
    for name in names:
        said = hasty.on(name) if name in hasty.bound else False
        assert said is None or said == (name in wanted), name
    found = asking(outcomes, evaluate(program, known))
    assert {each.fact for each in found.questions if each.decided} <= wanted <= {each.fact for each in found.questions}
    assert not found.settled or all(row == rows[(None,) * len(names)] for row in rows.values())


@slowly
@given(programs())
def test_the_smallest_change_of_one_answer_is_the_nearest_of_all(drawn):
    program, seed = drawn
    chance = Random(seed)  # noqa: S311 - cases, not secrets
    for _ in range(CASES // 5):
        known, code = drawn_case(chance), chance.choice(CODES)
        found = {each.fact: each for each in changes(Prospect(program, known), code)}
        now = shown(evaluate(program, known)).get(code)
        for name in SCALARS:
            nearest = nearest_by_trying(program, known, code, name)
            assert (name in found) == (nearest is not None), (name, code)
            if name in found:
                assert found[name].distance == nearest
                after = shown(evaluate(program, with_answers(known, {name: found[name].after}))).get(code)
                assert after == found[name].state != now


def nearest_by_trying(program, known, code, name):
    now, value = shown(evaluate(program, known)).get(code), known.values[name].value
    others = [each for each in ANSWERS[name] if each != value]
    flips = [each for each in others if shown(evaluate(program, with_answers(known, {name: each}))).get(code) != now]
    apart = [Fraction(abs(each - value), 6) if isinstance(value, Fraction) else Fraction(1) for each in flips]
    return min(apart, default=None)

"""The order of questions is that of least expected cost, as trying every sequence finds it; what is near, is."""

import os
from fractions import Fraction
from itertools import product
from random import Random

from hypothesis import HealthCheck, Phase, given, settings

from engine.evaluator import evaluate
from engine.explanation import Outcomes, Prospect, asking, fragility
from engine.explanation.asking import Verdicts, expected
from engine.explanation.outcomes import shown
from engine.facts import FactSpec
from tests.engine.builders import ADULT, adult, all_of, any_of, both, fact, not_, program, protocol, rule, yes_no
from tests.engine.explanation.exhaustive import drawn_case, every_plan, programs, with_answers
from tests.engine.programs import FLAGS

EXAMPLES = int(os.environ.get("PAUTA_EXPLANATION_EXAMPLES", "20"))
CASES = 10
slowly = settings(
    max_examples=EXAMPLES, deadline=None, phases=(Phase.generate,), suppress_health_check=[HealthCheck.too_slow]
)


def settled(rows, key):
    """Return whether the plan is the same with all further answers: every completion is looked at."""
    open_ = [index for index, answer in enumerate(key) if answer is None]
    choices = [[key[index]] if index not in open_ else sorted({each[index] for each in rows}, key=str)
               for index in range(len(key))]  # fmt: skip
    return all(rows[each] == rows[key] for each in product(*choices))


def cost_from(rows, key, costs, index):
    """Return what it costs on average to ask this next, and then whatever is cheapest."""
    answers = [each for each in {row[index] for row in rows} if each is not None]
    after = [cheapest(rows, (*key[:index], each, *key[index + 1 :]), costs) for each in answers]
    return costs[index] + sum(after, Fraction(0)) / len(after)


def cheapest(rows, key, costs):
    if settled(rows, key):
        return Fraction(0)
    return min((cost_from(rows, key, costs, index) for index, each in enumerate(key) if each is None), default=0)


@slowly
@given(programs())
def test_the_first_question_begins_the_cheapest_of_all_sequences(drawn):
    made, seed = drawn
    chance = Random(seed)  # noqa: S311 - cases, not secrets
    for _ in range(CASES):
        known = drawn_case(chance, FLAGS)
        outcomes = Outcomes(Prospect(made, known))
        exact = Verdicts(outcomes, work=10**6)
        names = [name for name in FLAGS if name in exact.bound and exact.on(name)]
        costs = {name: Fraction(chance.randint(1, 4)) for name in names}
        said = expected(outcomes, costs, exact)
        rows = every_plan(made, known, names)
        start, each = (None,) * len(names), list(costs.values())
        tried = {name: cost_from(rows, start, each, index) for index, name in enumerate(names)}
        assert said in (tried, {})  # nothing: too much to be tried for one case
        if said and set(costs.values()) == {Fraction(1)}:
            first = asking(outcomes, evaluate(made, known)).questions[0]
            assert tried[first.fact] == min(tried.values())


def test_a_dearer_question_that_settles_more_is_asked_before_a_cheaper_one():
    """With ``c`` no only ``a`` matters, with yes only ``b``: whoever begins with ``c`` asks two of the three."""
    either = any_of(all_of(fact("a"), not_(fact("c"))), all_of(fact("b"), fact("c")))
    dearer = {**yes_no("a", "b"), "c": FactSpec("c", "yes_no", both("c"), cost=Fraction(5, 4))}
    made = program(dearer, protocol("p", rule("r", either, "test:a"), applies=ADULT))
    seen = Outcomes(Prospect(made, adult()))
    assert asking(seen, evaluate(made, seen.prospect.case)).questions[0].fact == "c"


@slowly
@given(programs())
def test_a_value_told_to_be_near_makes_the_plan_another_on_the_other_side(drawn):
    made, seed = drawn
    chance = Random(seed)  # noqa: S311 - cases, not secrets
    for _ in range(CASES):
        known = drawn_case(chance)
        now = shown(evaluate(made, known))
        for near in fragility(Prospect(made, known)):
            after = shown(evaluate(made, with_answers(known, {near.fact: near.other})))
            assert {code for code in {*now, *after} if now.get(code) != after.get(code)} == set(near.items)
            assert abs(near.other - near.value) <= near.margin

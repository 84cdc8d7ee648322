"""What becomes of an item is the same for the solver as for the evaluator: its state, its doses, whether it waits."""

import random
from functools import cache

import pytest
import z3

from engine.analysis.aspects import Version
from engine.analysis.conditions import encoder_of
from engine.analysis.items import Plans
from engine.compiler import compile_edition
from engine.evaluator import evaluate
from tests.engine.analysis.drugs import a_patient, a_pharmacy
from tests.engine.analysis.people import someone
from tests.engine.analysis.shipped import program
from tests.engine.analysis.test_encoder import model_of, solver_of


def settled(made):
    """Return a program as the solver has it, with a solver that knows what is true of everybody."""
    version = Version(Plans(encoder_of(made)))
    for code in version.finals:
        version.is_open(code)
    return version, solver_of(version.plans.encoder)


@cache
def shipped():
    return settled(program())


def unlike(version, solver, case):
    """Return each item that the solver has otherwise than the evaluator; no terms, which nobody can print."""
    model, made = model_of(version.plans.encoder, case, solver), version.plans.encoder.program
    plan = evaluate(made, case)
    items, waiting = {item.code: item for item in plan.items}, {(each.protocol, each.rule) for each in plan.open_rules}
    pairs = {code: (_said(version, code, model), _seen(code, items, waiting, made)) for code in version.finals}
    return {code: pair for code, pair in pairs.items() if pair[0] != pair[1]} | {
        code: "unknown" for code in items if code not in version.finals
    }


def _said(version, code, model):
    final, holds = version.final(code), lambda term: z3.is_true(model.eval(term, True))
    states = [name for name in ("proposed", "held", "blocked") if holds(getattr(final, name))]
    if not states:
        return ["open" if holds(version.is_open(code)) else "absent"]
    doses = {drug: [str(each) for each, here in choice.items() if holds(here)] for drug, choice in final.doses.items()}
    given = {drug: each for drug, each in sorted(doses.items()) if each != ["None"]}
    return [*states, {} if states == ["blocked"] else given]


def _seen(code, items, waiting, made):
    if code not in items:
        giving = (node for node in made.rules if any(action.code == code for action in node.rule.actions))
        return ["open" if any((node.protocol.name, node.rule.name) in waiting for node in giving) else "absent"]
    item = items[code]
    given = {each.ingredient: [f"{each.dose} {each.frequency}"] for each in item.doses}
    return [item.state, {} if item.state == "blocked" else given]


@pytest.mark.parametrize("number", range(200, 240))
def test_every_item_of_the_shipped_library_is_what_the_evaluator_makes_of_it(number):
    assert unlike(*shipped(), someone(program(), random.Random(number))) == {}  # noqa: S311


@pytest.mark.parametrize("number", range(30))
def test_every_item_of_a_random_pharmacy_is_what_the_evaluator_makes_of_it(number):
    version, solver = settled(compile_edition(a_pharmacy(number)))
    assert [found for person in range(20) if (found := unlike(version, solver, a_patient(person)))] == []

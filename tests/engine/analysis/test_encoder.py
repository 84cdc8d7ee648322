"""The solver's reading of a program is the evaluator's: on programs and cases nobody thought of, rule by rule."""

import random
from functools import cache

import pytest
import z3
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.analysis.conditions import encoder_of
from engine.analysis.items import Plans
from engine.analysis.rails import every
from engine.compiler import compile_edition
from engine.compiler.walk import rule_truth, scope_of
from engine.evaluator import evaluate
from tests.engine.analysis.people import someone
from tests.engine.analysis.pins import pinned
from tests.engine.analysis.shipped import plans as shipped_plans
from tests.engine.analysis.shipped import program
from tests.engine.programs import built, cases, protocols


def rails_of(model, rails):
    return z3.is_true(model.eval(rails.true, True)), z3.is_true(model.eval(rails.false, True))


def solver_of(encoder):
    """Return what is true of everybody, said to the solver once for all cases of a program."""
    solver = z3.SimpleSolver()
    solver.add(every(encoder.world.domain))
    return solver


def model_of(encoder, case, solver):
    """Return the only state the solver knows of this case; a domain that shuts out a real patient proves too much."""
    solver.push()
    solver.add(every(pinned(encoder, case)))
    assert solver.check() == z3.sat, "the domain shuts out a patient whom the evaluator knows"
    model = solver.model()
    solver.pop()
    return model


@cache
def shipped_solver():
    return solver_of(shipped_plans().encoder)


def expected(truth):
    return truth is True, truth is False


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(protocols(), st.lists(cases, min_size=25, max_size=25))
def test_every_rule_of_a_random_program_has_the_same_truth_in_the_solver(drawn, people):
    program = compile_edition(built(*drawn))
    plans = Plans(encoder_of(program))
    solver = solver_of(plans.encoder)
    for case in people:
        model, scope = model_of(plans.encoder, case, solver), scope_of(program, case)
        for node in program.rules:
            assert rails_of(model, plans.encoder.rule(node.name)) == expected(rule_truth(node.name, scope)), node.name


@pytest.mark.parametrize("number", range(40))
def test_the_shipped_rules_have_the_same_truth_in_the_solver(number):
    shipped, case = shipped_plans(), someone(program(), random.Random(number))  # noqa: S311 - the same people every time
    model, scope = model_of(shipped.encoder, case, shipped_solver()), scope_of(program(), case)
    for node in program().rules:
        assert rails_of(model, shipped.encoder.rule(node.name)) == expected(rule_truth(node.name, scope)), node.name


@pytest.mark.parametrize("number", range(100, 130))
def test_what_the_evaluator_proposes_the_solver_may_propose(number):
    """A statement about what is never proposed is proved of the solver's plan: it must hold all of the evaluator's."""
    shipped, case = shipped_plans(), someone(program(), random.Random(number))  # noqa: S311
    model = model_of(shipped.encoder, case, shipped_solver())
    holds = lambda term: z3.is_true(model.eval(term, True))  # noqa: E731
    states = {item.code: item.state for item in evaluate(program(), case).items}
    for code, item in shipped.items.items():
        brought = any(holds(each) for each in shipped.added.get(code, ()))
        if states.get(code) == "proposed":
            assert holds(item.proposed) or brought, code
        if states.get(code) == "blocked":
            assert not holds(item.proposed), code
        if code not in states:
            assert not any(map(holds, (item.proposed, item.held, item.blocked))), code
        elif not item.drugs:
            assert brought or holds(item.proposed) == (states[code] == "proposed"), code

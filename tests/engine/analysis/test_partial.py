"""What is said of half-known scores is what the evaluator says: it shuts out nobody, and leaves no band free."""

import random
from functools import cache

import pytest
import z3

from engine.analysis.conditions import Encoder
from engine.analysis.partial import say_partial
from engine.analysis.rails import every
from engine.analysis.world import World
from engine.compiler.program import Scope
from engine.compiler.walk import scope_of, state
from tests.engine.analysis.people import someone
from tests.engine.analysis.pins import pinned
from tests.engine.analysis.shipped import program

CASES = 60


@cache
def encoded():
    """Return an encoder of every shipped score of which more can be said, and what is true of everybody."""
    encoder, said = Encoder(World(program()), Scope(program(), {})), {}
    for name, score in program().scores.items():
        terms = encoder.score(name)
        more = list(say_partial(terms, score))
        if more:
            said[name] = more
    solver = z3.SimpleSolver()
    solver.add(every([*encoder.world.domain, *(each for more in said.values() for each in more)]))
    return encoder, sorted(said), solver


def checked(solver, *terms):
    solver.push()
    solver.add(every(terms))
    found = solver.check()
    solver.pop()
    return found


def bands_of(terms, found):
    known, may = terms.bands
    if found.bands is None:
        return [z3.Not(known)]
    return [known, *(may[band] == ((band or None) in found.bands) for band in may)]


def test_more_is_said_of_a_good_part_of_the_shipped_scores():
    assert {"iron_status", "child_pugh", "stool_alarm"} <= set(encoded()[1])
    assert len(encoded()[1]) >= 15


@pytest.mark.parametrize("seed", range(4))
def test_no_patient_the_evaluator_knows_is_shut_out(seed):
    encoder, _, solver = encoded()
    pick = random.Random(seed)  # noqa: S311 - patients, not secrets
    for _ in range(CASES // 4):
        assert checked(solver, *pinned(encoder, someone(program(), pick))) == z3.sat


@pytest.mark.parametrize("name", ["iron_status", "stool_alarm", "child_pugh"])
def test_bands_of_a_half_known_patient_are_decided_and_are_the_evaluators(name):
    encoder, said, solver = encoded()
    assert name in said
    pick = random.Random(name)  # noqa: S311 - patients, not secrets
    terms = encoder.scores[name]
    for _ in range(CASES // 3):
        case = someone(program(), pick)
        facts = [each for each in pinned(encoder, case) if not _speaks_of_a_score(each)]
        as_found = every(bands_of(terms, state(name, scope_of(program(), case))))
        assert checked(solver, *facts, as_found) == z3.sat
        assert checked(solver, *facts, z3.Not(as_found)) == z3.unsat


def _speaks_of_a_score(term):
    if z3.is_const(term) and term.decl().kind() == z3.Z3_OP_UNINTERPRETED:
        return term.decl().name().startswith("score ")
    return any(_speaks_of_a_score(each) for each in term.children())

"""One case said to the solver: every variable held to what the case records, so that a rule's rails have one value."""

from fractions import Fraction

import z3

from engine.analysis.spans import BEYOND, term
from engine.compiler.intervals import INFINITE
from engine.compiler.reading import of_series
from engine.compiler.walk import scope_of, state
from engine.facts import CodeSet, Missing, Value


def pinned(encoder, case):
    """Return what holds of this case: its facts, its lists, and the states the evaluator gives its scores."""
    world, scope = encoder.world, scope_of(encoder.program, case)
    said = []
    for name, known in world.known.items():
        value = case.values.get(name)
        said.append(known == isinstance(value, Value))
        if isinstance(value, Value):
            said.append(_is(world, name, value.value))
    for name, listed in world.lists.items():
        value = case.values.get(name)
        held = value.codes if isinstance(value, CodeSet) else frozenset()
        said += [listed.recorded == isinstance(value, CodeSet)]
        said += [listed.complete == (isinstance(value, CodeSet) and value.complete)]
        said += [variable == (code in held) for code, variable in listed.codes.items()]
        said.append(z3.Bool(f"any {name}") == bool(held))
    said += [z3.Bool(f"queried {name}") == _is_queried(case.values.get(name)) for name in sorted(world.asked)]
    said += [z3.Bool(doubt) == _is_doubtful(doubt, case) for doubt in sorted(world.doubts)]
    for name, score in encoder.scores.items():
        said += _score(score, state(name, scope))
    for (expr, red), span in encoder.readings.items():
        said += _reading(span, of_series(expr, scope, red=red))
    return said


def _is_queried(value):
    return isinstance(value, Missing) and value.because == "queried"


def _is_doubtful(doubt, case):
    _, name, code = doubt.split(" ")
    value = case.values.get(name)
    return isinstance(value, CodeSet) and code in value.mentioned


def _reading(span, found):
    yield span.known == (found is not None)
    if found is not None:
        yield span.low == term(_end(found.low))
        yield span.high == term(_end(found.high))


def _is(world, name, value):
    variable = world.value(name)
    if isinstance(value, bool):
        return variable == value
    if isinstance(value, str):
        codes = world.choices(name)
        return variable == (codes.index(value) if value in codes else -1)
    return variable == (term(value) if isinstance(value, Fraction) else value.toordinal())


def _score(terms, found):
    low, high = (term(end) for end in map(_end, (found.value.low, found.value.high)))
    sure, may = terms.bands
    yield terms.span.low == low
    yield terms.span.high == high
    yield sure == (found.bands is not None)
    for band, variable in may.items():
        yield variable == (found.bands is None or (band or None) in found.bands)
    yield terms.sure_code == (found.codes is not None)
    for code, variable in terms.may.items():
        yield variable == (found.codes is not None and code in found.codes)


def _end(value):
    if value in (INFINITE, -INFINITE):
        return BEYOND if value > 0 else -BEYOND
    return Fraction(value)

"""What the evaluator says of a score for one patient, made a truth about many: for a formula no solver can reckon with.

Where the value only rises (or falls) with an input, what holds at one patient holds of everybody beyond. Each of these
is sound whatever the formula is, so adding them never makes a proof of something that is not so.
"""

from collections.abc import Iterator
from fractions import Fraction

import z3

from engine.analysis.formulas import Input
from engine.analysis.rails import every, no
from engine.analysis.scores import SLACK, ScoreTerms, end_term, in_state
from engine.analysis.spans import term
from engine.compiler.program import UNKNOWN, Given, Scope, ScoreProgram
from engine.compiler.walk import bound_value, state


def lemmas_of(name: str, terms: ScoreTerms, scope: Scope) -> Iterator[z3.BoolRef]:
    """Yield what the state of a score in one case says about all cases."""
    program, found = scope.program.scores[name], state(name, scope)
    given = _given(program, scope)
    if found.result.status == "reject_or_query":
        return  # for a reason that others with the same inputs need not have
    yield z3.Implies(same(name, terms, scope), in_state(terms, found))
    if found.result.status == "ok" and all(step in (1, 0, -1) for step in program.rising):
        low, high = _beyond(program, terms, given, 1), _beyond(program, terms, given, -1)
        yield z3.Implies(every((terms.whole, low)), terms.span.low >= end_term(found.value.low, -SLACK))
        yield z3.Implies(every((terms.whole, high)), terms.span.high <= end_term(found.value.high, SLACK))


def same(name: str, terms: ScoreTerms, scope: Scope) -> z3.BoolRef:
    """Return that every input of a score is what it is in one case, so that its state is the same too."""
    program = scope.program.scores[name]
    given = zip(program.names, _given(program, scope), strict=True)
    inputs = (_is(terms.inputs[key], value) for key, value in given)
    return every((no(terms.asked), *inputs, *_of_age(program, terms, scope)))


def _given(program: ScoreProgram, scope: Scope) -> list[Given]:
    return [bound_value(program, item, scope) for item in program.score.inputs.values()]


def _of_age(program: ScoreProgram, terms: ScoreTerms, scope: Scope) -> Iterator[z3.BoolRef]:
    """Yield that the score is open to somebody as it was to this patient: the same answers of a child say nothing."""
    if program.score.adults_only:
        yield terms.adult if scope.adult else no(terms.adult)


def _is(item: Input, value: Given) -> z3.BoolRef:
    """Return that an input is what it is in this case, unknown included."""
    if value is UNKNOWN or value is None:
        return no(item.given)
    return every((item.given, _equals(item, value)))


def _equals(item: Input, value: object) -> z3.BoolRef:
    if isinstance(item.value, dict | z3.ExprRef) and isinstance(value, str):
        return item.value[value] if isinstance(item.value, dict) and value in item.value else z3.BoolVal(False)
    if isinstance(value, bool):
        return item.value == value
    if isinstance(value, int | float | Fraction):
        return item.value == term(Fraction(value))
    return z3.BoolVal(False)  # a list: nothing is said about others


def _beyond(program: ScoreProgram, terms: ScoreTerms, given: list[Given], direction: int) -> z3.BoolRef:
    """Return that every input is where the value is at least (``direction`` 1) or at most (-1) what it is here."""
    parts = []
    for name, value, step in zip(program.names, given, program.rising, strict=True):
        item = terms.inputs[name]
        if step == 0:
            continue
        if isinstance(value, int | float | Fraction) and not isinstance(value, bool) and z3.is_arith(item.value):
            limit = term(Fraction(value))
            parts.append(item.value >= limit if step == direction else item.value <= limit)
        else:
            parts.append(_is(item, value))
    return every(parts)

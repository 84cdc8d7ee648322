"""The state of a score while inputs are unknown, as terms: every completion that the evaluator tries.

Where that is written down, what two versions of a score say of a half-known patient is known exactly. It takes some
hundred terms a score, so it is for those that a question is about, such as the ones that two versions have otherwise.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from math import prod

import z3

from engine.analysis.formulas import Formula, Input, TooHard
from engine.analysis.rails import every, no, some
from engine.analysis.scores import ScoreTerms, filled, nothing
from engine.compiler.program import ScoreProgram

MOST = 256  # completions of one score

Outcome = tuple[object, dict[str, z3.BoolRef]]  # value and bands


def say_partial(terms: ScoreTerms, program: ScoreProgram) -> Iterator[z3.BoolRef]:
    """Yield what bands and codes a score may still have; nothing if completions are many or no solver reckons them."""
    if not terms.exact or program.score.doubtful or prod(map(len, program.choices)) > MOST:
        return
    try:
        outcomes = list(_outcomes(terms, program))
    except TooHard:
        return
    here = every((terms.adult, no(terms.asked), terms.fine))
    yield z3.Implies(no(terms.fine), nothing(terms))
    yield from _bands(terms, program, here, [bands for _, bands in outcomes])
    codes = [value for value, _ in outcomes if isinstance(value, Mapping)]
    if len(codes) == len(outcomes):
        yield from _codes(terms, here, codes)


def _outcomes(terms: ScoreTerms, program: ScoreProgram) -> Iterator[Outcome]:
    tried = [
        [filled(item, choice) for choice in _choices(item, choices)]
        for item, choices in zip(terms.inputs.values(), program.choices, strict=True)
    ]
    for chosen in product(*tried):
        formula = Formula(program.score, dict(zip(terms.inputs, chosen, strict=True)))
        value = None if program.score.value is None else formula.term(program.score.value)
        yield value, formula.bands()


def _choices(item: Input, choices: tuple[object, ...]) -> tuple[object, ...]:
    return choices[:1] if item.optional else choices  # what may stay out is not tried


def _bands(
    terms: ScoreTerms, program: ScoreProgram, here: z3.BoolRef, tried: list[dict[str, z3.BoolRef]]
) -> Iterator[z3.BoolRef]:
    """Yield which bands are possible: where an unknown input has values between those tried, only one is sure."""
    known, may = terms.bands
    held = {band: [bands[band] for bands in tried] for band in may}
    one = some(every(each) for each in held.values())
    items = zip(terms.inputs.values(), program.discrete, strict=True)
    sure = some((one, every(item.given for item, discrete in items if not discrete and not item.optional)))
    yield z3.Implies(here, known == sure)
    yield from (z3.Implies(every((here, sure)), may[band] == some(each)) for band, each in held.items())


def _codes(terms: ScoreTerms, here: z3.BoolRef, tried: list[Mapping[str, z3.BoolRef]]) -> Iterator[z3.BoolRef]:
    codes = frozenset(code for each in tried for code in each)
    sure, may = terms.codes(codes)
    yield z3.Implies(here, sure)
    for code in sorted(codes):
        yield z3.Implies(here, may[code] == some(each[code] for each in tried if code in each))

"""A few patients of whom a score is known that no solver can reckon: somebody to be shown is looked for among them."""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import product

import z3

from engine.analysis.lemmas import lemmas_of, same
from engine.analysis.rails import some
from engine.analysis.scores import ScoreTerms
from engine.analysis.witness import read
from engine.compiler.program import Program, ScoreProgram
from engine.compiler.walk import scope_of
from engine.conditions import Name
from engine.errors import PautaError
from engine.facts import FactSpec
from engine.units import written

MOST = 32  # patients of one score
DIGITS = 3  # of a value between the ends of a range
PARTS = (Fraction(3, 4), Fraction(1, 4), Fraction(1, 2))  # of a range, beside what is typical


def tabulate(name: str, terms: ScoreTerms, program: Program) -> tuple[z3.BoolRef, list[z3.BoolRef]]:
    """Return that somebody is one of these patients, and what the evaluator says of the score of each."""
    found, said = [], []
    for given in _people(program.scores[name], program):
        try:
            scope = scope_of(program, read(given, program).facts)
        except PautaError:
            continue
        found.append(same(name, terms, scope))
        said += list(lemmas_of(name, terms, scope))[:1]
    return some(found), said


def _people(score: ScoreProgram, program: Program) -> Iterator[Mapping[str, object]]:
    """Yield what is given of each patient: few values of every fact, in all combinations."""
    facts: dict[str, FactSpec] = {}
    for item in score.score.inputs.values():
        if not isinstance(item.bind, Name) or item.bind.kind != "fact":
            return
        facts[item.bind.name] = program.edition.vocabulary.facts[item.bind.name]
    if any(spec.type not in ("yes_no", "choice", "integer", "decimal", "quantity") for spec in facts.values()):
        return
    for few in range(1 + len(PARTS), 0, -1):
        tried = [_values(spec)[:few] if spec.range else _values(spec) for spec in facts.values()]
        people = list(product(*tried))
        if len(people) <= MOST:
            yield from (dict(zip(facts, each, strict=True)) for each in people)
            return


def _values(spec: FactSpec) -> list[str]:
    if spec.type == "yes_no":
        return ["no", "yes"]
    if spec.type == "choice":
        return sorted(spec.choices)
    if spec.range is None:
        return []
    found = [spec.typical] if isinstance(spec.typical, Fraction) else []
    found += [_between(*spec.range, part, whole=spec.type == "integer") for part in PARTS]
    return [" ".join(part for part in (written(value), spec.unit) if part) for value in dict.fromkeys(found)]


def _between(low: Fraction, high: Fraction, part: Fraction, *, whole: bool) -> Fraction:
    """Return a value between two ends: of a range of several powers of ten not where most of it is."""
    if low > 0:
        value = Fraction(f"{float(low) * float(high / low) ** float(part):.{DIGITS - 1}g}")
    else:
        value = low + (high - low) * part
    return Fraction(round(value)) if whole else value

"""Numbers that cannot be meant: limits that no accepted value crosses, and one number under two units.

What a case may hold of a fact is known without a solver: its range, and what is plausible in a unit it may be given in.
"""

from collections.abc import Iterator, Mapping
from fractions import Fraction
from itertools import combinations
from typing import Literal, NamedTuple

from engine.analysis.bands import Cut, cuts_of
from engine.compiler.program import Program, Scope
from engine.conditions import Expr, Name, nodes
from engine.doses import in_unit
from engine.errors import Place
from engine.facts import FactSpec, UnitRule
from engine.language.documents import ScoreInput
from engine.units import written

DAILY = "_daily_dose"  # a fact of this name is what is taken of a medicine in a day
APART = Fraction(4)  # the product of both ends' ratios: plausible values of two units that are twice as high in one


class Mistaken(NamedTuple):
    """What is wrong with a number of a fact or a medicine.

    ``beyond``: no value is on the other side of a limit; ``units``: two numbers or units contradict each other;
    ``most``: a rule watches the daily dose of a medicine from another dose than its daily maximum on.
    """

    kind: Literal["beyond", "units", "most"]
    subject: str
    said: str
    place: Place


def mistaken(program: Program) -> Iterator[Mistaken]:
    """Yield the numbers of a program that cannot be meant."""
    facts = program.edition.vocabulary.facts
    for name, cuts in sorted(_cuts(program).items()):
        spec = facts[name]
        if spec.type in ("integer", "decimal", "quantity"):
            yield from _beyond(spec, cuts)
            yield from _same_number(spec, cuts)
            yield from _maximum(spec, cuts, program)
    for spec in facts.values():
        yield from _units_apart(spec)
    for score in program.scores.values():
        for item in score.score.inputs.values():
            yield from _factors_apart(item, score.score.name, facts)


def _cuts(program: Program) -> dict[str, dict[Cut, Place]]:
    """Return the limits that anything in the library compares a fact with, each with the first place."""
    found: dict[str, dict[Cut, Place]] = {}
    scope = Scope(program, {})
    for node in (node for expr in _expressions(program) for node in nodes(expr)):
        for name, cut in cuts_of(node, scope):
            if name.kind == "fact":
                found.setdefault(name.name, {}).setdefault(cut, node.place)
    return found


def _expressions(program: Program) -> Iterator[Expr]:
    """Yield every condition and number of rules, definitions, scores and safety that reads facts."""
    formulary = program.edition.formulary
    yield from program.definitions.values()
    for node in program.rules:
        yield from node.conditions
    for score in program.scores.values():
        yield from (item.bind for item in score.score.inputs.values() if item.bind is not None)
    for group in (formulary.medicines, formulary.regimens):
        yield from (condition.when for each in group.values() for condition in each.safety)


def accepted(spec: FactSpec) -> tuple[Fraction | None, Fraction | None]:
    """Return the least and the greatest value that a case may hold of a fact, None where nothing limits it."""
    own = spec.units.get(spec.unit or "") or UnitRule(spec.unit or "", Fraction(1))
    rules = (own, *spec.units.values())
    low, high = spec.range or (None, None)
    if any(rule.plausible is None for rule in rules):
        return low, high
    ends = [_plausible(rule) for rule in rules]
    least, most = min(one for one, _ in ends), max(other for _, other in ends)
    return least if low is None else max(low, least), most if high is None else min(high, most)


def _plausible(rule: UnitRule) -> tuple[Fraction, Fraction]:
    """Return what is plausible in a unit, in the fact's own."""
    low, high = sorted(end * rule.factor + rule.offset for end in rule.plausible or ())
    return low, high


def _beyond(spec: FactSpec, cuts: Mapping[Cut, Place]) -> Iterator[Mistaken]:
    low, high = accepted(spec)
    for (limit, above), place in sorted(cuts.items()):
        under = low is not None and (limit < low or (limit == low and not above and (low, True) not in cuts))
        over = high is not None and (limit > high or (limit == high and above and (high, False) not in cuts))
        if under or over:
            ends = " .. ".join("?" if end is None else written(end) for end in (low, high))
            said = f"{_amount(limit, spec)}: a case may hold {ends}"
            yield Mistaken("beyond", spec.name, said, place)


def _same_number(spec: FactSpec, cuts: Mapping[Cut, Place]) -> Iterator[Mistaken]:
    """Yield two limits of a fact of which one is the other with its unit exchanged."""
    given = {rule.factor: rule.unit for rule in spec.units.values() if not rule.offset}
    factors = {Fraction(1): spec.unit or "", **given}
    limits = {limit: place for (limit, _), place in sorted(cuts.items())}
    for one, other in combinations(sorted(limit for limit in limits if limit > 0), 2):
        for first, second in combinations(sorted(factors), 2):
            if one * second == other * first:
                said = f"{written(one / first)} {factors[first]} here, {written(one / first)} {factors[second]} at "
                yield Mistaken("units", spec.name, f"{said}{limits[other]}", limits[one])


def _maximum(spec: FactSpec, cuts: Mapping[Cut, Place], program: Program) -> Iterator[Mistaken]:
    """Yield a medicine whose daily maximum lies above every dose at which a rule does something about it."""
    medicine = program.edition.formulary.medicines.get(spec.name.removesuffix(DAILY))
    if medicine is None or medicine.max_daily is None or not spec.name.endswith(DAILY):
        return
    most = in_unit(medicine.max_daily, spec.unit or "")
    highest = max(limit for limit, _ in cuts)
    if most is not None and most > highest:
        said = f"{_amount(most, spec)} a day at most, and rules watch its dose from {_amount(highest, spec)} on"
        place = next(place for (limit, _), place in sorted(cuts.items()) if limit == highest)
        yield Mistaken("most", medicine.code, said, place)


def _units_apart(spec: FactSpec) -> Iterator[Mistaken]:
    """Yield two units of a fact of which one is held for plausible where the other is not."""
    for one, other in combinations([rule for rule in spec.units.values() if rule.plausible is not None], 2):
        (low, high), (least, most) = _plausible(one), _plausible(other)
        if min(low, high, least, most) > 0 and not 1 / APART < (least / low) * (most / high) < APART:
            said = f"plausible are {_ends(low, high)} {spec.unit} by {one.unit}, {_ends(least, most)} by {other.unit}"
            yield Mistaken("units", spec.name, said, spec.place)


def _factors_apart(item: ScoreInput, score: str, facts: Mapping[str, FactSpec]) -> Iterator[Mistaken]:
    """Yield two units of a score's input that are to each other as the same units of its fact are not."""
    if not isinstance(item.bind, Name) or item.bind.kind != "fact":
        return
    spec = facts[item.bind.name]
    shared = [unit for unit in item.units if unit in spec.units and not spec.units[unit].offset]
    for one, other in combinations(shared, 2):
        there, here = item.units[one] / item.units[other], spec.units[one].factor / spec.units[other].factor
        if not Fraction(99, 100) < there / here < Fraction(101, 100):
            said = f"{one} is {written(here)} {other} here, {written(there)} {other} in the score {score}"
            yield Mistaken("units", spec.name, said, spec.place)


def _amount(value: Fraction, spec: FactSpec) -> str:
    return " ".join(part for part in (written(value), spec.unit) if part)


def _ends(low: Fraction, high: Fraction) -> str:
    return f"{written(low)} .. {written(high)}"

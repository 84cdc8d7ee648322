"""How near a known value is to a threshold at which the plan would be another: "ferritin 29, rule at 30".

A value is fragile if moving it by what it may plausibly be wrong changes an item. Laboratory values: a tenth, which
is about what analysis and the body's own variation make of a second sample of the same person (5 to 15 % for what
the library reads). Other quantities, measured or reported with a unit: a fiftieth, and at least one step. Counts and
scales: one step. The age is known exactly.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from engine.explanation.answers import HYPOTHESIS, Answers
from engine.explanation.changing import whole_groups
from engine.explanation.outcomes import Outcome, come_to
from engine.explanation.prospects import Prospect
from engine.facts import FactSpec, Value

LABORATORY = Fraction(1, 10)
MEASURED = Fraction(1, 50)


@dataclass(frozen=True, slots=True)
class Near:
    """A value close to a threshold: ``other`` is the nearest value beyond it, ``items`` the codes that it changes.

    ``distance`` is how far it is in units of the plausible error ``margin``: at most 1.
    """

    fact: str
    value: Fraction
    threshold: Fraction
    other: Fraction
    margin: Fraction
    distance: Fraction
    items: tuple[str, ...]


def fragility(prospect: Prospect) -> tuple[Near, ...]:
    """Return the values of a case that are near a threshold which would change an item, nearest first."""
    found = [near for fact in sorted(prospect.case.values) for near in _near(prospect, fact)]
    return tuple(sorted(found, key=lambda each: (each.distance, each.fact)))


def margin_of(spec: FactSpec, value: Value, step: Fraction) -> Fraction:
    """Return the plausible error of a value, in the unit of its fact; 0 for what is known exactly."""
    if spec.name == "age" or not isinstance(value.value, Fraction):
        return Fraction(0)
    if spec.type != "quantity":
        return step
    share = LABORATORY if value.origin.section == "labs" else MEASURED
    return max(share * abs(value.value), step)


def _near(prospect: Prospect, fact: str) -> Iterator[Near]:
    """Yield the nearest threshold on each side of a value, if it is within the error and changes something."""
    spec, value = prospect.program.edition.vocabulary.facts.get(fact), prospect.case.values.get(fact)
    if spec is None or not isinstance(value, Value) or not isinstance(value.value, Fraction) or fact in prospect.open:
        return
    known, now = prospect.known.answers(fact), value.value
    margin = margin_of(spec, value, known.step)
    for side in (1, -1):
        changing = ((other, mark, _changed(prospect, fact, other)) for other, mark in _beyond(known, now, margin, side))
        for other, mark, items in islice((each for each in changing if each[2]), 1):
            yield Near(fact, now, mark, other, margin, abs(other - now) / margin, items)


def _beyond(known: Answers, now: Fraction, margin: Fraction, side: int) -> Iterator[tuple[Fraction, Fraction]]:
    """Yield the values within the error, on one side, at which a threshold is met or passed, nearest first."""
    shifts = (-known.step, Fraction(0), known.step)
    beside = ((side * (mark + shift - now), mark + shift, mark) for mark in known.marks for shift in shifts)
    yield from ((other, mark) for away, other, mark in sorted(beside) if 0 < away <= margin)


def _changed(prospect: Prospect, fact: str, other: Fraction) -> tuple[str, ...]:
    """Return the items that are another with another value of one fact."""
    after = prospect.at({fact: Value(other, HYPOTHESIS)})
    groups = [group for group in whole_groups(prospect) if fact in group.facts]
    found = (code for group in groups for code in _differing(come_to(group, prospect.scope), come_to(group, after)))
    return tuple(dict.fromkeys(found))


def _differing(first: Outcome, second: Outcome) -> list[str]:
    return [code for code in sorted({*first, *second}) if first.get(code) != second.get(code)]

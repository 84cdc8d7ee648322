"""Where a value lies: in its range, below, above, or so far out that a doctor must know the same day.

The laboratory's own range wins. Without one the usual range of adults stands in, but not for who is under 18 or
pregnant; where there is no range there is no verdict, only the number.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from engine.facts import FactSpec
from webapp.patients.bounds import Bound, bound_of
from webapp.patients.models import Observation
from webapp.results.catalogue import Analyte, Limits, Sexes, analyte, canonical, converted
from webapp.results.flags import Flag
from webapp.results.sides import critical_of, side_of

ADULT = 18


@dataclass(frozen=True, slots=True)
class Person:
    """What a usual range depends on."""

    age: int
    sex: str  # a value of Patient.Sex
    pregnant: bool = False


@dataclass(frozen=True, slots=True)
class Range:
    """The ends a value is held against, in the unit of the value, and whose they are."""

    limits: Limits
    is_printed: bool  # the laboratory's own


@dataclass(frozen=True, slots=True)
class Verdict:
    flag: Flag
    range: Range | None = None


def exact(value: Any) -> Fraction | None:
    """Return a recorded number as it was typed; None for a word."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return Fraction(str(value))


def verdict(spec: FactSpec | None, row: Observation, person: Person, printed: Sequence[Any] | None = None) -> Verdict:
    """Return where a value lies; ``printed`` are the laboratory's own ends, in the unit of the value."""
    known, number = analyte(row.code), exact(row.value)
    if number is None and (bound := bound_of(row.value)):
        held = _printed(printed, row.unit) or usual(spec, known, row.unit, person)
        return Verdict(_of_bound(bound, spec, row, held), held)
    if number is None:
        return Verdict(Flag.MARKED if row.value in known.marked else Flag.NONE)
    held = _printed(printed, row.unit) or usual(spec, known, row.unit, person)
    if far := _critical(spec, known, number, row.unit):
        return Verdict(far, held)
    return Verdict(_side(number, held.limits) if held else Flag.NONE, held)


def _of_bound(bound: Bound, spec: FactSpec | None, row: Observation, held: Range | None) -> Flag:
    far = critical_of(bound, analyte(row.code), spec, row.unit)
    return far or (side_of(bound, held.limits, spec) if held else Flag.NONE)


def _printed(ends: Sequence[Any] | None, unit: str) -> Range | None:
    if not ends or all(end is None for end in ends):
        return None
    low, high = (exact(end) for end in ends)
    return Range(Limits(low, high, unit), is_printed=True)


def usual(spec: FactSpec | None, known: Analyte, unit: str, person: Person) -> Range | None:
    """Return the range of adults in this unit, as it is printed in it where it is, else converted."""
    if person.age < ADULT or person.pregnant:
        return None
    fit = [limits for sex, limits in known.usual if sex in ("any", Sexes.get(person.sex, ""))]
    wanted = unit or (spec.unit if spec else "") or ""
    same = next((limits for limits in fit if limits.unit == wanted), None)
    if same is not None:
        return Range(same, is_printed=False)
    found = (_in(spec, limits, wanted) for limits in fit)
    return next((Range(limits, is_printed=False) for limits in found if limits), None)


def _in(spec: FactSpec | None, limits: Limits, unit: str) -> Limits | None:
    """Return limits in another unit; None where an end cannot be converted: an open end would call it normal."""
    ends = [None if end is None else converted(spec, end, limits.unit, unit) for end in (limits.low, limits.high)]
    lost = any(new is None for new, old in zip(ends, (limits.low, limits.high), strict=True) if old is not None)
    return None if lost else Limits(*ends, unit)


def _critical(spec: FactSpec | None, known: Analyte, number: Fraction, unit: str) -> Flag | None:
    if known.critical is None:
        return None
    found = canonical(spec, number, unit)
    low, high = (
        None if end is None else canonical(spec, end, known.critical.unit)
        for end in (known.critical.low, known.critical.high)
    )
    if found is None:
        return None
    if low is not None and found < low:
        return Flag.CRITICAL_LOW
    return Flag.CRITICAL_HIGH if high is not None and found > high else None


def _side(number: Fraction, limits: Limits) -> Flag:
    if limits.low is not None and number < limits.low:
        return Flag.LOW
    return Flag.HIGH if limits.high is not None and number > limits.high else Flag.NORMAL

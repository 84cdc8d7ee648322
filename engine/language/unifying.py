"""Two numbers side by side: brought into one unit by the exact factor of their fact, or refused."""

from dataclasses import replace
from fractions import Fraction

from engine import units
from engine.conditions import Arithmetic, Expr, Number
from engine.errors import Place
from engine.language.names import Kind
from engine.language.validation import Problems

Typed = tuple[Expr, Kind]


class Unifier:
    """Brings numbers into one unit; what cannot be is noted."""

    def __init__(self, problems: Problems) -> None:
        self.problems = problems

    def unified(self, left: Typed, right: Typed, place: Place) -> tuple[Expr, Expr, Kind]:
        """Return both sides in one unit, and the kind of their sum: that of the side that has a unit."""
        if right[1].literal:
            return left[0], self.converted(right, left[1], place), _sum(left[1], right[1])
        if left[1].literal:
            return self.converted(left, right[1], place), right[0], _sum(right[1], left[1])
        return left[0], self.aligned(right, left[1], place), _sum(left[1], right[1])

    def converted(self, literal: Typed, beside: Kind, place: Place) -> Expr:
        """Return a written number in the unit of what stands beside it, by the same exact factor as any value."""
        number, kind = literal
        if not isinstance(number, Number) or number.unit == beside.unit:
            return number
        if number.unit is None:
            return self.bare(number, beside)
        if beside.unit is None and units.dimension(number.unit) in (units.COUNT, "percent"):
            return replace(number, unit=None)
        rule = beside.units.get(number.unit)
        if rule is not None:
            return replace(number, value=number.value * rule.factor + rule.offset, unit=beside.unit)
        if units.comparable(number.unit, beside.unit):
            return replace(number, value=units.convert(number.value, number.unit, beside.unit), unit=beside.unit)
        if beside.loose and beside.unit is None:
            return replace(number, unit=None)
        self.units_differ(number.place, kind.unit, beside)
        return number

    def bare(self, number: Number, beside: Kind) -> Expr:
        if beside.loose or beside.literal or units.dimension(beside.unit) == units.COUNT:
            return replace(number, unit=beside.unit)
        message = f"{units.written(number.value)} has no unit, but {beside.said()} is in {beside.unit}"
        self.problems.add(number.place, "P109", message, f"Write {units.written(number.value)} {beside.unit}.")
        return number

    def aligned(self, right: Typed, left: Kind, place: Place) -> Expr:
        """Return the right side scaled to the unit of the left."""
        expr, kind = right
        if kind.unit == left.unit or kind.loose or left.loose:
            return expr
        if units.comparable(kind.unit, left.unit):
            return scaled(expr, units.ratio(kind.unit, left.unit))
        if {kind.unit, left.unit} & {None} and {units.dimension(kind.unit), units.dimension(left.unit)} & {"percent"}:
            return expr
        self.units_differ(place, kind.unit, left)
        return expr

    def units_differ(self, place: Place, unit: str | None, beside: Kind) -> None:
        message = f"{beside.said()} is in {beside.unit or 'counts'}, this in {unit or 'counts'}"
        accepted = ", ".join(name for name in beside.units if name)
        other = "Write the number without a unit." if beside.unit is None else "Use one unit on both sides."
        hint = f"Use: {accepted}; or declare {unit} with the fact." if accepted else other
        self.problems.add(place, "P108", message, hint)


def scaled(expr: Expr, factor: Fraction) -> Expr:
    """Return the expression times a factor."""
    if factor == 1:
        return expr
    return Arithmetic("*", expr, Number(factor, place=expr.place), place=expr.place)


def _sum(kind: Kind, other: Kind) -> Kind:
    return Kind("number", kind.unit, loose=kind.loose or other.loose, literal=kind.literal and other.literal)


def product(op: str, left: Kind, right: Kind) -> Kind:
    """Return the kind of a product or quotient: units cancel or one side is a count, else they are let go."""
    literal = left.literal and right.literal
    if left.loose or right.loose:
        return Kind("number", loose=True)
    if units.dimension(right.unit) == units.COUNT:
        return Kind("number", left.unit, literal=literal)
    if op == "*" and units.dimension(left.unit) == units.COUNT:
        return Kind("number", right.unit, literal=literal)
    if op == "/" and units.comparable(left.unit, right.unit):
        return Kind("number", literal=literal)
    return Kind("number", loose=True)

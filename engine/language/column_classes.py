"""The values of one column of a table, parted into classes that no cell of it tells apart."""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from engine import units
from engine.conditions import (
    And,
    Arithmetic,
    Compare,
    Expr,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Within,
    YesNo,
    nodes,
)
from engine.language.documents import Parameter
from engine.language.names import Kind

Known = bool | str | Fraction
_ORDER: Mapping[str, Callable[[Fraction, Fraction], bool]] = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "=": operator.eq, "!=": operator.ne,
}  # fmt: skip
_SUMS: Mapping[str, Callable[[Fraction, Fraction], Fraction]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


class Unchecked(Exception):
    """A column whose values cannot be parted without a solver; says why."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column reads, and where its values lie. ``whole``: they are whole numbers."""

    expr: Expr
    kind: Kind
    whole: bool
    step: Fraction | None
    parameters: Mapping[str, Parameter]


@dataclass(frozen=True, slots=True)
class Group:
    """A class of values: the rows whose cell it meets (as bits), one value as text, and if it is a decimal hole."""

    rows: int
    text: str
    hole: bool = False


@dataclass(frozen=True, slots=True)
class Sample:
    value: Known
    text: str
    hole: bool = False


def groups(column: Column, cells: Sequence[Expr | None], *, ends: bool = True) -> list[Group]:
    """Return the classes of a column by the cells of its rows; raise Unchecked if they cannot be told.

    ``ends``: values beyond the outermost limits count too.
    """
    if all(cell is None for cell in cells):
        return [Group((1 << len(cells)) - 1, "")]
    found: dict[int, Group] = {}
    for sample in _samples(column, [cell for cell in cells if cell is not None], ends=ends):
        rows = sum(1 << i for i, cell in enumerate(cells) if cell is None or holds(cell, column, sample.value))
        known = found.get(rows)
        if known is None or (known.hole and not sample.hole):
            found[rows] = Group(rows, sample.text, sample.hole)
    return list(found.values())


def _samples(column: Column, cells: Sequence[Expr], *, ends: bool) -> list[Sample]:
    if column.kind.sort == "yes_no":
        return [Sample(True, "yes"), Sample(False, "no")]
    if column.kind.sort == "code":
        return [Sample(code, code) for code in column.kind.choices]
    if column.kind.sort != "number":
        raise Unchecked(f"is {column.kind.said()}")
    marks = sorted({mark for cell in cells for mark in _marks(cell, column)})
    numbers = list(_numbers(column, marks, ends=ends))
    if not numbers:
        raise Unchecked("has no limits")
    return numbers


def _marks(cell: Expr, column: Column) -> Iterator[Fraction]:
    for node in nodes(cell):
        if isinstance(node, Compare):
            yield from (_number(side, column) for side in (node.left, node.right) if side != column.expr)
        elif isinstance(node, Within):
            yield from (_number(side, column) for side in (node.low, node.high))


def _numbers(column: Column, marks: Sequence[Fraction], *, ends: bool) -> Iterator[Sample]:
    """Yield each limit, a value between any two, and one beyond each end of them."""
    low, high = column.kind.range or (None, None)
    grid = column.step or _grid(marks)
    for mark in marks:
        yield from _inside(column, (mark - 1, mark, mark + 1) if column.whole else (mark,))
    if not column.whole:
        for below, above in pairwise(marks):
            hole = below // grid * grid + grid >= above
            yield Sample((below + above) / 2, _text(column, (below + above) / 2), hole)
    if ends and marks:
        outer = (marks[0] - 1 if low is None else low, marks[-1] + 1 if high is None else high)
        yield from _inside(column, outer)


def _inside(column: Column, values: Sequence[Fraction]) -> Iterator[Sample]:
    low, high = column.kind.range or (None, None)
    for value in values:
        fits = (low is None or low <= value) and (high is None or value <= high)
        if fits and (not column.whole or value.denominator == 1):
            yield Sample(value, _text(column, value))


def _grid(marks: Sequence[Fraction]) -> Fraction:
    """Return the step on which all limits lie: 0.1 for 24.9 and 25."""
    digits = 0
    while digits < 6 and any((mark * 10**digits).denominator != 1 for mark in marks):
        digits += 1
    return Fraction(1, 10**digits)


def _text(column: Column, value: Fraction) -> str:
    unit = column.kind.unit
    return f"{units.written(value)} {unit}" if unit else units.written(value)


def holds(cell: Expr, column: Column, value: Known) -> bool:
    """Return whether a cell is true of one value of its column; raise Unchecked if it reads anything else."""
    if cell == column.expr:
        return value is True
    match cell:
        case YesNo(value=said):
            return said
        case Not(part=part):
            return not holds(part, column, value)
        case And(parts=parts):
            return all(holds(part, column, value) for part in parts)
        case Or(parts=parts):
            return any(holds(part, column, value) for part in parts)
        case OneOf(value=of, codes=codes) if of == column.expr:
            return value in codes
        case Within() if cell.value == column.expr:
            return _lies(cell, column, value)
        case Compare():
            return _compared(cell, column, value)
    raise Unchecked("is read together with something else")


def _lies(cell: Within, column: Column, value: Known) -> bool:
    if not isinstance(value, Fraction):
        raise Unchecked("is no number")
    low, high = _number(cell.low, column), _number(cell.high, column)
    above = value >= low if cell.low_closed else value > low
    return above and (value <= high if cell.high_closed else value < high)


def _compared(cell: Compare, column: Column, value: Known) -> bool:
    if column.expr not in (cell.left, cell.right):
        raise Unchecked("is read together with something else")
    other = cell.right if cell.left == column.expr else cell.left
    if isinstance(value, Fraction):
        sides = (value, _number(other, column)) if cell.left == column.expr else (_number(other, column), value)
        return _ORDER[cell.op](*sides)
    same = value == (other.name if isinstance(other, Name) else getattr(other, "value", None))
    return same if cell.op == "=" else not same


def _number(expr: Expr, column: Column) -> Fraction:
    """Return a limit as a number in the unit of the column; a parameter counts with the value it has in the file."""
    match expr:
        case Number(value=value):
            return value
        case Name(name=name, kind="parameter"):
            return _parameter(column.parameters.get(name.partition(".")[2] or name), column.kind.unit)
        case Arithmetic(op=op, left=left, right=right):
            return _SUMS[op](_number(left, column), _number(right, column))
    raise Unchecked("is compared with something that is no number")


def _parameter(parameter: Parameter | None, unit: str | None) -> Fraction:
    if parameter is None or not isinstance(parameter.value, Fraction) or isinstance(parameter.value, bool):
        raise Unchecked("is compared with a parameter that is no number")
    if unit is not None and parameter.unit is not None and units.comparable(parameter.unit, unit):
        return units.convert(parameter.value, parameter.unit, unit)
    return parameter.value

"""What may be changed in a condition or a formula: limits, comparisons, connectives, and points of a score."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Choose,
    Compare,
    Comparison,
    DayCount,
    Expr,
    Known,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Times,
    Within,
    children,
    with_children,
)
from engine.errors import Place
from engine.language.printer import printed

Kind = Literal["threshold", "comparison", "connective", "item"]
StepOf = Callable[[Expr], Fraction | None]

RELAXED: dict[Comparison, Comparison] = {"<": "<=", "<=": "<", ">": ">=", ">=": ">"}
TURNED: dict[Comparison, Comparison] = {"<": ">=", "<=": ">", ">": "<=", ">=": "<", "=": "!=", "!=": "="}
_UP = frozenset({"<", ">="})  # the boundary that a relaxed comparison moves up by one step; the others move down


@dataclass(frozen=True, slots=True)
class Change:
    """One change of an expression: the whole expression with it, and what stood there and stands there now."""

    kind: Kind
    place: Place
    what: str
    expr: Expr


def changes(expr: Expr, file: str, step_of: StepOf) -> Iterator[Change]:
    """Yield every change of what ``file`` itself says in an expression, outermost first.

    ``step_of`` tells the finest difference in use of what stands left of a limit; None where it has none.
    What is written out from another file (the vocabulary's definitions) is that file's. A change that leaves what
    stood there, or comes to the same as another, is left out.
    """
    seen = {expr}
    for change in _changes(expr, file, step_of):
        if change.expr not in seen:
            seen.add(change.expr)
            yield change


def _changes(expr: Expr, file: str, step_of: StepOf) -> Iterator[Change]:
    if expr.place.file == file:
        yield from (Change(kind, expr.place, _said(expr, new), new) for kind, new in _here(expr, step_of))
    parts = children(expr)
    for i, part in enumerate(parts):
        for inner in _changes(part, file, step_of):
            yield replace(inner, expr=with_children(expr, (*parts[:i], inner.expr, *parts[i + 1 :])))


def _said(old: Expr, new: Expr) -> str:
    return f"{printed(old)} -> {printed(new)}"


def _here(expr: Expr, step_of: StepOf) -> Iterator[tuple[Kind, Expr]]:
    match expr:
        case Compare():
            yield from _compared(expr, step_of)
        case And() | Or() | AtLeast() | Not() | OneOf():
            yield from (("connective", new) for new in _joined(expr))
        case Known(known=known):
            yield "comparison", replace(expr, known=not known)
        case DayCount(op=op) | Times(op=op) if op in RELAXED:
            yield "comparison", replace(expr, op=RELAXED[op])
        case _:
            yield from (("threshold", new) for new in _of_numbers(expr))


def _joined(expr: And | Or | AtLeast | Not | OneOf) -> Iterator[Expr]:
    """Yield "all" for "any" and the reverse, each part left out, a count one lower and higher, and "not" left out."""
    match expr:
        case Not(part=part):
            yield part
        case OneOf(codes=codes) if len(codes) > 1:
            yield from (replace(expr, codes=(*codes[:i], *codes[i + 1 :])) for i in range(len(codes)))
        case AtLeast(count=count, parts=parts):
            yield from (replace(expr, count=n) for n in (count - 1, count + 1) if 0 < n <= len(parts))
            yield from (replace(expr, parts=(*parts[:i], *parts[i + 1 :])) for i in range(len(parts)))
        case And(parts=parts) | Or(parts=parts):
            yield Or(parts, place=expr.place) if isinstance(expr, And) else And(parts, place=expr.place)
            yield from (_fewer(expr, i) for i in range(len(parts)))


def _of_numbers(expr: Expr) -> Iterator[Expr]:
    match expr:
        case Within(low_closed=low, high_closed=high):
            yield replace(expr, low_closed=not low)
            yield replace(expr, high_closed=not high)
        case Choose(then=then, otherwise=otherwise):
            if isinstance(then, Number):
                yield replace(expr, then=_moved(then, Fraction(1)))
            if isinstance(otherwise, Number):
                yield replace(expr, otherwise=_moved(otherwise, Fraction(1)))
        case Arithmetic(right=Number() as right):
            yield replace(expr, right=_moved(right, _digit(right.value)))


def _compared(expr: Compare, step_of: StepOf) -> Iterator[tuple[Kind, Expr]]:
    """Yield the limit one step lower and one higher, and the comparison turned round.

    Where values come in steps, one of the two limits is the comparison that gains or loses its "equal".
    """
    yield "comparison", replace(expr, op=TURNED[expr.op])
    if expr.op not in RELAXED:
        return
    if not isinstance(expr.right, Number):
        yield "comparison", replace(expr, op=RELAXED[expr.op])
        return
    step = step_of(expr.left)
    if step is None:
        digit = _digit(expr.right.value)
        yield from (("threshold", replace(expr, right=_moved(expr.right, by))) for by in (digit, -digit))
        return
    yield "comparison", replace(expr, op=RELAXED[expr.op])
    yield "threshold", replace(expr, right=_moved(expr.right, -step if expr.op in _UP else step))


def _moved(number: Number, by: Fraction) -> Number:
    return replace(number, value=number.value + by)


def _digit(value: Fraction) -> Fraction:
    """Return one of the last place a limit is written with: 1 for 30, 0.01 for 2.67."""
    places = 0
    while (value * 10**places).denominator != 1 and places < 6:
        places += 1
    return Fraction(1, 10**places)


def _fewer(expr: And | Or, i: int) -> Expr:
    left = (*expr.parts[:i], *expr.parts[i + 1 :])
    return left[0] if len(left) == 1 else replace(expr, parts=left)


def steps(facts: dict[str, Fraction | None]) -> StepOf:
    """Return how the finest difference of what is compared is found: of a fact as declared, one for a count."""

    def step_of(expr: Expr) -> Fraction | None:
        match expr:
            case Name(name=name):
                return facts.get(name)
            case DayCount() | Times():
                return Fraction(1)
        return None

    return step_of

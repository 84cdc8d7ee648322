"""The nodes of an expression: what a condition or a formula is once it has been read.

The reader makes them from text, the checker resolves names and converts every number to the unit of the
fact beside it, the evaluator, the explainer and the prover walk them. Values are exact rationals.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from operator import attrgetter
from typing import Any, Literal, cast, get_args

from engine.errors import NOWHERE, Place

Comparison = Literal["<", "<=", "=", "!=", ">=", ">"]
NameKind = Literal["unresolved", "fact", "definition", "score", "band", "parameter", "conclusion", "code"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Node:
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Number(Node):
    """A number with its unit; ``None`` for a bare count. After checking: in the canonical unit."""

    value: Fraction
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class YesNo(Node):
    value: bool


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A word: after checking, ``kind`` says what it names.

    Definitions and parameters are qualified by their document (``reflux.alarm_features``);
    ``band`` is the band of the score of that name, ``code`` a choice such as ``female``.
    """

    name: str
    kind: NameKind = "unresolved"


@dataclass(frozen=True, slots=True)
class Compare(Node):
    op: Comparison
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Within(Node):
    """``value in [low .. high)``; each end is open or closed."""

    value: "Expr"
    low: "Expr"
    high: "Expr"
    low_closed: bool
    high_closed: bool


@dataclass(frozen=True, slots=True)
class OneOf(Node):
    """``value in (a, b, c)`` over codes."""

    value: "Expr"
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Includes(Node):
    """``medication includes warfarin``: membership in a set fact, by ingredient, class or brand.

    After checking, ``members`` holds every recorded code that makes it true (the ingredient, the
    members of the class, the brands), so that the evaluator needs no formulary.
    """

    fact: str
    code: str
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class And(Node):
    parts: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Or(Node):
    parts: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Not(Node):
    part: "Expr"


@dataclass(frozen=True, slots=True)
class AtLeast(Node):
    count: int
    parts: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class Known(Node):
    """``known(x)``; with ``known=False`` it is ``unknown(x)``. Inputs only."""

    fact: str
    known: bool = True


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    op: Literal["+", "-", "*", "/"]
    left: "Expr"
    right: "Expr"


@dataclass(frozen=True, slots=True)
class Choose(Node):
    """``if condition then a else b``; a and b are numbers or codes."""

    condition: "Expr"
    then: "Expr"
    otherwise: "Expr"


@dataclass(frozen=True, slots=True)
class Call(Node):
    """``min max round ln exp sqrt``; ``count(a, b, c)`` counts the true ones."""

    function: Literal["min", "max", "round", "ln", "exp", "sqrt", "count"]
    arguments: tuple["Expr", ...]


@dataclass(frozen=True, slots=True)
class BothWeeks:
    """The last fourteen days as two weeks, each judged by itself."""


@dataclass(frozen=True, slots=True)
class Since:
    """The days since a treatment began; after checking, ``members`` are the codes on record that mean it."""

    treatment: str
    members: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Beside:
    """The entries at which another list of the same length meets a limit: ``minutes <= 90``."""

    series: str
    op: Comparison
    threshold: Fraction


Window = int | BothWeeks | Since | Beside | None
"""Which entries of a series count: so many last days, two weeks, since a treatment, beside a list, or all (None)."""
SUMMARIES = ("highest", "lowest", "first", "recorded", "change", "trend")


@dataclass(frozen=True, slots=True)
class OfSeries(Node):
    """Something read from the entries of a series."""

    series: str


@dataclass(frozen=True, slots=True)
class Latest(OfSeries):
    """The last recorded value of a series."""


@dataclass(frozen=True, slots=True)
class Mean(OfSeries):
    """The mean of the recorded entries of a window; unknown on fewer than ``needs`` recorded days."""

    window: Window = None
    needs: int = 1


@dataclass(frozen=True, slots=True)
class DayCount(OfSeries):
    """``days(pain >= 5, last 14 days) >= 3 needs 10 recorded``: the count on the left of that comparison."""

    op: Comparison
    threshold: Fraction
    window: Window = None
    needs: int | None = None


@dataclass(frozen=True, slots=True)
class Times(OfSeries):
    """``times(stools >= 6, last 14 days)``: how many single entries, where a day may hold several."""

    op: Comparison | None = None
    threshold: Fraction = Fraction(0)
    window: Window = None
    needs: int | None = None


@dataclass(frozen=True, slots=True)
class Summary(OfSeries):
    """``highest lowest first recorded change trend`` of a window; ``change`` is last less first, ``trend`` a week's."""

    function: Literal["highest", "lowest", "first", "recorded", "change", "trend"]
    window: Window = None
    needs: int | None = None


Hit = Literal["unique", "first", "any", "sum", "min", "max", "count"]


@dataclass(frozen=True, slots=True)
class Decide(Node):
    """The value of a decision table: ``parts`` are the conditions of its rows, their outputs, and what else holds.

    ``whole``: the checker found that some row always fits, so that "no row" is not among what is possible.
    """

    hit: Hit
    rows: int
    parts: tuple["Expr", ...]
    whole: bool = False

    @property
    def conditions(self) -> tuple["Expr", ...]:
        return self.parts[: self.rows]

    @property
    def outputs(self) -> tuple["Expr", ...]:
        return self.parts[self.rows : 2 * self.rows]

    @property
    def otherwise(self) -> "Expr | None":
        return self.parts[2 * self.rows] if len(self.parts) > 2 * self.rows else None


FromSeries = Latest | Mean | DayCount | Times | Summary
Expr = (
    Number
    | YesNo
    | Name
    | Compare
    | Within
    | OneOf
    | Includes
    | And
    | Or
    | Not
    | AtLeast
    | Known
    | Arithmetic
    | Choose
    | Call
    | Latest
    | Mean
    | DayCount
    | Times
    | Summary
    | Decide
)


_INSIDE: dict[type, tuple[str, ...]] = {
    Compare: ("left", "right"),
    Arithmetic: ("left", "right"),
    Within: ("value", "low", "high"),
    OneOf: ("value",),
    Not: ("part",),
    Choose: ("condition", "then", "otherwise"),
}
_LISTED: dict[type, str] = {And: "parts", Or: "parts", AtLeast: "parts", Call: "arguments", Decide: "parts"}


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the expressions directly inside ``expr``, in the order they are written."""
    read = _CHILDREN.get(type(expr))
    return () if read is None else read(expr)


def _children_of(kind: type) -> Callable[[Any], tuple[Expr, ...]]:
    names = _INSIDE.get(kind, ())
    if len(names) == 1:
        return lambda expr: (getattr(expr, names[0]),)
    return attrgetter(*names) if names else attrgetter(_LISTED[kind])


_CHILDREN: dict[type, Callable[[Any], tuple[Expr, ...]]] = {kind: _children_of(kind) for kind in (*_INSIDE, *_LISTED)}


def with_children(expr: Expr, parts: tuple[Expr, ...]) -> Expr:
    """Return ``expr`` with its direct children replaced; ``parts`` has the order of ``children``."""
    listed = _LISTED.get(type(expr))
    if listed is not None:
        changed: dict[str, Any] = {listed: parts}
    else:
        changed = dict(zip(_INSIDE.get(type(expr), ()), parts, strict=True))
    return replace(expr, **changed) if changed else expr


def put_in_place(expr: Expr, locate: Callable[[Place], Place]) -> Expr:
    """Return ``expr`` and everything inside it with the places that ``locate`` makes of its own."""
    kind: Any = type(expr)
    made = [_put(value, locate) for value in _VALUES[kind](expr)]
    return cast("Expr", kind(*made, place=locate(expr.place)))


def _put(value: Any, locate: Callable[[Place], Place]) -> Any:
    if type(value) in _VALUES:
        return put_in_place(value, locate)
    if type(value) is tuple:
        return tuple([_put(each, locate) for each in value])
    return value


def _values_of(kind: Any) -> Callable[[Any], tuple[Any, ...]]:
    """Return what reads all that a node is made of but its place, in the order in which it is made."""
    names = [each.name for each in fields(kind) if not each.kw_only]
    if len(names) == 1:
        return lambda node: (getattr(node, names[0]),)
    return attrgetter(*names)


_VALUES: dict[type, Callable[[Any], tuple[Any, ...]]] = {kind: _values_of(kind) for kind in get_args(Expr)}


def nodes(expr: Expr) -> Iterator[Expr]:
    """Yield ``expr`` and everything inside it, outermost first."""
    waiting = [expr]
    while waiting:
        one = waiting.pop()
        yield one
        waiting += reversed(children(one))


def facts_of(expr: Expr) -> Iterator[str]:
    """Yield the facts an expression reads itself, in order of writing; definitions are not followed."""
    match expr:
        case Name(name=name, kind="fact"):
            yield name
        case Includes(fact=name) | Known(fact=name) | OfSeries(series=name):
            yield name
    for part in children(expr):
        yield from facts_of(part)

"""Scores as the second opinion works them out: the formula walked as a tree, once for each completion of the answers.

Where every completion can be tried, the result is exact. Where there are too many, or an answer may be any number of a
range, some are tried: nothing that they do not have in common can be known (``bold``), and the declared range of the
score is known in any case (not bold). What the evaluator says must lie between the two.
"""

import operator
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from math import prod
from random import Random
from typing import Any

from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Beside,
    Call,
    Choose,
    Compare,
    Expr,
    Known,
    Name,
    Not,
    Number,
    OfSeries,
    OneOf,
    Or,
    Within,
    YesNo,
    facts_of,
    nodes,
)
from engine.facts import Entry, Origin, Series
from engine.language.documents import Score, ScoreInput
from engine.opinion import diary
from engine.opinion.spans import EVERYTHING, FUNCTIONS, Real, Span, Truth

ALL = 1500  # completions that are tried in full
SOME = 100  # and so many of a larger number
WHOLE = 200  # a range of so many whole numbers counts as a list of answers

Entries = tuple[Entry | None, ...]
Input = bool | str | Fraction | Entries | None
Values = Mapping[str, Any]
Outcome = tuple[Any, str | None]

__all__ = ["Formula", "Given", "Input", "Score", "ScoreInput", "State", "facts_of", "last_entries", "state_of"]


@dataclass(frozen=True, slots=True)
class Given:
    """What a case says of one input: its value in the unit of the score, None if nobody knows it."""

    value: Input
    queried: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """What a score may still be: its number, its code and its band (None: any); ``band`` and ``code`` if settled."""

    span: Span = EVERYTHING
    codes: frozenset[str] | None = None
    bands: frozenset[str] | None = None
    band: str | None = None
    code: str | None = None


def last_entries(values: Entries, days: int | None) -> Entries:
    """Return the last days of a diary; days before it began are blank."""
    if days is None:
        return values
    return ((None,) * max(days - len(values), 0) + values)[-days:]


def state_of(
    formula: "Formula", given: Mapping[str, Given], adult: Truth, *, bold: bool, ranges: Mapping[str, Span]
) -> State:
    """Return what is known of a score; nothing under 18 where it is for adults, or where an answer must be queried."""
    score = formula.score
    if score.adults_only and adult is not True:
        return State()
    if any(each.queried or _is_outside(score.inputs[name], each.value) for name, each in given.items()):
        return State()
    values = {name: each.value for name, each in given.items()}
    return State() if formula.contradicts(values) else formula.state(values, ranges, bold=bold)


def _is_outside(item: ScoreInput, value: Input) -> bool:
    if item.range is None or not isinstance(value, Fraction):
        return False
    return not item.range[0] <= value <= item.range[1]


class Formula:
    """A score as a function of its inputs, by name."""

    def __init__(self, score: Score) -> None:
        self.score = score
        self.definitions = {self.bare(each.name): each.expression for each in score.definitions.values()}
        parts = [*self.definitions.values(), *score.record.values(), *score.bands.values(), *score.doubtful.values()]
        self.parts: list[Expr] = parts if score.value is None else [score.value, *parts]
        asked = {self.bare(node.fact) for part in self.parts for node in nodes(part) if isinstance(node, Known)}
        self.optional = asked | {name for name, item in score.inputs.items() if item.null_is_not_done}
        self.limits = {node.value for part in self.parts for node in nodes(part) if isinstance(node, Number)}
        self.kept: dict[object, State] = {}
        self.behind: dict[int, frozenset[str]] = {}
        self.asked: dict[int, tuple[str, ...]] = {}

    def bare(self, name: str) -> str:
        return name.removeprefix(f"{self.score.name}.")

    # --- completions

    def state(self, values: Mapping[str, Input], ranges: Mapping[str, Span], *, bold: bool) -> State:
        """Return what the known answers settle; kept, because many cases leave the same open."""
        key = (bold, *values.values())
        if key not in self.kept:
            if len(self.kept) >= ALL:
                self.kept.clear()
            self.kept[key] = self._state(values, ranges, bold)
        return self.kept[key]

    def _state(self, values: Mapping[str, Input], ranges: Mapping[str, Span], bold: bool) -> State:
        open_ = {
            name: self._answers(self.score.inputs[name], value, ranges[name])
            for name, value in values.items()
            if (value is None and name not in self.optional) or (isinstance(value, tuple) and None in value)
        }
        whole = all(self._is_listed(self.score.inputs[name], ranges[name]) for name in open_)
        exact = whole and prod(map(len, open_.values())) <= ALL
        if not exact and not bold:
            return State(span=self.score.range or EVERYTHING)
        ways = product(*open_.values()) if exact else dict.fromkeys(_some_of(list(open_.values())))
        outcomes = {self.outcome({**values, **dict(zip(open_, way, strict=True))}) for way in ways}
        return _in_common(outcomes)

    def _is_listed(self, item: ScoreInput, declared: Span) -> bool:
        low, high = _range(item, declared)
        return item.type in ("yes_no", "choice") or (item.type == "integer" and high - low <= WHOLE)

    def _answers(self, item: ScoreInput, value: Input, declared: Span) -> list[Any]:
        """Return answers that an open input may still have, its extremes first and last."""
        low, high = _range(item, declared)
        if item.type == "yes_no":
            return [False, True]
        if item.type == "choice":
            return list(item.choices or ("",))
        if item.type == "series":
            entries = value if isinstance(value, tuple) else (None,) * (item.days or 3)
            fills: list[Any] = [(low,), (high,)] if item.several else [low, high]
            return [tuple(fill if entry is None else entry for entry in entries) for fill in fills]
        if self._is_listed(item, declared):
            return [Fraction(each) for each in range(int(low), int(high) + 1)]
        limits = sorted(mark for mark in self.limits if low < mark < high)
        return [low, *limits, high]

    # --- one completion

    def outcome(self, values: Values) -> Outcome:
        """Return value and band for answers that are all there; neither if the formula has no value for them."""
        names: dict[str, Any] = dict(values)
        try:
            for name in self.definitions:
                self._define(name, names)
            score = self.score
            if score.record:
                names["value"] = tuple(self._of(part, names) for part in score.record.values())
            else:
                names["value"] = None if score.value is None else self._of(score.value, names)
            band = next((band for band, part in score.bands.items() if self._of(part, names)), None)
        except (ArithmeticError, ValueError):
            return None, None
        return names["value"], band

    def _define(self, name: str, names: dict[str, Any]) -> Any:
        if name not in names:
            names[name] = self._of(self.definitions[name], names)
        return names[name]

    def contradicts(self, values: Mapping[str, Input]) -> bool:
        """Return whether answers that are there contradict each other, or lists read side by side differ in length."""
        for condition in self.score.doubtful.values():
            reads = self._rests_on(condition)
            if all(values[name] is not None for name in reads) and self._doubts(condition, reads, values):
                return True
        for part in self.parts:
            for node in nodes(part):
                window = getattr(node, "window", None)
                if isinstance(node, OfSeries) and isinstance(window, Beside):
                    first, second = values[self.bare(node.series)], values[self.bare(window.series)]
                    if isinstance(first, tuple) and isinstance(second, tuple) and len(first) != len(second):
                        return True
        return False

    def _doubts(self, condition: Expr, reads: frozenset[str], values: Mapping[str, Input]) -> bool:
        names: dict[str, Any] = {name: values[name] for name in reads}
        try:
            return self._of(condition, names) is True
        except (ArithmeticError, ValueError):
            return False

    def _rests_on(self, expr: Expr) -> frozenset[str]:
        """Return the inputs behind an expression, found once: the score keeps its expressions."""
        if id(expr) not in self.behind:
            self.behind[id(expr)] = self._inputs_of(expr)
        return self.behind[id(expr)]

    def _inputs_of(self, expr: Expr) -> frozenset[str]:
        found: set[str] = set()
        for node in nodes(expr):
            if isinstance(node, Known):
                found.add(self.bare(node.fact))
            elif isinstance(node, OfSeries):
                window = getattr(node, "window", None)
                found.add(self.bare(node.series))
                found |= {self.bare(window.series)} if isinstance(window, Beside) else set()
            elif isinstance(node, Name) and node.kind != "code":
                found |= self._behind(self.bare(node.name))
        return frozenset(found)

    def _not_done(self, expr: Expr) -> tuple[str, ...]:
        """Return the inputs of a comparison whose absence the formula deals with itself."""
        if id(expr) not in self.asked:
            self.asked[id(expr)] = tuple(self._rests_on(expr) & self.optional)
        return self.asked[id(expr)]

    def _behind(self, name: str) -> frozenset[str]:
        if name in self.score.inputs:
            return frozenset({name})
        if name in self.definitions:
            return self._rests_on(self.definitions[name])
        return self._rests_on(self.score.value) if name == "value" and self.score.value is not None else frozenset()

    def _of(self, expr: Expr, names: dict[str, Any]) -> Any:
        match expr:
            case Number(value=value) | YesNo(value=value):
                return value
            case Name():
                return self._named(expr, names)
            case Arithmetic(op=op, left=left, right=right):
                return _ARITHMETIC[op](self._of(left, names), self._of(right, names))
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return self._of(then if self._of(condition, names) else otherwise, names)
            case Call(function=function, arguments=arguments):
                return _call(function, [self._of(part, names) for part in arguments])
            case OfSeries():
                return self._read(expr, names)
            case _:
                return self._holds(expr, names)

    def _named(self, expr: Name, names: dict[str, Any]) -> Any:
        bare = self.bare(expr.name)
        if expr.kind == "code":
            return expr.name
        if bare in self.definitions and bare not in self.score.inputs:
            return self._define(bare, names)
        if bare == "value" and bare not in names and self.score.value is not None:
            return self._of(self.score.value, names)
        return names.get(bare, expr.name)

    def _holds(self, expr: Expr, names: dict[str, Any]) -> bool:
        match expr:
            case And(parts=parts):
                return all(self._of(part, names) for part in parts)
            case Or(parts=parts):
                return any(self._of(part, names) for part in parts)
            case Not(part=part):
                return not self._of(part, names)
            case AtLeast(count=count, parts=parts):
                return sum(bool(self._of(part, names)) for part in parts) >= count
            case Known(fact=fact, known=known):
                return (names[self.bare(fact)] is not None) == known
        if self.optional and any(names.get(name) is None for name in self._not_done(expr)):
            return False  # a comparison with what was not done
        match expr:
            case Compare(op=op, left=left, right=right):
                return bool(_COMPARED[op](self._of(left, names), self._of(right, names)))
            case OneOf(value=value, codes=codes):
                return self._of(value, names) in codes
            case Within(value=value, low=low, high=high):
                number = self._of(value, names)
                above = _COMPARED[">=" if expr.low_closed else ">"](number, self._of(low, names))
                return bool(above and _COMPARED["<=" if expr.high_closed else "<"](number, self._of(high, names)))
        raise TypeError(f"{type(expr).__name__} does not belong in a score")

    def _read(self, expr: OfSeries, names: dict[str, Any]) -> Real:
        """Return what a formula reads in a list; raise ValueError if the list does not say it."""
        entries, window = names[self.bare(expr.series)], getattr(expr, "window", None)
        if isinstance(window, Beside):
            others = names[self.bare(window.series)]
            pairs = zip(entries, others, strict=False)
            entries = tuple(entry for entry, other in pairs if _stays(other, window))
            window = None
        found = diary.windows(Series(tuple(entries), Origin("score")), window, None, None)
        span = None if found is None else diary.look(expr, found, diary.Manner())
        if span is None:
            raise ValueError
        return span[0]


def _stays(other: object, beside: Beside) -> bool:
    return isinstance(other, Fraction | int) and bool(_COMPARED[beside.op](other, beside.threshold))


def _range(item: ScoreInput, declared: Span) -> tuple[Fraction, Fraction]:
    """Return the ends of an input: its own range, what is plausible in its unit, or the range of its fact."""
    if item.range is not None:
        return item.range
    if (item.unit or "") in item.plausible:
        return item.plausible[item.unit or ""]
    low, high = declared if declared != EVERYTHING else (0, 10**6)
    return Fraction(low), Fraction(high)


def _some_of(answers: Sequence[Sequence[Any]]) -> Iterator[tuple[Any, ...]]:
    """Yield a choice of completions, the same every time: both ends of all answers, then others here and there."""
    pick = Random(len(answers))  # noqa: S311 - a spread that is the same on every machine, no secret
    yield tuple(each[0] for each in answers)
    yield tuple(each[-1] for each in answers)
    yield from islice(product(*((each[0], each[-1]) for each in answers)), SOME)
    for _ in range(SOME):
        yield tuple(pick.choice(each) for each in answers)


def _in_common(outcomes: set[Outcome]) -> State:
    numbers = [value for value, _ in outcomes if isinstance(value, (int, float, Fraction))]
    codes = frozenset(value for value, _ in outcomes if isinstance(value, str))
    bands = frozenset(band or "" for _, band in outcomes)
    return State(
        span=(min(numbers), max(numbers)) if numbers else EVERYTHING,
        codes=codes or None,
        bands=bands,
        band=next(iter(bands)) or None if len(bands) == 1 else None,
        code=next(iter(codes)) if len(outcomes) == 1 and codes else None,
    )


def _call(function: str, arguments: list[Any]) -> Any:
    match function:
        case "count":
            return sum(map(bool, arguments))
        case "min":
            return min(arguments)
        case "max":
            return max(arguments)
    return FUNCTIONS[function](arguments[0])


def _divided(left: Any, right: Any) -> Any:
    """Return a quotient, exact unless one side is not."""
    if isinstance(left, float) or isinstance(right, float):
        return float(left) / float(right)
    return Fraction(left) / Fraction(right)


_ARITHMETIC: Mapping[str, Callable[[Any, Any], Any]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": _divided,
}  # fmt: skip
_COMPARED: Mapping[str, Callable[[Any, Any], Any]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip

"""Which values stand for all that an unknown input may be, and whether a score only rises or falls with it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import pairwise, product

from engine.compiler.formula import FormulaText, compile_part, every_part
from engine.compiler.intervals import ANYTHING, Interval, Real, add, apply, divide, hull, multiply, point, subtract
from engine.compiler.program import Total
from engine.conditions import (
    Arithmetic,
    Beside,
    Call,
    Choose,
    Compare,
    DayCount,
    Expr,
    Name,
    Number,
    OneOf,
    Times,
    Within,
    children,
    nodes,
)
from engine.facts import Entry, Vocabulary
from engine.language.documents import ScoreInput

WHOLE_NUMBERS = 200  # a range of at most so many whole numbers is tried in full
_FALLBACK = (Fraction(0), Fraction(10**6))
_SAMPLES = 3  # entries of a list nobody gave
_COMPLETIONS = 256
FEW_GAPS = 8  # so many missing entries are tried at both ends of their range, each with each
_GRAIN = 10**6  # a cell beside a threshold starts this fraction of the range away from it


def tidy(value: Fraction) -> Real:
    """Return a whole fraction as an int: the same number, faster."""
    return value.numerator if value.denominator == 1 else value


def input_range(item: ScoreInput, vocabulary: Vocabulary) -> tuple[Fraction, Fraction]:
    """Return the lowest and highest value an input may have: its own range, else what is plausible, else its fact's."""
    if item.range is not None:
        return item.range
    plausible = item.plausible.get(item.unit or "")
    if plausible is not None:
        return plausible
    spec = vocabulary.facts.get(item.bind.name) if isinstance(item.bind, Name) else None
    return spec.range if spec is not None and spec.range is not None else _FALLBACK


def thresholds(writer: FormulaText, name: str) -> frozenset[Fraction]:
    """Return the numbers an input is compared with, directly or by another name."""
    found: set[Fraction] = set()
    for part in every_part(writer.score):
        for node in nodes(part):
            if isinstance(node, (Compare, Within)) and any(_is_input(writer, side, name) for side in children(node)):
                found |= {side.value for side in children(node) if isinstance(side, Number)}
    return frozenset(found)


def _is_input(writer: FormulaText, expr: Expr, name: str) -> bool:
    if not isinstance(expr, Name):
        return False
    meaning = writer.meaning(expr)
    return writer.bare(expr.name) == name if meaning is None else _is_input(writer, meaning, name)


def values(writer: FormulaText, item: ScoreInput, vocabulary: Vocabulary) -> tuple[Total, ...]:
    """Return values that stand for all an input may be: every one of a small set, else one of each cell."""
    if item.type == "yes_no":
        return (False, True)
    if item.type == "choice":
        return item.choices or ("",)
    if item.type == "series":
        return filled(item, (None,) * (item.days or _SAMPLES), series_marks(writer, item.name))
    low, high = input_range(item, vocabulary)
    if item.type == "integer" and high - low <= WHOLE_NUMBERS:
        return tuple(range(int(low), int(high) + 1))
    marks = sorted(mark for mark in thresholds(writer, item.name) if low <= mark <= high)
    return _cells(low, high, marks, whole=item.type == "integer")


def _cells(low: Fraction, high: Fraction, marks: list[Fraction], *, whole: bool) -> tuple[Total, ...]:
    ends = [low, *marks, high]
    grain = Fraction(1) if whole else (high - low) / _GRAIN
    beside = {mark + step for mark in marks for step in (-grain, grain)}
    middle = {(a + b) / 2 for a, b in pairwise(ends)}
    chosen = {*ends, *beside, *(set(map(Fraction, map(round, middle))) if whole else middle)}
    return tuple(tidy(value) for value in sorted(chosen) if low <= value <= high)


def series_marks(writer: FormulaText, name: str) -> tuple[Fraction, ...]:
    """Return the limits that entries of a list are held against, and those of numbers made from it."""
    found: set[Fraction] = set()
    for part in every_part(writer.score):
        for node in nodes(part):
            window = getattr(node, "window", None)
            if isinstance(window, Beside) and writer.bare(window.series) == name:
                found.add(window.threshold)
            if isinstance(node, DayCount | Times) and writer.bare(node.series) == name:
                found.add(node.threshold)
            if isinstance(node, Compare) and name in writer.inputs(node):
                found |= {side.value for side in children(node) if isinstance(side, Number)}
    return tuple(sorted(found))


def filled(
    item: ScoreInput, entries: Sequence[Entry | None], marks: Sequence[Fraction]
) -> tuple[tuple[Entry | None, ...], ...]:
    """Return completions of a list: each missing entry in every way if these are few, else at the ends of its range."""
    gaps = [i for i, entry in enumerate(entries) if entry is None]
    return tuple(_with(entries, gaps, way) for way in dict.fromkeys(_ways(_entries(item, marks), len(gaps))))


def _ways(options: tuple[Entry, ...], gaps: int) -> Iterator[tuple[Entry, ...]]:
    if len(options) ** gaps <= _COMPLETIONS:
        yield from product(options, repeat=gaps)
        return
    yield from ((option,) * gaps for option in options)
    ends = (options[0], options[-1])
    if gaps <= FEW_GAPS:
        yield from product(ends, repeat=gaps)
        return
    for low, high in (ends, ends[::-1]):
        yield from ((low,) * i + (high,) + (low,) * (gaps - i - 1) for i in range(gaps))


def _with(entries: Sequence[Entry | None], gaps: Sequence[int], way: Sequence[Entry]) -> tuple[Entry | None, ...]:
    chosen = dict(zip(gaps, way, strict=True))
    return tuple(chosen.get(i, entry) for i, entry in enumerate(entries))


def _entries(item: ScoreInput, marks: Sequence[Fraction]) -> tuple[Entry, ...]:
    low, high = item.range or _FALLBACK
    inside = [mark for mark in marks if low <= mark <= high]
    single = [Fraction(value) for value in _cells(low, high, inside, whole=True) if isinstance(value, int | Fraction)]
    return ((), *((value,) for value in single)) if item.several else tuple(single)


def parts_of_one(writer: FormulaText, name: str) -> tuple[Expr, ...]:
    """Return the largest parts of the formula that rest on ``name`` alone: all that can tell its values apart."""
    found: list[Expr] = []
    for part in every_part(writer.score):
        found += _largest(writer, part, name)
    return tuple(dict.fromkeys(found))


def _largest(writer: FormulaText, expr: Expr, name: str) -> Iterator[Expr]:
    resting = writer.inputs(expr)
    if name not in resting:
        return
    if resting == {name}:
        yield expr
        return
    for part in children(expr):
        yield from _largest(writer, part, name)
    if isinstance(expr, Name) and (meaning := writer.meaning(expr)) is not None:
        yield from _largest(writer, meaning, name)


def classes(writer: FormulaText, name: str, choices: tuple[Total, ...]) -> tuple[Total, ...]:
    """Return the first value of each class that no part of the formula tells apart (0, 1, 2-3 and 4-7 days)."""
    if name in writer.beside:
        return choices  # read beside another list: no part of the formula rests on it alone
    parts = [compile_part(writer, part, name) for part in parts_of_one(writer, name)]
    first: dict[tuple[object, ...], Total] = {}
    for value in choices:
        first.setdefault(tuple(repr(part(value)) for part in parts), value)
    return tuple(first.values())


class Trend:
    """Whether an expression only rises (1), only falls (-1), stays (0) or does neither (None) with one input."""

    def __init__(self, writer: FormulaText, choices: Mapping[str, tuple[Total, ...]]) -> None:
        self.writer, self.choices = writer, choices

    def of(self, expr: Expr, name: str) -> int | None:
        resting = self.writer.inputs(expr)
        if name not in resting:
            return 0
        if resting == {name}:
            return self._table(expr, name)
        match expr:
            case Name():
                meaning = self.writer.meaning(expr)
                return None if meaning is None else self.of(meaning, name)
            case Arithmetic(op=op, left=left, right=right):
                return self._arithmetic(op, left, right, name)
            case Call(function="count"):
                return None
            case Call(arguments=arguments):
                return _together(self.of(part, name) for part in arguments)
            case Choose(condition=condition, then=then, otherwise=otherwise):
                inside = _together((self.of(then, name), self.of(otherwise, name)))
                return inside if name not in self.writer.inputs(condition) else None
        return None

    def _table(self, expr: Expr, name: str) -> int | None:
        part = compile_part(self.writer, expr, name)
        results = [part(value) for value in self.choices[name]]
        numbers = [result for result in results if isinstance(result, (int, float, Fraction))]
        if len(numbers) < len(results):
            return None
        steps = {(a < b) - (a > b) for a, b in pairwise(numbers)}
        return _together(steps)

    def _arithmetic(self, op: str, left: Expr, right: Expr, name: str) -> int | None:
        first, second = self.of(left, name), self.of(right, name)
        if op in "*/" and (self.bounds(left).low < 0 or self.bounds(right).low < 0):
            return None
        falling = None if second is None else -second
        return _together((first, falling if op in "-/" else second))

    def bounds(self, expr: Expr) -> Interval:
        """Return what a number of the formula may be, over all values of its inputs."""
        match expr:
            case Number(value=value):
                return point(value)
            case Name():
                meaning = self.writer.meaning(expr)
                return self._input_bounds(expr) if meaning is None else self.bounds(meaning)
            case Arithmetic(op=op, left=left, right=right):
                rule = {"+": add, "-": subtract, "*": multiply, "/": divide}[op]
                return rule(self.bounds(left), self.bounds(right))
            case Choose(then=then, otherwise=otherwise):
                return hull((self.bounds(then), self.bounds(otherwise)))
            case Call(function="min" | "max" as function, arguments=arguments):
                best, parts = (min if function == "min" else max), [self.bounds(part) for part in arguments]
                return Interval(best(part.low for part in parts), best(part.high for part in parts))
            case Call(function="count", arguments=arguments):
                return Interval(0, len(arguments))
            case Call(function=function, arguments=arguments):
                return apply(function, self.bounds(arguments[0]))
        return ANYTHING

    def _input_bounds(self, name: Name) -> Interval:
        known = self.choices.get(self.writer.bare(name.name), ())
        numbers = [value for value in known if isinstance(value, (int, Fraction)) and not isinstance(value, bool)]
        return Interval(min(numbers), max(numbers)) if numbers else ANYTHING


def _together(steps: Iterable[int | None]) -> int | None:
    """Return the one direction of all ``steps``, 0 if none moves, None if they differ."""
    moving = set(steps) - {0}
    if not moving:
        return 0
    return moving.pop() if len(moving) == 1 else None


def only_compared(writer: FormulaText, name: str) -> bool:
    """Return whether an input is read in comparisons with numbers only, so that its cells are all there is to it."""
    return all(_compared_only(writer, part, name) for part in every_part(writer.score))


def _compared_only(writer: FormulaText, expr: Expr, name: str) -> bool:
    if isinstance(expr, (Compare, Within)) and any(_is_input(writer, side, name) for side in children(expr)):
        return all(isinstance(side, Number) or _is_input(writer, side, name) for side in children(expr))
    if isinstance(expr, OneOf):
        return True
    if _is_input(writer, expr, name):
        return False
    return all(_compared_only(writer, part, name) for part in children(expr))

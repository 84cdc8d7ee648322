"""A score's formula as a Python function of its completed inputs; exact fractions, no `eval` of authored text.

The source is written from the checked tree only: names become numbered variables, numbers become constants.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import partial

from engine.compiler import intervals
from engine.compiler.intervals import Real
from engine.compiler.program import Formula, Outcome, Total
from engine.compiler.series import total_of
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
    nodes,
)
from engine.errors import PautaError
from engine.facts import Entry
from engine.language.documents import Score

_HELPERS = {
    "quotient": intervals.quotient,
    "rounded": intervals.rounded,
    "square_root": intervals.square_root,
    "ln": math.log,
    "exp": math.exp,
}
Entries = Sequence[Entry | None]
KEPT_LISTS = 256
_CALLS = {"round": "rounded", "sqrt": "square_root", "ln": "ln", "exp": "exp", "min": "min", "max": "max"}


@dataclass(slots=True)
class FormulaText:
    """Writes expressions of one score as Python source; ``constants`` collects the exact numbers it uses.

    ``optional`` are the inputs whose absence the formula deals with itself: null is "not done", or ``known`` asks.
    """

    score: Score
    names: tuple[str, ...]
    constants: dict[str, Fraction] = field(default_factory=dict)
    optional: frozenset[str] = frozenset()
    lists: list[OfSeries] = field(default_factory=list)  # what is read from list inputs, by its number in the source
    rests: dict[int, tuple[Expr, frozenset[str]]] = field(default_factory=dict)  # by identity: asked for many times
    pairs: frozenset[tuple[str, str]] = frozenset()  # lists read by the entries of another: highest(h2, minutes <= 90)
    beside: frozenset[str] = frozenset()  # the lists of all pairs

    def __post_init__(self) -> None:
        declared = {name for name, item in self.score.inputs.items() if item.null_is_not_done}
        every = [node for part in every_part(self.score) for node in nodes(part)]
        read = {self.bare(node.fact) for node in every if isinstance(node, Known)}
        self.optional = frozenset(declared | read)
        self.pairs = frozenset(
            (self.bare(node.series), self.bare(window.series))
            for node in every
            if isinstance(node, OfSeries) and isinstance(window := getattr(node, "window", None), Beside)
        )
        self.beside = frozenset(name for pair in self.pairs for name in pair)

    def bare(self, name: str) -> str:
        return name.removeprefix(f"{self.score.name}.")

    def meaning(self, name: Name) -> Expr | None:
        """Return the expression a name stands for (a definition, or the value in a band), None for inputs and codes."""
        bare = self.bare(name.name)
        if name.kind == "code" or bare in self.names:
            return None
        definition = self.score.definitions.get(bare) or self.score.definitions.get(name.name)
        if definition is not None:
            return definition.expression
        return self.score.value if bare == "value" else None

    def inputs(self, expr: Expr) -> frozenset[str]:
        """Return the inputs an expression rests on, through definitions."""
        known = self.rests.get(id(expr))
        if known is None or known[0] is not expr:
            known = self.rests[id(expr)] = expr, frozenset(self._inputs(expr, ()))
        return known[1]

    def _inputs(self, expr: Expr, path: tuple[str, ...]) -> Iterator[str]:
        for node in nodes(expr):
            if isinstance(node, Known):
                yield self.bare(node.fact)
            elif isinstance(node, OfSeries):
                yield from (self.bare(name) for name in _series_of(node))
            elif isinstance(node, Name):
                yield from self._named_inputs(node, path)

    def _named_inputs(self, name: Name, path: tuple[str, ...]) -> Iterator[str]:
        bare = self.bare(name.name)
        if bare in path:
            loop = " -> ".join((*path[path.index(bare) :], bare))
            raise PautaError("P114", f"score {self.score.name} goes round in a circle: {loop}")
        meaning = self.meaning(name)
        if meaning is not None:
            yield from self._inputs(meaning, (*path, bare))
        elif name.kind != "code" and bare in self.names:
            yield bare

    def constant(self, value: Fraction) -> str:
        if value.denominator == 1:
            return f"({value.numerator})"
        name = f"k{value.numerator}_{value.denominator}".replace("-", "m")
        self.constants[name] = value
        return name

    def name(self, name: Name) -> str:
        bare = self.bare(name.name)
        if name.kind != "code":
            if bare in self.names:
                return f"x{self.names.index(bare)}"
            if bare == "value":
                return "value"
            if self.meaning(name) is not None:
                return f"d_{bare}"
        return repr(name.name)

    def text(self, expr: Expr) -> str:
        match expr:
            case Number(value=value):
                return self.constant(value)
            case YesNo(value=value):
                return str(value)
            case Name():
                return self.name(expr)
            case Compare() | Within() | OneOf() | Known() | Not() | And() | Or() | AtLeast():
                return self.condition(expr)
            case Arithmetic(op="/", left=left, right=right):
                return f"quotient({self.text(left)}, {self.text(right)})"
            case Arithmetic(op=op, left=left, right=right):
                return f"({self.text(left)} {op} {self.text(right)})"
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return f"({self.text(then)} if {self.text(condition)} else {self.text(otherwise)})"
            case Call():
                return self.call(expr)
            case OfSeries():
                return self.read(expr)
        raise PautaError("P400", f"score {self.score.name} reads the record directly; bind an input to it instead")

    def call(self, expr: Call) -> str:
        if expr.function == "count":
            return self.tally(expr.arguments)
        return f"{_CALLS[expr.function]}({', '.join(map(self.text, expr.arguments))})"

    def condition(self, expr: Expr) -> str:
        match expr:
            case Compare(op=op, left=left, right=right):
                sign = "==" if op == "=" else op
                return self.given(expr, f"{self.text(left)} {sign} {self.text(right)}")
            case Within(value=value, low=low, high=high, low_closed=from_low, high_closed=to_high):
                signs = ("<=" if from_low else "<", "<=" if to_high else "<")
                return self.given(expr, f"{self.text(low)} {signs[0]} {self.text(value)} {signs[1]} {self.text(high)}")
            case OneOf(value=value, codes=codes):
                return self.given(expr, f"{self.text(value)} in {codes!r}")
            case Known(fact=fact, known=known):
                held = f"(x{self.names.index(self.bare(fact))} is not None)"
                return held if known else f"(not {held})"
            case Not(part=part):
                return f"(not {self.text(part)})"
            case And(parts=parts):
                return f"({' and '.join(map(self.text, parts))})"
            case Or(parts=parts):
                return f"({' or '.join(map(self.text, parts))})"
            case AtLeast(count=count, parts=parts):
                return f"({self.tally(parts)} >= {count})"
        raise AssertionError(expr)

    def read(self, expr: OfSeries) -> str:
        self.lists.append(expr)
        named = (f"x{self.names.index(self.bare(name))}" for name in _series_of(expr))
        return f"read({len(self.lists) - 1}, {', '.join(named)})"

    def tally(self, parts: Sequence[Expr]) -> str:
        return "(" + " + ".join(f"bool({self.text(part)})" for part in parts) + ")"

    def given(self, expr: Expr, text: str) -> str:
        """Return a comparison that is false while an input that may stay 'not done' is not there."""
        optional = sorted(self.inputs(expr) & self.optional)
        guards = [f"x{self.names.index(name)} is not None" for name in optional]
        return f"({' and '.join([*guards, text])})"

    def ordered_definitions(self) -> list[tuple[str, Expr]]:
        """Return the definitions, each after those it reads."""
        done: dict[str, Expr] = {}
        for definition in self.score.definitions.values():
            self._place(self.bare(definition.name), definition.expression, done)
        return list(done.items())

    def _place(self, name: str, expr: Expr, done: dict[str, Expr]) -> None:
        self.inputs(expr)  # refuses circles
        for node in nodes(expr):
            meaning = self.meaning(node) if isinstance(node, Name) else None
            if isinstance(node, Name) and meaning is not None and self.bare(node.name) not in (*done, "value"):
                self._place(self.bare(node.name), meaning, done)
        done.setdefault(name, expr)


def _series_of(expr: OfSeries) -> Iterator[str]:
    yield expr.series
    window = getattr(expr, "window", None)
    if isinstance(window, Beside):
        yield window.series


def every_part(score: Score) -> Iterator[Expr]:
    """Yield the expressions a score is made of: value or record, bands and definitions."""
    if score.value is not None:
        yield score.value
    yield from score.record.values()
    yield from score.bands.values()
    yield from score.doubtful.values()
    yield from (definition.expression for definition in score.definitions.values())


def formula_source(writer: FormulaText) -> str:
    """Return the source of the score as one function of the tuple of its inputs."""
    score = writer.score
    lines = ["def formula(inputs):"]
    if writer.names:
        lines.append(f"    {', '.join(f'x{i}' for i in range(len(writer.names)))}, = inputs")
    lines += [f"    d_{name} = {writer.text(expr)}" for name, expr in writer.ordered_definitions()]
    lines.append(f"    value = {_value_text(writer)}")
    for band, condition in score.bands.items():
        lines.append(f"    if {writer.text(condition)}: return value, {band!r}")
    lines.append("    return value, None")
    return "\n".join(lines) + "\n"


def _value_text(writer: FormulaText) -> str:
    if writer.score.record:
        return f"({''.join(f'{writer.text(expr)}, ' for expr in writer.score.record.values())})"
    return "None" if writer.score.value is None else writer.text(writer.score.value)


def compile_formula(writer: FormulaText) -> tuple[Formula, str]:
    """Return the score as a function of completed inputs, and its source. The text is ours, made from the tree."""
    source = formula_source(writer)
    space = _space(writer)
    exec(compile(source, f"<score {writer.score.name}>", "exec"), space)  # noqa: S102
    function = space["formula"]
    assert callable(function)  # noqa: S101 - the line above defines it
    return partial(_outcome, function), source


def _space(writer: FormulaText) -> dict[str, object]:
    return {**_HELPERS, **writer.constants, "read": _Lists(tuple(writer.lists))}


class _Lists:
    """Reads lists for a formula; completions of the other inputs come with the same lists, hundreds of times."""

    def __init__(self, readings: tuple[OfSeries, ...]) -> None:
        self.readings = readings
        self.kept: dict[tuple[int, ...], tuple[tuple[Entries, ...], Real | None]] = {}  # holding them keeps ids theirs

    def __call__(self, number: int, *entries: Entries) -> Real:
        key = (number, *map(id, entries))
        known = self.kept.get(key)
        if known is None:
            if len(self.kept) >= KEPT_LISTS:
                self.kept.clear()
            known = self.kept[key] = entries, self._read(number, entries)
        if known[1] is None:
            raise ValueError
        return known[1]

    def _read(self, number: int, entries: tuple[Entries, ...]) -> Real | None:
        try:
            return total_of(self.readings[number], *entries)
        except ValueError:
            return None


def _outcome(function: Callable[[Sequence[Total]], Outcome], inputs: Sequence[Total]) -> Outcome:
    try:
        return function(inputs)
    except (ArithmeticError, ValueError):  # division by zero, logarithm of nothing: there is no such value
        return None, None


def compile_part(writer: FormulaText, expr: Expr, name: str) -> Callable[[Total], object]:
    """Return a part of the formula that rests on one input as a function of that input."""
    return function_over(writer, expr, (name,))


def function_over(writer: FormulaText, expr: Expr, names: Sequence[str]) -> Callable[..., object]:
    """Return a part of the formula that rests on ``names`` only as a function of them."""
    known = set(names)
    lines = [
        f"    d_{other} = {writer.text(body)}"
        for other, body in writer.ordered_definitions()
        if writer.inputs(body) <= known
    ]
    if writer.score.value is not None and writer.inputs(writer.score.value) <= known:
        lines.append(f"    value = {writer.text(writer.score.value)}")
    lines.append(f"    return {writer.text(expr)}")
    source = "\n".join([f"def part({', '.join(f'x{writer.names.index(name)}' for name in names)}):", *lines]) + "\n"
    space = _space(writer)
    exec(compile(source, f"<score {writer.score.name}>", "exec"), space)  # noqa: S102
    function = space["part"]
    assert callable(function)  # noqa: S101
    return partial(_part, function)


def _part(function: Callable[..., object], *values: Total) -> object:
    try:
        return function(*values)
    except (ArithmeticError, ValueError):
        return "undefined"

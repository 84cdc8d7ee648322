"""What is known of a score when answers are missing: its value or its range, its band, and which answers matter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice, product
from math import prod

from engine.compiler.domains import WHOLE_NUMBERS, Trend, classes, input_range, only_compared, tidy, values
from engine.compiler.formula import FormulaText, compile_formula
from engine.compiler.intervals import ANYTHING, Interval, Real
from engine.compiler.program import Outcome, ScoreProgram, Total
from engine.facts import Vocabulary
from engine.language.documents import Score, ScoreInput

GRID = 1500  # completions tried in full; beyond, corners decide
CONTEXTS = 200


@dataclass(frozen=True, slots=True)
class Unknown:
    """An input without a value."""


UNKNOWN = Unknown()
Given = Total | Unknown


@dataclass(frozen=True, slots=True)
class Analysis:
    """``missing``: the unknown inputs that can still change value or band, in input order."""

    outcome: Outcome
    missing: tuple[str, ...]
    value: Interval
    codes: frozenset[str] | None
    bands: frozenset[str | None] | None  # None: any

    @property
    def band(self) -> str | None:
        return next(iter(self.bands)) if self.bands is not None and len(self.bands) == 1 else None


def compile_score(score: Score, vocabulary: Vocabulary) -> ScoreProgram:
    """Return a score as a function, with the values that stand for each unknown input."""
    names = tuple(score.inputs)
    writer = FormulaText(score, names)
    formula, source = compile_formula(writer)
    choices: Mapping[str, tuple[Total, ...]] = {
        name: classes(writer, name, values(writer, item, vocabulary)) or (None,) for name, item in score.inputs.items()
    }
    trend = Trend(writer, choices)
    rising = tuple(_rising(trend, score, name) for name in names)
    discrete = tuple(_discrete(writer, item, vocabulary) for item in score.inputs.values())
    every = tuple(choices[name] for name in names)
    return ScoreProgram(score, names, formula, every, rising, discrete, writer.optional, source)


def _rising(trend: Trend, score: Score, name: str) -> int | None:
    return None if score.value is None or score.value_type == "code" else trend.of(score.value, name)


def _discrete(writer: FormulaText, item: ScoreInput, vocabulary: Vocabulary) -> bool:
    if item.type in {"yes_no", "choice"}:
        return True
    low, high = input_range(item, vocabulary)
    return (item.type == "integer" and high - low <= WHOLE_NUMBERS) or only_compared(writer, item.name)


def analyse(program: ScoreProgram, given: Sequence[Given]) -> Analysis:
    """Return what the known inputs settle. ``given`` has one entry per input, ``UNKNOWN`` where nobody answered."""
    return _Completions(program, given).analysis()


class _Completions:
    """Every way to fill in the unknown inputs, or enough of them to decide."""

    def __init__(self, program: ScoreProgram, given: Sequence[Given]) -> None:
        self.program = program
        self.base = [None if isinstance(value, Unknown) else value for value in given]
        self.open = [i for i, value in enumerate(given) if isinstance(value, Unknown)]
        self.full = prod(len(program.choices[i]) for i in self.open) <= GRID
        self.seen: dict[tuple[Total, ...], Outcome] = {}

    def outcome(self, completion: Sequence[Total]) -> Outcome:
        key = tuple(completion)
        if key not in self.seen:
            inputs = list(self.base)
            for i, value in zip(self.open, key, strict=True):
                inputs[i] = value
            self.seen[key] = self.program.formula(inputs)
        return self.seen[key]

    def choices(self, i: int) -> tuple[Total, ...]:
        """Return the values tried for an input while another is looked at: all, or its ends."""
        every = self.program.choices[i]
        return every if self.full or len(every) < 3 else (every[0], every[-1])

    def contexts(self) -> Iterator[tuple[Total, ...]]:
        """Yield completions: the whole grid, or its ends and a fixed selection of its inside."""
        grid = [self.choices(i) for i in self.open]
        if self.full or prod(map(len, grid)) <= CONTEXTS:
            yield from product(*grid)
            return
        yield tuple(options[0] for options in grid)
        yield tuple(options[-1] for options in grid)
        rising = [self.program.rising[i] for i in self.open]
        for best in (1, -1):
            yield tuple(options[-1 if step == best else 0] for options, step in zip(grid, rising, strict=True))
        yield from islice(_selection(grid), CONTEXTS)

    def missing(self) -> tuple[str, ...]:
        contexts = list(self.contexts())
        return tuple(self.program.names[i] for axis, i in enumerate(self.open) if self._matters(axis, i, contexts))

    def _matters(self, axis: int, i: int, contexts: list[tuple[Total, ...]]) -> bool:
        """Return whether changing this input alone changes value or band in some completion."""
        every = self.program.choices[i]
        for context in contexts:
            if self.full and context[axis] != every[0]:
                continue  # one base point of each line through the grid is enough
            outcomes = {self.outcome((*context[:axis], value, *context[axis + 1 :])) for value in every}
            if len(outcomes) > 1:
                return True
        return False

    def analysis(self) -> Analysis:
        missing = self.missing()
        outcomes = [self.outcome(context) for context in self.contexts()]
        if not missing:
            return Analysis(outcomes[0], (), *_settled(outcomes[0]))
        bands: frozenset[str | None] | None = frozenset(band for _, band in outcomes)
        tried = self.full and all(self.program.discrete[i] for i in self.open)
        if not tried and bands is not None and len(bands) > 1:
            bands = None  # between two bands there may be a third that no completion tried
        return Analysis((None, None), missing, self._range(outcomes, tried=tried), _codes(outcomes), bands)

    def _range(self, outcomes: list[Outcome], *, tried: bool) -> Interval:
        numbers = [value for value, _ in outcomes if isinstance(value, (int, float, Fraction))]
        if not numbers:
            return ANYTHING
        if tried or all(self.program.rising[i] is not None for i in self.open):
            return Interval(min(numbers), max(numbers))
        limits = self.program.score.range
        return Interval(*limits) if limits is not None else ANYTHING


def _settled(outcome: Outcome) -> tuple[Interval, frozenset[str] | None, frozenset[str | None]]:
    value, band = outcome
    if isinstance(value, str):
        return ANYTHING, frozenset((value,)), frozenset((band,))
    return (ANYTHING if value is None else Interval(value, value)), None, frozenset((band,))


def _codes(outcomes: list[Outcome]) -> frozenset[str] | None:
    codes = frozenset(value for value, _ in outcomes if isinstance(value, str))
    return codes or None


def _selection(grid: Sequence[Sequence[Total]]) -> Iterator[tuple[Total, ...]]:
    """Yield completions spread over the grid, always the same ones."""
    state = 12345
    while True:
        chosen = []
        for options in grid:
            state = (state * 1103515245 + 12345) % 2**31
            chosen.append(options[(state >> 16) % len(options)])
        yield tuple(chosen)


def printed(value: Real | str | None, value_type: str) -> int | float | str | None:
    """Return a score's value as it is printed: whole numbers as such, decimals with six places."""
    if value is None or isinstance(value, str):
        return value
    if value_type == "integer" and value == int(value):
        return int(value)
    return round(float(value), 6)


def total(value: Fraction) -> Total:
    """Return a known number as an input of a formula."""
    return tidy(value)

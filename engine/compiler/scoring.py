"""What is known of a score when answers are missing: its value or its range, its band, and which answers matter."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice, product
from math import prod

from engine.compiler.domains import (
    FEW_GAPS,
    WHOLE_NUMBERS,
    Trend,
    classes,
    filled,
    input_range,
    only_compared,
    series_marks,
    tidy,
    values,
)
from engine.compiler.doubts import doubts
from engine.compiler.formula import FormulaText, compile_formula
from engine.compiler.intervals import ANYTHING, Interval
from engine.compiler.program import UNKNOWN, Analysis, Given, Outcome, ScoreProgram, Total, Unknown
from engine.conditions import facts_of
from engine.facts import Vocabulary
from engine.language.documents import Score, ScoreInput

GRID = 1500  # completions tried in full; beyond, corners decide
CONTEXTS = 64
ONE_WAY = 2  # rises or falls, as the other answers have it: both ends are tried
SCORES = 128  # compiled scores remembered, of whatever library
KEPT = 512  # analyses remembered per score: many cases leave the same questions open


_COMPILED: dict[tuple[int, int], tuple[Score, Vocabulary, ScoreProgram]] = {}  # holding both keeps their ids theirs


def compile_score(score: Score, vocabulary: Vocabulary) -> ScoreProgram:
    """Return a score as a function; the editions of one library share most of their scores, compiled once."""
    key = (id(score), id(vocabulary))
    known = _COMPILED.get(key)
    if known is None:
        if len(_COMPILED) >= SCORES:
            _COMPILED.clear()
        known = _COMPILED[key] = score, vocabulary, _compiled(score, vocabulary)
    return known[2]


def _compiled(score: Score, vocabulary: Vocabulary) -> ScoreProgram:
    """Return a score with the values that stand for each unknown input."""
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
    marks = {name: series_marks(writer, name) for name, item in score.inputs.items() if item.type == "series"}
    binds = {name: item.bind for name, item in score.inputs.items()}
    reads = {name: () if bind is None else tuple(facts_of(bind)) for name, bind in binds.items()}
    made = ScoreProgram(
        score, names, formula, every, rising, discrete, writer.optional, source, marks, doubts(writer), reads
    )
    analyse(made, [None if name in made.optional else UNKNOWN for name in names])  # most scores of a case stay blank
    return made


def _rising(trend: Trend, score: Score, name: str) -> int | None:
    if score.value is None or score.value_type == "code":
        return None
    found = trend.of(score.value, name)
    return ONE_WAY if found is None and name in score.monotone else found


def _discrete(writer: FormulaText, item: ScoreInput, vocabulary: Vocabulary) -> bool:
    if item.type in {"yes_no", "choice"}:
        return True
    low, high = input_range(item, vocabulary)
    return (item.type == "integer" and high - low <= WHOLE_NUMBERS) or only_compared(writer, item.name)


def analyse(program: ScoreProgram, given: Sequence[Given]) -> Analysis:
    """Return what the known inputs settle. ``given`` has one entry per input, ``UNKNOWN`` where nobody answered."""
    key = tuple(given)
    known = program.settled.get(key)
    if known is None:
        if len(program.settled) >= KEPT:
            program.settled.clear()
        known = program.settled[key] = _analysed(program, given)
    return known


def _analysed(program: ScoreProgram, given: Sequence[Given]) -> Analysis:
    open_ = [i for i, value in enumerate(given) if is_open(value)]
    grid = [_options(program, i, given[i]) for i in open_]
    completed = _Completion(program, given, open_)
    if prod(map(len, grid)) <= GRID:
        outcomes = [completed.outcome(values) for values in product(*grid)]
        matter = _axes_that_matter(outcomes, [len(options) for options in grid])
    else:
        contexts = list(_contexts(program, open_, grid))
        outcomes = [completed.outcome(values) for values in contexts]
        matter = [_matters(completed, axis, grid[axis], contexts) for axis in range(len(grid))]
    missing = tuple(program.names[i] for i, each in zip(open_, matter, strict=True) if each)
    if not missing:
        return Analysis(outcomes[0], (), *_settled(outcomes[0]))
    tried = prod(map(len, grid)) <= GRID and all(program.discrete[i] for i in open_)
    rising = all(program.rising[i] is not None for i in open_)
    found = _undecided(program, missing, outcomes, tried=tried, rising=rising)
    blurred = any(_blurs(program, i, given[i]) for i in open_)
    return replace(found, bands=None if blurred else found.bands, named=_named(program, missing, given))


def is_open(value: Given) -> bool:
    """Return whether an input has no value, or is a list with entries that were not recorded."""
    return isinstance(value, Unknown) or (isinstance(value, tuple) and None in value)


def _options(program: ScoreProgram, i: int, value: Given) -> tuple[Total, ...]:
    if isinstance(value, tuple):
        return filled(program.score.inputs[program.names[i]], value, program.marks.get(program.names[i], ()))
    return program.choices[i]


def _blurs(program: ScoreProgram, i: int, value: Given) -> bool:
    """Return whether a list lacks more than completions can try: entries of any number of values, or many of them."""
    item = program.score.inputs[program.names[i]]
    if item.type != "series":
        return False
    return item.several or not isinstance(value, tuple) or value.count(None) > FEW_GAPS


def _named(program: ScoreProgram, missing: tuple[str, ...], given: Sequence[Given]) -> tuple[str, ...]:
    """Return missing inputs as they are printed: the days of a diary by their numbers, all other inputs by name."""
    days: set[int] = set()
    printed_names: list[str] = []
    for name in missing:
        value = given[program.names.index(name)]
        if isinstance(value, tuple) and program.score.inputs[name].days is not None:
            days |= {day for day, entry in enumerate(value, start=1) if entry is None}
        else:
            printed_names.append(name)
    return (*printed_names, *runs(sorted(days)))


def runs(days: Sequence[int]) -> Iterator[str]:
    """Yield days in words: ``days 3``, ``days 10-14``."""
    begins = [day for day in days if day - 1 not in days]
    ends = [day for day in days if day + 1 not in days]
    for first, last in zip(begins, ends, strict=True):
        yield f"days {first}" if first == last else f"days {first}-{last}"


class _Completion:
    """Fills in the unknown inputs of a score."""

    def __init__(self, program: ScoreProgram, given: Sequence[Given], open_: list[int]) -> None:
        self.formula, self.open = program.formula, open_
        self.inputs: list[Total] = [None if isinstance(value, Unknown) else value for value in given]

    def outcome(self, values: Sequence[Total]) -> Outcome:
        for i, value in zip(self.open, values, strict=True):
            self.inputs[i] = value
        return self.formula(self.inputs)


def _axes_that_matter(outcomes: list[Outcome], sizes: list[int]) -> list[bool]:
    """Return for each axis of a full grid, written out row by row, whether some line along it is not constant."""
    found, stride = [], len(outcomes)
    for size in sizes:
        block, stride = stride, stride // size
        lines = (
            range(start + j, start + block, stride) for start in range(0, len(outcomes), block) for j in range(stride)
        )
        found.append(any(outcomes[i] != outcomes[line[0]] for line in lines for i in line[1:]))
    return found


def _contexts(program: ScoreProgram, open_: list[int], full: list[tuple[Total, ...]]) -> Iterator[tuple[Total, ...]]:
    """Yield completions that stand for a grid too large to try: its ends, and a fixed selection of its inside."""
    ends = [options if len(options) < 3 else (options[0], options[-1]) for options in full]
    if prod(map(len, ends)) <= CONTEXTS:
        yield from product(*ends)
        return
    yield tuple(options[0] for options in ends)
    yield tuple(options[-1] for options in ends)
    rising = [program.rising[i] for i in open_]
    for best in (1, -1):
        yield from islice(product(*_corners(ends, rising, best)), GRID)
    yield from islice(_selection(full), CONTEXTS)


def _corners(ends: Sequence[tuple[Total, ...]], rising: Sequence[int | None], best: int) -> Iterator[tuple[Total, ...]]:
    """Yield per input the ends where the value is highest (``best`` 1) or lowest (-1)."""
    for options, step in zip(ends, rising, strict=True):
        yield options if step == ONE_WAY else (options[-1 if step == best else 0],)


def _matters(
    completed: _Completion, axis: int, options: Sequence[Total], contexts: Sequence[tuple[Total, ...]]
) -> bool:
    """Return whether changing this input alone changes value or band in one of the contexts."""
    for context in contexts:
        outcomes = (completed.outcome((*context[:axis], value, *context[axis + 1 :])) for value in options)
        first = next(outcomes)
        if any(outcome != first for outcome in outcomes):
            return True
    return False


def _undecided(
    program: ScoreProgram, missing: tuple[str, ...], outcomes: list[Outcome], *, tried: bool, rising: bool
) -> Analysis:
    bands: frozenset[str | None] | None = frozenset(band for _, band in outcomes)
    if not tried and bands is not None and len(bands) > 1:
        bands = None  # between two bands there may be a third that no completion tried
    numbers = [value for value, _ in outcomes if isinstance(value, (int, float, Fraction))]
    limits = program.score.range
    if numbers and (tried or rising):
        value = Interval(min(numbers), max(numbers))
    else:
        value = ANYTHING if limits is None or not numbers else Interval(*limits)
    return Analysis((None, None), missing, value, _codes(outcomes), bands)


def _settled(outcome: Outcome) -> tuple[Interval, frozenset[str] | None, frozenset[str | None]]:
    value, band = outcome
    if isinstance(value, str):
        return ANYTHING, frozenset((value,)), frozenset((band,))
    number = None if isinstance(value, tuple) else value
    return (ANYTHING if number is None else Interval(number, number)), None, frozenset((band,))


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


Printed = int | float | str | bool | None | Mapping[str, object]


def printed(value: object, score: Score) -> Printed:
    """Return a score's value as it is printed: counts as whole numbers, decimals with six places, a record by name."""
    if isinstance(value, tuple):
        return {name: _plain(part, "number") for name, part in zip(score.record, value, strict=True)}
    return _plain(value, score.value_type)


def _plain(value: object, value_type: str) -> int | float | str | bool | None:
    if not isinstance(value, (int, float, Fraction)) or isinstance(value, bool):
        return value if isinstance(value, (str, bool)) else None
    if value_type in ("integer", "number") and value == int(value):
        return int(value)
    return round(float(value), 6)


def total(value: Fraction) -> Total:
    """Return a known number as an input of a formula."""
    return tidy(value)

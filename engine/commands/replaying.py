"""What a version of the library says of stored cases, a batch at a time: every rule by columns, every item by plans."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from engine.cohort import CohortProgram, Filler, Runner, compiled
from engine.commands.programs import Programs, case_day
from engine.commands.stored_cases import Stored, as_case
from engine.compiler import Program
from engine.errors import PautaError
from engine.evaluator import evaluate
from engine.evaluator.truths import walked_truths
from engine.facts import CaseFacts
from engine.language.cases import read_case
from engine.plan import Truth

BATCH = 500
"""Cases held in memory at a time."""
WORDS: Mapping[Truth, str] = {True: "fired", None: "open", False: "false"}
STATES = ("proposed", "held", "blocked")


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says of one case: a word for every rule, and the state of every item of its plan."""

    rules: Mapping[str, str]
    items: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that no case could be read from."""

    line: int
    id: object
    problem: PautaError


@dataclass(slots=True)
class Counts:
    """In how many cases each rule fired, was open or held, and was false; and each item was proposed, held, blocked."""

    rules: defaultdict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(WORDS.values(), 0))
    )
    items: defaultdict[str, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: dict.fromkeys(STATES, 0))
    )

    def add(self, rule: str, counted: Iterable[int]) -> None:
        known = self.rules[rule]
        for word, count in zip(WORDS.values(), counted, strict=True):
            known[word] += count


@dataclass(slots=True)
class _Columns:
    """One program over columns, and the cases of the batch that are decided by it."""

    program: Program
    code: CohortProgram
    runner: Runner
    filler: Filler
    places: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, program: Program) -> "_Columns":
        code, runner = compiled(program)
        return cls(program, code, runner, Filler(code, walked_truths))


@dataclass(slots=True)
class Version:
    """One state of the library. Cases of different days may meet different programs."""

    programs: Programs
    items: bool
    counts: Counts = field(default_factory=Counts)
    _columns: dict[str, _Columns] = field(default_factory=dict)

    def read(self, raw: dict[str, object]) -> tuple[Program, CaseFacts]:
        """Return the program of the day of a case and what it reads of it; raise PautaError if it cannot."""
        program = self.programs.at(case_day(raw))
        return program, read_case(raw, program.edition.vocabulary, program.edition.formulary)

    def say(self, cases: list[tuple[Program, CaseFacts]]) -> list[Said]:
        """Return what is said of each case, and count it."""
        for place, (program, case) in enumerate(cases):
            columns = self._of(program)
            columns.places.append(place)
            columns.filler.add(case)
        found: list[Mapping[str, str]] = [{}] * len(cases)
        for columns in self._columns.values():
            for place, rules in self._decided(columns):
                found[place] = rules
        return [Said(rules, self._items(*case)) for rules, case in zip(found, cases, strict=True)]

    def _of(self, program: Program) -> _Columns:
        if program.digest not in self._columns:
            self._columns[program.digest] = _Columns.of(program)
        return self._columns[program.digest]

    def _decided(self, columns: _Columns) -> Iterator[tuple[int, Mapping[str, str]]]:
        """Yield the place of each waiting case with what its rules come to; none waits afterwards."""
        names = [node.name for node in columns.program.rules]
        outcomes = columns.runner.run(columns.filler.block())
        for name, counted in zip(names, outcomes.counts(), strict=True):
            self.counts.add(name, counted)
        for number, place in enumerate(columns.places):
            truths = outcomes.truths(number)
            yield place, {name: WORDS[truth] for name, truth in zip(names, truths, strict=True)}
        columns.filler.clear()
        columns.places.clear()

    def _items(self, program: Program, case: CaseFacts) -> Mapping[str, str]:
        if not self.items:
            return {}
        states = {item.code: item.state for item in evaluate(program, case).items}
        for code, state in states.items():
            self.counts.items[code][state] += 1
        return states


@dataclass(frozen=True, slots=True)
class Answer:
    """One case by each version, the newer first."""

    line: int
    id: object
    said: tuple[Said, ...]

    def changes(self) -> dict[str, dict[str, list[str | None]]]:
        """Return what the older version says and the newer one, where they differ; what is not there is false."""
        new, old = self.said[0], self.said[-1]
        pairs = {"rules": (old.rules, new.rules), "items": (old.items, new.items)}
        return {kind: found for kind, (before, after) in pairs.items() if (found := _differences(before, after))}


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str | None]]:
    names = sorted({*before, *after})
    pairs = {name: [before.get(name), after.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if (pair[0] or "false") != (pair[1] or "false")}


def replay(stored: Iterable[Stored], versions: tuple[Version, ...]) -> Iterator[Answer | Bad]:
    """Yield an answer for every stored case, in order, with bad lines among them; no more than a batch is held."""
    batch: list[Stored] = []
    for each in stored:
        batch.append(each)
        if len(batch) == BATCH:
            yield from _answered(batch, versions)
            batch = []
    yield from _answered(batch, versions)


def _answered(batch: list[Stored], versions: tuple[Version, ...]) -> Iterator[Answer | Bad]:
    good: list[tuple[int, object, list[tuple[Program, CaseFacts]]]] = []
    bad: dict[int, Bad] = {}
    for line, text in batch:
        name: object = None
        try:
            raw = as_case(text)
            name = raw.get("id")
            good.append((line, name, [version.read(raw) for version in versions]))
        except PautaError as problem:
            bad[line] = Bad(line, name, problem)
    said = zip(*(version.say([read[i] for _, _, read in good]) for i, version in enumerate(versions)), strict=True)
    answers = {line: Answer(line, name, each) for (line, name, _), each in zip(good, said, strict=True)}
    for line, _ in batch:
        yield bad[line] if line in bad else answers[line]

"""What a version of the library says of stored cases, a batch at a time: every rule by columns, then its items."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import cast

from engine.cohort import FALSE, FIRED, HELD, OPEN, CohortProgram, Filler, Runner, compiled
from engine.commands.programs import Programs, case_day
from engine.commands.stored_cases import Stored, as_case
from engine.compiler import Program
from engine.compiler.mentions import mentions_of
from engine.errors import PautaError
from engine.evaluator.states import item_states
from engine.evaluator.truths import walked_outcomes
from engine.facts import CaseFacts, Mention
from engine.language.cases import read_case

BATCH = 500
"""Cases held in memory at a time."""
WORDS = {FIRED: "fired", OPEN: "open", FALSE: "false"}
"""What the numbers of a row of outcomes are called."""
STATES = ("proposed", "held", "blocked")
_TOLD = bytes.maketrans(bytes((HELD,)), bytes((OPEN,)))  # a rule that is held is told as open: it waits too


@dataclass(frozen=True, slots=True)
class Said:
    """What a version says of one case: ``row`` has the number of a word for each rule of ``names``."""

    names: tuple[str, ...]
    row: bytes
    items: Mapping[str, str]

    @property
    def rules(self) -> Mapping[str, str]:
        """Return a word for every rule."""
        return {name: WORDS[number] for name, number in zip(self.names, self.row, strict=True)}

    def same_rules(self, other: "Said") -> bool:
        return self.row == other.row and self.names == other.names


@dataclass(frozen=True, slots=True)
class Bad:
    """A line that no case could be read from."""

    line: int
    id: object
    problem: PautaError


@dataclass(slots=True)
class Counts:
    """In how many cases each rule fired, was open or held, and was false; and each item was proposed, held, blocked."""

    rules: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(_no_rules))
    items: defaultdict[str, dict[str, int]] = field(default_factory=lambda: defaultdict(_no_items))

    def add(self, other: "Counts") -> None:
        """Add what was counted in other cases."""
        for mine, others in ((self.rules, other.rules), (self.items, other.items)):
            for name, counted in others.items():
                for word, count in counted.items():
                    mine[name][word] += count


def _no_rules() -> dict[str, int]:
    return dict.fromkeys(WORDS.values(), 0)


def _no_items() -> dict[str, int]:
    return dict.fromkeys(STATES, 0)


@dataclass(frozen=True, slots=True)
class Read:
    """A case as a version reads it: the program of its day, its facts, and what its free text mentions."""

    program: Program
    case: CaseFacts
    mentions: tuple[Mention, ...]


@dataclass(slots=True)
class _Columns:
    """One program over columns, and the cases of the batch that are decided by it."""

    program: Program
    code: CohortProgram
    runner: Runner
    filler: Filler
    names: tuple[str, ...]
    waiting: list[tuple[int, Read]] = field(default_factory=list)  # with their places among all that are asked about

    @classmethod
    def of(cls, program: Program) -> "_Columns":
        code, runner = compiled(program)
        return cls(program, code, runner, Filler(code, walked_outcomes), tuple(node.name for node in program.rules))

    def add(self, place: int, read: Read) -> None:
        self.waiting.append((place, read))
        self.filler.add(read.case, read.mentions)


@dataclass(slots=True)
class Version:
    """One state of the library. Cases of different days may meet different programs."""

    programs: Programs
    items: bool
    counts: Counts = field(default_factory=Counts)
    _columns: dict[str, _Columns] = field(default_factory=dict)

    def read(self, raw: dict[str, object], known: Read | None = None) -> Read:
        """Return what a case is to this version; ``known``: what it is to another, which may read it alike."""
        program = self.programs.at(case_day(raw))
        if known is not None and _reads_alike(known.program, program):
            return Read(program, known.case, known.mentions)
        case = read_case(raw, program.edition.vocabulary, program.edition.formulary)
        return Read(program, case, mentions_of(program, case))

    def say(self, cases: list[Read]) -> list[Said]:
        """Return what is said of each case, and count it."""
        for place, read in enumerate(cases):
            self._of(read.program).add(place, read)
        found = dict(said for columns in self._columns.values() for said in self._decided(columns))
        return [found[place] for place in range(len(cases))]

    def _of(self, program: Program) -> _Columns:
        if program.digest not in self._columns:
            self._columns[program.digest] = _Columns.of(program)
        return self._columns[program.digest]

    def _decided(self, columns: _Columns) -> Iterator[tuple[int, Said]]:
        """Yield the place of each waiting case with what is said of it; none waits afterwards."""
        outcomes = columns.runner.run(columns.filler.block())
        for name, counted in zip(columns.names, outcomes.counts(), strict=True):
            for word, count in zip(WORDS.values(), counted, strict=True):
                self.counts.rules[name][word] += count
        for (place, read), row in zip(columns.waiting, outcomes.rows(), strict=True):
            items = self._items(read, row) if self.items else {}
            yield place, Said(columns.names, row.translate(_TOLD), items)
        columns.filler.clear()
        columns.waiting.clear()

    def _items(self, read: Read, row: bytes) -> Mapping[str, str]:
        proposed, held = ([place for place, sign in enumerate(row) if sign == wanted] for wanted in (FIRED, HELD))
        states = item_states(read.program, read.case, read.mentions, proposed=proposed, held=held)
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
        pairs = {} if old.same_rules(new) else {"rules": (old.rules, new.rules)}
        pairs |= {} if old.items == new.items else {"items": (old.items, new.items)}
        return {kind: found for kind, (before, after) in pairs.items() if (found := _differences(before, after))}


def _differences(before: Mapping[str, str], after: Mapping[str, str]) -> dict[str, list[str | None]]:
    names = sorted({*before, *after})
    pairs = {name: [before.get(name), after.get(name)] for name in names}
    return {name: pair for name, pair in pairs.items() if (pair[0] or "false") != (pair[1] or "false")}


def replay(stored: Iterable[Stored], versions: tuple[Version, ...]) -> Iterator[Answer | Bad]:
    """Yield an answer for every stored case, in order, with bad lines among them; no more than a batch is held."""
    for batch in batches(stored):
        yield from answered(batch, versions)


def batches(stored: Iterable[Stored]) -> Iterator[list[Stored]]:
    """Yield stored cases so many at a time, the last of them fewer."""
    waiting = iter(stored)
    while batch := list(islice(waiting, BATCH)):
        yield batch


def answered(batch: list[Stored], versions: tuple[Version, ...]) -> list[Answer | Bad]:
    """Return an answer for each case of a batch, and what is wrong with each bad line, in order."""
    good: list[tuple[int, object, list[Read]]] = []
    bad: dict[int, Bad] = {}
    for line, text in batch:
        name: object = None
        try:
            raw = as_case(text)
            name = raw.get("id")
            good.append((line, name, list(_readings(raw, versions))))
        except PautaError as problem:
            bad[line] = Bad(line, name, problem)
    said = zip(*(version.say([read[i] for _, _, read in good]) for i, version in enumerate(versions)), strict=True)
    answers = {line: Answer(line, name, each) for (line, name, _), each in zip(good, said, strict=True)}
    return [bad[line] if line in bad else answers[line] for line, _ in batch]


def _readings(raw: dict[str, object], versions: tuple[Version, ...]) -> Iterator[Read]:
    """Yield what each version reads of a case; those that read alike share it."""
    first: Read | None = None
    for version in versions:
        read = version.read(raw, first)
        yield read
        first = first or read


def _reads_alike(one: Program, other: Program) -> bool:
    """Return whether two programs read the same of every case and its free text; found once for both."""
    known = cast("dict[str, bool]", one.kept.setdefault("reads alike", {}))
    if other.digest not in known:
        mine, theirs = ((each.vocabulary, each.formulary, each.lexicon) for each in (one.edition, other.edition))
        known[other.digest] = mine == theirs
    return known[other.digest]

"""Everybody who waits for a clinician, in order; whoever is shown becomes an entry, the thousands beside stay a line.

A line is a plain tuple of numbers and texts, which Python's collector of garbage does not look into: objects for
thousands of patients, made and let go for every page, cost more time in the collector than in making them.
"""

import hashlib
from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, overload
from uuid import UUID

from webapp.accounts.models import User
from webapp.desk.instants import instant_of, moment
from webapp.desk.waiting import Key, Source

# The order of the list comes first: the rank (negative: the riskiest first), until and since which instant, the
# patient; then the instant of the newest thing, the kinds as bits, and what waits: each with the mark of its source.
Line = tuple[int, int, int, str, int, int, str]
RANK: Final = 0
SINCE: Final = 2
WHO: Final = 3
NEWEST: Final = 4
KINDS: Final = 5
THINGS: Final = 6
NEVER = 1 << 62  # an instant after every other
MARKS = 0xE000  # the marks of sources are letters nobody writes with
THING = 37  # a mark and a key


@dataclass(slots=True)
class Entry:
    """A patient in the list, by plain columns only: what waits, by the name of the source that told it."""

    patient_id: UUID
    rank: int
    since: datetime  # the first thing that waits
    newest: datetime  # the last one that came
    due: datetime | None = None  # the first promise
    waiting: dict[str, list[UUID]] = field(default_factory=dict)
    tabs: set[str] = field(default_factory=set)

    @property
    def plan_id(self) -> UUID | None:
        return next(iter(self.waiting.get("drafts", ())), None)

    @property
    def alert_ids(self) -> Sequence[UUID]:
        return self.waiting.get("alerts", ())

    @property
    def task_ids(self) -> Sequence[UUID]:
        """What a doctor said she would watch, and is due."""
        return self.waiting.get("watched", ())

    @property
    def flagged(self) -> bool:
        return "flags" in self.tabs

    @property
    def not_assessed(self) -> bool:
        return "not_assessed" in self.tabs

    def in_tab(self, tab: str) -> bool:
        return tab == "all" or tab in self.tabs


class Kinds:
    """The kinds things are of, each a bit: those of a patient are put together thousands of times."""

    def __init__(self) -> None:
        self.bits: dict[str, int] = {}
        self._known: dict[frozenset[str], int] = {}

    def of(self, tabs: frozenset[str]) -> int:
        """Return the bits of some kinds."""
        found = self._known.get(tabs)
        if found is None:
            found = self._known[tabs] = sum(self.bits.setdefault(tab, 1 << len(self.bits)) for tab in sorted(tabs))
        return found

    def names(self, bits: int) -> set[str]:
        return {name for name, bit in self.bits.items() if bits & bit}


class Waitlist(Sequence[Entry]):
    """The entries of everybody who waits, each made when it is asked for."""

    def __init__(self, lines: list[Line], kinds: Kinds, sources: Sequence[str]) -> None:
        self._lines, self._kinds, self._sources = lines, kinds, sources

    def __len__(self) -> int:
        return len(self._lines)

    def __iter__(self) -> Iterator[Entry]:
        return map(self._entry, self._lines)

    @overload
    def __getitem__(self, place: int) -> Entry: ...
    @overload
    def __getitem__(self, place: slice) -> "Waitlist": ...
    def __getitem__(self, place: int | slice) -> "Entry | Waitlist":
        return self._of(self._lines[place]) if isinstance(place, slice) else self._entry(self._lines[place])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and list(self) == list(other)

    __hash__ = None  # type: ignore[assignment]  # as no list has one

    def in_tab(self, tab: str) -> "Waitlist":
        """Return those of a kind."""
        if tab == "all":
            return self
        bit = self._kinds.bits.get(tab, 0)
        return self._of([line for line in self._lines if line[KINDS] & bit])

    def of_patients(self, names: set[str]) -> "Waitlist":
        """Return those of the list who are among some patients, each named by the key as it is written."""
        return self._of([line for line in self._lines if line[WHO] in names])

    def since_before(self, when: datetime) -> "Waitlist":
        """Return those who began to wait before a moment."""
        latest = instant_of(when)
        return self._of([line for line in self._lines if line[SINCE] < latest])

    def come_since(self, when: datetime) -> int:
        """Return how many have something that came after a moment."""
        latest = instant_of(when)
        return sum(line[NEWEST] > latest for line in self._lines)

    def of_rank(self, floor: int) -> int:
        """Return how many are of this rank or a higher one: they stand first."""
        return bisect_left(self._lines, (1 - floor,))

    def counts(self) -> dict[str, int]:
        """Return how many are of each kind anybody is of."""
        found: dict[str, int] = {}
        for bits, number in Counter([line[KINDS] for line in self._lines]).items():
            for name in self._kinds.names(bits):
                found[name] = found.get(name, 0) + number
        return found

    def stamp(self) -> str:
        """Return what changes whenever somebody comes, goes, or waits for something else."""
        told = "\n".join([f"{line[RANK]} {line[WHO]} {line[THINGS]}" for line in self._lines])
        return hashlib.blake2b(told.encode(), digest_size=16).hexdigest()

    def place_of(self, source: str, pk: str) -> int | None:
        """Return where the patient stands for whom this is the first thing that a source told, None for nobody."""
        told = _mark(self._sources.index(source)) + pk if source in self._sources else ""
        if len(told) != THING:
            return None
        return next((place for place, line in enumerate(self._lines) if _first(line[THINGS], told[0]) == told), None)

    def _of(self, lines: list[Line]) -> "Waitlist":
        return Waitlist(lines, self._kinds, self._sources)

    def _entry(self, line: Line) -> Entry:
        rank, due, since, who, newest, bits, things = line
        entry = Entry(UUID(who), -rank, moment(since), moment(newest), None if due == NEVER else moment(due))
        entry.tabs = self._kinds.names(bits)
        for start in range(0, len(things), THING):
            source = self._sources[ord(things[start]) - MARKS]
            entry.waiting.setdefault(source, []).append(UUID(things[start + 1 : start + THING]))
        return entry


def _mark(number: int) -> str:
    return chr(MARKS + number)


def _first(things: str, mark: str) -> str:
    start = things.find(mark)
    return things[start : start + THING] if start >= 0 else ""


def gathered(user: User, sources: Sequence[Source]) -> Waitlist:
    """Return everybody who waits for ``user``, in order; one query a source, however many wait."""
    found: dict[str, Line] = {}
    kinds = Kinds()
    for number, source in enumerate(sources):
        _tell(found, source.keys_for(user), _mark(number), kinds.of)
    return Waitlist(sorted(found.values()), kinds, [source.name for source in sources])


def _tell(found: dict[str, Line], keys: Iterable[Key], mark: str, bits_of: Callable[[frozenset[str]], int]) -> None:
    for who, pk, rank, since, tabs, due in keys:
        line = (-rank, NEVER if due is None else due, since, who, since, bits_of(tabs), mark + pk)
        before = found.get(who)
        found[who] = line if before is None else _both(before, line)


def _both(one: Line, other: Line) -> Line:
    """Return the line of a patient for whom more than one thing waits."""
    rank, due, since, who, newest, kinds, things = one
    new_rank, new_due, new_since, _who, new_newest, new_kinds, new_things = other
    return (
        min(rank, new_rank),
        min(due, new_due),
        min(since, new_since),
        who,
        max(newest, new_newest),
        kinds | new_kinds,
        things + new_things,
    )

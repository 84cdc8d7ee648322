"""Phrases as the author writes them, and how they are found among the words of a text.

``sangre ... $stool``: words, ``...`` for up to five words between, ``$name`` one of a group, ``a|b`` either,
``vomit*`` any ending, ``mucho?`` there or not, ``#`` a number,
``##`` a year long gone.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain, product
from math import prod

from engine.lexicon.tokens import Token, plain

GAP = 5
MOST = 400  # ways to write one phrase, once groups of several words are written out
_PART = re.compile(r"[^\W_]+\*?|##?|\$[a-z][a-z0-9_]*")


class PatternError(ValueError):
    """A phrase that cannot be read; its text says what is wrong."""


@dataclass(frozen=True, slots=True)
class Step:
    """One word of a phrase: what it may be, and how many words may stand before it."""

    words: frozenset[str]
    stems: tuple[str, ...]
    gap: int = 0
    optional: bool = False

    def fits(self, token: Token) -> bool:
        return any(word in self.words or (self.stems and word.startswith(self.stems)) for word in token.words)


@dataclass(frozen=True, slots=True)
class Pattern:
    """A phrase of one owner (an entry or a cue)."""

    owner: int
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Hit:
    """A phrase found: the tokens it names, and those it passed over."""

    owner: int
    named: tuple[int, ...]
    passed: tuple[int, ...]

    @property
    def first(self) -> int:
        return self.named[0]

    @property
    def last(self) -> int:
        return self.named[-1]


class Phrases:
    """Reads phrases with one set of groups; what is found of a word serves every phrase it stands in."""

    def __init__(self, groups: Mapping[str, Sequence[str]]) -> None:
        self.groups = groups
        self.known: dict[tuple[str, int], list[tuple[Step, ...]]] = {}

    def patterns(self, text: str, owner: int) -> list[Pattern]:
        """Return every way to write a phrase; raise PatternError if it cannot be read."""
        return [Pattern(owner, tuple(chain.from_iterable(chosen))) for chosen in product(*self.parts(text))]

    def parts(self, text: str) -> list[list[tuple[Step, ...]]]:
        """Return the ways to write each part of a phrase; raise PatternError if it cannot be read."""
        words = text.split()
        if not words or words[0] == "..." or words[-1] == "...":
            raise PatternError("a phrase begins and ends with a word")
        ways: list[list[tuple[Step, ...]]] = []
        gap = 0
        for word in words:
            if word == "...":
                gap = GAP
                continue
            ways.append(self.of_part(word, gap))
            gap = 0
        count = prod(map(len, ways))
        if count > MOST:
            raise PatternError(f"it can be written in {count} ways; {MOST} is the most")
        if any(way[0].optional for way in ways[0]):
            raise PatternError("its first word cannot be left out")
        return ways

    def of_part(self, part: str, gap: int) -> list[tuple[Step, ...]]:
        found = self.known.get((part, gap))
        if found is None:
            found = self.known[part, gap] = [_stepped(way, gap) for way in self.ways(part)]
        return found

    def ways(self, part: str) -> list[tuple[Step, ...]]:
        """Return the ways to write one part: single words make one step, members of several words one way each."""
        optional = part.endswith("?")
        words: list[str] = []
        several: list[tuple[Step, ...]] = []
        for name in part.removesuffix("?").split("|"):
            if not _PART.fullmatch(name):
                raise PatternError(f'"{name[:30]}" is not a word of a phrase')
            for member in self.members(name):
                if " " in member:
                    several.append(tuple(_step([word]) for word in member.split()))
                else:
                    words.append(member)
        return ([(_step(words, optional),)] if words else []) + several

    def members(self, name: str) -> Sequence[str]:
        if not name.startswith("$"):
            return (name,)
        if name[1:] not in self.groups:
            raise PatternError(f'there is no group "{name[1:]}"')
        return self.groups[name[1:]]


def _stepped(steps: tuple[Step, ...], gap: int) -> tuple[Step, ...]:
    first = steps[0]
    return (Step(first.words, first.stems, gap, first.optional), *steps[1:])


def _step(words: Iterable[str], optional: bool = False) -> Step:
    said = list(words)
    whole = frozenset(word if word.startswith("#") else plain(word) for word in said if not word.endswith("*"))
    return Step(whole, tuple(sorted(plain(word) for word in said if word.endswith("*"))), 0, optional)


class Finder:
    """Finds phrases among tokens: those that begin with a word are looked up, none is tried in vain."""

    def __init__(self, patterns: Iterable[Pattern]) -> None:
        self.by_word: dict[str, list[Pattern]] = {}
        self.by_stem: dict[str, list[Pattern]] = {}
        self.words: set[str] = set()
        self.stems: set[str] = set()
        for pattern in patterns:
            first = pattern.steps[0]
            for word in first.words:
                self.by_word.setdefault(word, []).append(pattern)
            for stem in first.stems:
                self.by_stem.setdefault(stem, []).append(pattern)
            self.words.update(*(step.words for step in pattern.steps))
            self.stems.update(*(step.stems for step in pattern.steps))
        self.shortest = min(map(len, self.by_stem), default=1)

    def hits(self, tokens: Sequence[Token], barriers: AbstractSet[int] = frozenset()) -> Iterator[Hit]:
        """Yield every phrase found, by where it begins; none reaches over a barrier."""
        for index, token in enumerate(tokens):
            tried: set[int] = set()
            for pattern in self._starting(token):
                if id(pattern) not in tried:
                    tried.add(id(pattern))
                    named = _follow(pattern.steps, tokens, index, barriers)
                    if named is not None:
                        passed = tuple(i for i in range(named[0], named[-1]) if i not in named)
                        yield Hit(pattern.owner, named, passed)

    def _starting(self, token: Token) -> Iterator[Pattern]:
        for word in token.words:
            yield from self.by_word.get(word, ())
            for length in range(self.shortest, len(word) + 1):
                yield from self.by_stem.get(word[:length], ())


def _follow(
    steps: Sequence[Step], tokens: Sequence[Token], index: int, barriers: AbstractSet[int]
) -> tuple[int, ...] | None:
    """Return the tokens that a phrase names if it begins at ``index``, the nearest ones; None if it does not."""
    if not steps[0].fits(tokens[index]):
        return None
    named = [index]
    for step in steps[1:]:
        here = _next(step, tokens, named[-1], barriers)
        if here is not None:
            named.append(here)
        elif not step.optional:
            return None
    return tuple(named)


def _next(step: Step, tokens: Sequence[Token], after: int, barriers: AbstractSet[int]) -> int | None:
    sentence = tokens[after].sentence
    for index in range(after + 1, min(after + 2 + step.gap, len(tokens))):
        if tokens[index].sentence != sentence or index in barriers:
            return None
        if step.fits(tokens[index]):
            return index
    return None

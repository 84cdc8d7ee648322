"""Slips of the pen: what a word that nobody knows was meant to be, if it can only be one thing.

A word that sounds the same, or differs by one letter left out, put in, changed or swapped, is read as the known
word. A word the lexicon or the formulary knows, or lists as plain, always stays what it is.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache

LEAST = 5  # letters a word must sound like before one of them may be wrong
_SOUNDS = (
    ("ñ", "n"), ("ph", "f"), ("th", "t"), ("ch", "\x01"), ("h", ""), ("ge", "je"), ("gi", "ji"), ("gue", "ge"),
    ("gui", "gi"), ("qu", "k"), ("ce", "se"), ("ci", "si"), ("c", "k"), ("z", "s"), ("v", "b"), ("w", "u"),
    ("ll", "y"), ("y", "i"), ("\x01", "ch"),
)  # fmt: skip
_DOUBLE = re.compile(r"(.)\1+")


@lru_cache(maxsize=8192)
def sound(word: str) -> str:
    """Return what a word sounds like to a Spanish or English ear: h, b and v, s, c and z, double letters."""
    for written, heard in _SOUNDS:
        word = word.replace(written, heard)
    return _DOUBLE.sub(r"\1", word)


def alike(first: str, second: str) -> bool:
    """Return whether two words differ by one slip: a letter left out, put in, changed, or two swapped."""
    if first == second:
        return True
    if abs(len(first) - len(second)) > 1:
        return False
    start = 0
    while start < min(len(first), len(second)) and first[start] == second[start]:
        start += 1
    one, other = first[start:], second[start:]
    if one[1:] == other[1:] or one[1:] == other or one == other[1:]:
        return True
    return one[:2] == other[1::-1] and one[2:] == other[2:] and len(one) > 1


class Speller:
    """Knows the words of a lexicon. ``owners``: word -> what it belongs to, for words that name one thing."""

    def __init__(
        self, words: Iterable[str], stems: Iterable[str], plain: Iterable[str], owners: Mapping[str, str]
    ) -> None:
        self.known = frozenset(words) | frozenset(plain)
        self.stems = frozenset(stems)
        self.owners = owners
        self.shortest = min(map(len, self.stems), default=1)
        self.heard: dict[str, list[str]] = {}
        self.near: dict[str, list[str]] = {}
        self.stem_sounds: dict[str, list[str]] = {}
        for word in sorted(frozenset(words)):
            if word.isalpha() and len(word) > 2:
                self._learn(word)
        for stem in sorted(self.stems):
            self.stem_sounds.setdefault(sound(stem), []).append(stem)

    def _learn(self, word: str) -> None:
        heard = sound(word)
        self.heard.setdefault(heard, []).append(word)
        if len(heard) >= LEAST:
            for key in {heard, *_shortened(heard)}:
                self.near.setdefault(key, []).append(word)

    def meant(self, word: str) -> tuple[str, ...]:
        """Return what a word may stand for, itself first."""
        if not word.isalpha() or self.is_known(word):
            return (word,)
        heard = sound(word)
        same, stems = self._settled(self.heard.get(heard, ())), self._stems(heard)
        if same or any(len(stem) < len(word) for stem in stems):
            return (word, *same, *stems)
        near = self._settled(self._within_one(word, heard)) if len(heard) >= LEAST - 1 else ()
        return (word, *stems, *near)

    def is_known(self, word: str) -> bool:
        """Return whether a word is one of the lexicon, of its plain words, or begins like one of its stems."""
        return word in self.known or any(word[:n] in self.stems for n in range(self.shortest, len(word)))

    def _stems(self, heard: str) -> list[str]:
        return [stem for n in range(4, len(heard) + 1) for stem in self.stem_sounds.get(heard[:n], ())]

    def _within_one(self, said: str, heard: str) -> list[str]:
        """Return the known words one slip away; the first letter is seldom the wrong one."""
        near = {word for key in (heard, *_shortened(heard)) for word in self.near.get(key, ())}
        found = sorted(word for word in near if sound(word)[0] == heard[0] and alike(heard, sound(word)))
        return [word for word in found if word[0] == said[0]] or found

    def _settled(self, words: Iterable[str]) -> tuple[str, ...]:
        """Return the words if they are one thing: none if they name different medicines."""
        found = tuple(words)
        owners = {self.owners.get(word, "") for word in found}
        if len(owners - {""}) > 1 or ("" in owners and len(owners) > 1):
            return ()
        return found if len({word[:3] for word in found}) < 2 else ()


def _shortened(heard: str) -> Iterator[str]:
    for index in range(len(heard)):
        yield heard[:index] + heard[index + 1 :]

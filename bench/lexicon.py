"""How well the lexicon reads: precision and recall on phrases as patients write them.

``python -m bench.lexicon`` prints every set of phrases, its first reading, what was missed and what was made up.
A mention counts as right if fact (or code) and kind are right. Red flags are counted apart: one that is missed is
the worst that can happen.
"""

import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from engine.commands.files import load
from engine.facts import Mention
from engine.language.lexicons import reader_of
from engine.language.library import edition, read_library
from engine.lexicon import TextReader

PHRASES = Path(__file__).parents[1] / "tests/engine/lexicon/phrases"
HALVES = ("development", "held_out", "later", "fresh", "more", "unseen", "latest")
FIRST_READING = {
    "held_out": (0.903, 0.975), "later": (0.948, 0.902), "fresh": (0.910, 0.794), "more": (0.765, 0.506),
    "latest": (0.762, 0.604),
}  # fmt: skip
KINDS = {"affirmed": "", "negated": "no ", "past": "past ", "family": "family ", "hypothetical": "if "}


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase, and what a careful reader finds in it."""

    text: str
    expected: frozenset[str]


@dataclass(frozen=True, slots=True)
class Figures:
    """What was found right, made up and missed; ``unseen``: red flags said to be so and not found."""

    phrases: int
    right: int
    made_up: tuple[str, ...]
    missed: tuple[str, ...]
    unseen: tuple[str, ...]

    @property
    def precision(self) -> float:
        return self.right / (self.right + len(self.made_up))

    @property
    def recall(self) -> float:
        return self.right / (self.right + len(self.missed))


def phrases(half: str, name: str = "*") -> list[Phrase]:
    """Return the phrases of a half, or of one of its files."""
    found = []
    for path in sorted((PHRASES / half).glob(f"{name}.yaml")):
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            words = {part.strip() for part in entry["is"].split(",") if part.strip()}
            found.append(Phrase(entry.get("es") or entry["en"], frozenset(words)))
    return found


@cache
def shipped() -> tuple[TextReader, frozenset[str]]:
    """Return the reader of the shipped lexicon, and the red flags of the vocabulary."""
    root = Path(__file__).parents[1] / "protocols_yaml"
    known = edition(read_library(load([str(root)]).texts))
    return reader_of(known), frozenset(name for name, spec in known.vocabulary.facts.items() if spec.red_flag)


def labels(mentions: Iterable[Mention]) -> frozenset[str]:
    """Return mentions as the phrases say them: ``no dysphagia``, ``family family_history:coeliac_disease``."""
    return frozenset(f"{KINDS[each.kind]}{each.fact}{':' if each.code else ''}{each.code}" for each in mentions)


def measure(cases: Iterable[Phrase]) -> Figures:
    """Return the figures of some phrases."""
    reader, red_flags = shipped()
    read = [(each, labels(reader.mentions({"other": each.text}))) for each in cases]
    return Figures(
        len(read),
        sum(len(each.expected & found) for each, found in read),
        tuple(f"{label} | {each.text}" for each, found in read for label in sorted(found - each.expected)),
        tuple(f"{label} | {each.text}" for each, found in read for label in sorted(each.expected - found)),
        tuple(
            f"{label} | {each.text}" for each, found in read for label in sorted((each.expected & red_flags) - found)
        ),
    )


def main() -> int:
    for half in HALVES:
        figures = measure(phrases(half))
        print(f"{half}: {figures.phrases} phrases, precision {figures.precision:.3f}, recall {figures.recall:.3f}")
        if first := FIRST_READING.get(half):
            print(f"  at first reading, before anything was changed for them: {first[0]:.3f} and {first[1]:.3f}")
        print(f"  red flags missed: {len(figures.unseen)}")
        for name, lines in (("made up", figures.made_up), ("missed", figures.missed)):
            for line in lines:
                print(f"  {name}: {line}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

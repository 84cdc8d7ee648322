"""What patients write in their own words, read into mentions: deterministic, bounded, and never taken for an answer."""

from engine.lexicon.model import CUES, Entry, Lexicon, Names
from engine.lexicon.patterns import PatternError, Phrases
from engine.lexicon.reading import LONGEST, TextReader
from engine.lexicon.spelling import Speller, alike
from engine.lexicon.tokens import plain

__all__ = [
    "CUES", "LONGEST", "Entry", "Lexicon", "Names", "PatternError", "Phrases", "Speller", "TextReader", "alike",
    "plain",
]  # fmt: skip

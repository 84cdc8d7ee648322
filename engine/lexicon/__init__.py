"""What patients write in their own words, read into mentions: deterministic, bounded, and never taken for an answer."""

from engine.lexicon.model import CUES, Entry, Lexicon, Names
from engine.lexicon.patterns import PatternError, parse_pattern
from engine.lexicon.reading import LONGEST, TextReader
from engine.lexicon.spelling import Speller, alike
from engine.lexicon.tokens import plain

__all__ = [
    "CUES", "LONGEST", "Entry", "Lexicon", "Names", "PatternError", "Speller", "TextReader", "alike",
    "parse_pattern", "plain",
]  # fmt: skip

"""A text as words: folded, each with its place, and where sentences and commas part them."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(r"[^\W_]+(?:['’´`][^\W_]+)*")
_END = re.compile(r"[.;!?¿¡()\[\]\n\r\"“”«»]")
LONG_GONE = range(1900, 2021)
"""Years that are long gone. One that is not listed is taken for now: the alarm stands."""
_DECIMAL = re.compile(r"[.,]")


@dataclass(frozen=True, slots=True)
class Token:
    """One word. ``words`` are what it may stand for: itself, or what a slip of the pen was meant to be."""

    start: int
    end: int
    words: tuple[str, ...]
    sentence: int
    comma: bool  # a comma or dash stands before it

    def any_of(self, wanted: frozenset[str]) -> bool:
        return any(word in wanted for word in self.words)


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a word as it is compared: small letters, no accents or apostrophes; ``ñ`` stays, ``año`` is no ``ano``."""
    if text.isascii() and text.isalnum():
        return text.lower()
    found = []
    for sign in unicodedata.normalize("NFC", text.casefold()):
        if sign == "ñ":
            found.append(sign)
        else:
            found += [each for each in unicodedata.normalize("NFKD", sign) if each.isalnum() and each.isascii()]
    return "".join(found)


def split(text: str) -> list[Token]:
    """Return the words of a text in their order, as written; a number of a decimal stays in its sentence."""
    tokens: list[Token] = []
    sentence, end = 0, 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        inside = _DECIMAL.fullmatch(between) and text[end - 1].isdigit() and match[0][0].isdigit()
        sentence += bool(tokens and not inside and _END.search(between))
        comma = not inside and any(sign in between for sign in ",:–—-/")
        word = plain(match[0])
        if word:
            tokens.append(Token(match.start(), match.end(), _words(word), sentence, comma))
        end = match.end()
    return tokens


def _words(word: str) -> tuple[str, ...]:
    """Return a word, or for a number also ``#``, and ``##`` if it is a year long gone."""
    if not word.isdigit():
        return (word,)
    return (word, "#", "##") if len(word) == 4 and int(word) in LONG_GONE else (word, "#")

"""What one click mends: made of a problem and the text it stands in, where there is no doubt about what is meant."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from engine.errors import Problem

_MEANT = re.compile(r"Did you mean (\S+?)\?")
_QUOTED = re.compile(r'"([^"]+)"')
_WITH_UNIT = re.compile(r"Write (\S+) (.+)\.$")
_UNITS = re.compile(r"Use: (.+?)(?:;|\.$|$)")
_AMOUNT = re.compile(r"([+-]?[\d.]+)[ \t]*([^\s:\]},]+)")
_WORDS = re.compile(r"is not one of (.+)$")
_OPERATOR = re.compile(r"Write (?:a single )?(>=|<=|!=|=|<|>) for")
_KEY = re.compile(r'the key "(\w+)" is missing')
_ENDS = re.compile("\r\n|[\n\r\x85\u2028\u2029]")  # where lines end for the reader
MOST = 5  # offered at once


@dataclass(frozen=True, slots=True)
class Fix:
    """Characters ``begin`` to ``end`` of the text give way to ``insert``."""

    begin: int
    end: int
    insert: str
    label: str


class Page:
    """A text and where its lines begin."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in _ENDS.finditer(text))]

    def index(self, line: int, column: int) -> int:
        """Return the index of a place; one past the end is the end."""
        row = min(max(line, 1), len(self.starts)) - 1
        return min(self.starts[row] + max(column, 1) - 1, len(self.text))

    def rest(self, index: int) -> str:
        """Return what follows in the same line."""
        found = _ENDS.search(self.text, index)
        return self.text[index : found.start() if found else len(self.text)]


def fixes_of(problem: Problem, page: Page) -> list[Fix]:
    """Return what would mend a problem, the likeliest first."""
    at = page.index(problem.place.line, problem.place.column)
    return [fix for make in _MAKERS for fix in make(problem, page, at)][:MOST]


def span_of(problem: Problem, page: Page) -> tuple[int, int]:
    """Return what to mark: the word that is named, or what stands at the place up to the next space."""
    at = page.index(problem.place.line, problem.place.column)
    rest = page.rest(at)
    for word in _QUOTED.findall(problem.message):
        if rest.startswith(word):
            return at, at + len(word)
    found = re.match(r"\S+", rest)
    return at, at + (found.end() if found else 0)


def _meant(problem: Problem, page: Page, at: int) -> Iterator[Fix]:
    """A name that is nearly right."""
    meant = _MEANT.search(problem.hint)
    if meant is None:
        return
    quoted = _QUOTED.findall(problem.message) or [page.text[slice(*span_of(problem, page))]]
    for word in (*quoted, *(each.partition(":")[2] for each in quoted if ":" in each)):  # rx:name is written as name
        found = re.compile(rf"(?<!\w){re.escape(word)}(?!\w)").search(page.rest(at))
        if found:
            yield _instead(at + found.start(), word, meant[1])
            return


def _instead(begin: int, word: str, new: str) -> Fix:
    return Fix(begin, begin + len(word), new, _("Write %(word)s") % {"word": new})


def _unit_missing(problem: Problem, page: Page, at: int) -> Iterator[Fix]:
    """A number without a unit: the unit of its fact."""
    found = _WITH_UNIT.match(problem.hint) if problem.code == "P109" else None
    if found and page.rest(at).startswith(found[1]):
        yield _instead(at, found[1], f"{found[1]} {found[2]}")


def _unit_wrong(problem: Problem, page: Page, at: int) -> Iterator[Fix]:
    """Another kind of unit: those the fact is measured in, with the number as it stands."""
    units, amount = _UNITS.match(problem.hint), _AMOUNT.match(page.rest(at))
    if problem.code == "P108" and units and amount:
        for unit in units[1].split(", "):
            yield _instead(at + amount.start(2), amount[2], unit)


def _one_of(problem: Problem, page: Page, at: int) -> Iterator[Fix]:
    """A word that is none of a few."""
    words = _WORDS.search(problem.message) if problem.code == "P014" else None
    word = page.text[slice(*span_of(problem, page))]
    if words and word:
        offered = words[1].split(", ")
        alike = [each for each in offered if each.replace("_", "") == word.lower().replace("_", "").replace("-", "")]
        yield from (_instead(at, word, each) for each in alike or offered)


def _operator(problem: Problem, page: Page, at: int) -> Iterator[Fix]:
    meant, written = _OPERATOR.match(problem.hint), re.match(r"[<>=!≤≥≠]+", page.rest(at))
    if meant and written:
        yield _instead(at, written[0], meant[1])


def _key_missing(problem: Problem, page: Page, at: int) -> Iterator[Fix]:
    """A key that a block needs: set before the first of its keys, to be filled in."""
    key = _KEY.search(problem.message) if problem.code == "P012" else None
    row = page.starts[problem.place.line - 1] if problem.place.line <= len(page.starts) else at
    if key and not page.text[row:at].strip(" -"):  # not in braces
        indent = "\n" + " " * (problem.place.column - 1)
        both = f":{indent}  es: {indent}  en: " if key[1] in ("because", "title") else ": "
        yield Fix(at, at, f"{key[1]}{both}{indent}", _("Add %(key)s") % {"key": key[1]})


def _tab(problem: Problem, page: Page, at: int) -> Iterator[Fix]:
    """A tab at the beginning of a line: as many spaces as the line before has."""
    row = problem.place.line - 1
    start = page.starts[row] if row < len(page.starts) else at
    tabs = re.match(r"[ ]*\t[ \t]*", page.rest(start))
    if "tab" in problem.message + problem.hint and tabs and row:
        before = re.match(" *", page.rest(page.starts[row - 1]))
        yield Fix(start, start + tabs.end(), before[0] if before else "", _("Use spaces, as in the line before"))


_MAKERS: tuple[Callable[[Problem, Page, int], Iterator[Fix]], ...] = (
    _meant, _unit_missing, _unit_wrong, _one_of, _operator, _key_missing, _tab,
)  # fmt: skip

"""The head of an authored file: what it is, its name, its version and its dates, read from the text as it stands.

Only lines that start in column one are looked at, so nothing inside a block can be taken for a head.
Whether the rest of the file holds is for the engine to judge.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from engine.errors import Place, Problem

KINDS = ("vocabulary", "formulary", "score", "questionnaire", "protocol", "lexicon", "invariants")
_KIND = re.compile(rf"^({'|'.join(KINDS)}):[ \t]*([a-z][a-z0-9_]*)", re.MULTILINE)
_VERSION = re.compile(r"^version:[ \t]*['\"]?(\d+\.\d+\.\d+)['\"]?[ \t]*(?:#.*)?\r?$", re.MULTILINE)
_DRAFT = re.compile(r"^status:[ \t]*draft\b", re.MULTILINE)
_REVIEW_BY = re.compile(r"^review_by:[ \t]*(\d{4}-\d{2}-\d{2})", re.MULTILINE)
_REVIEW_NEEDED = re.compile(r"^[ \t]*(?:- )?review:[ \t]*needed\b", re.MULTILINE)
_TITLE_BLOCK = re.compile(r"^title:[ \t]*\r?\n(?:[ \t]+(?:es|en):.*\n?)+", re.MULTILINE)
_TITLE_FLOW = re.compile(r"^title:[ \t]*\{es:[ \t]*(.+?),[ \t]*en:[ \t]*(.+?)\}", re.MULTILINE)
_LANGUAGE = re.compile(r"^[ \t]+(es|en):[ \t]*(.+?)[ \t\r]*$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Header:
    kind: str
    name: str
    version: str
    draft: bool = False
    review_by: date | None = None
    review_needed: int = 0  # passages marked for clinical review
    title: Mapping[str, str] = field(default_factory=dict)
    version_line: int = 0


def read(path: str, text: str) -> Header | Problem:
    """Return the head of the file, or the problem that keeps it from having one."""
    kind, version = _KIND.search(text), _VERSION.search(text)
    if kind is None:
        return Problem(
            Place(path, 1, 1), "R001", "the file does not say what it is", f"Start it with one of: {', '.join(KINDS)}."
        )
    if version is None:
        return Problem(Place(path, 1, 1), "R002", "the file has no version", "Write three numbers: version: 1.0.0")
    return Header(
        kind=kind[1],
        name=kind[2],
        version=version[1],
        draft=bool(_DRAFT.search(text)),
        review_by=_review_by(text),
        review_needed=len(_REVIEW_NEEDED.findall(text)),
        title=_title(text) or {"es": kind[2], "en": kind[2]},
        version_line=text.count("\n", 0, version.start()) + 1,
    )


def _review_by(text: str) -> date | None:
    found = _REVIEW_BY.search(text)
    try:
        return date.fromisoformat(found[1]) if found else None
    except ValueError:  # the engine reports the 30th of February with its line
        return None


def _title(text: str) -> dict[str, str]:
    if flow := _TITLE_FLOW.search(text):
        return {"es": _unquoted(flow[1]), "en": _unquoted(flow[2])}
    block = _TITLE_BLOCK.search(text)
    return {code: _unquoted(words) for code, words in _LANGUAGE.findall(block[0])} if block else {}


def _unquoted(words: str) -> str:
    words = words.strip()
    quoted = len(words) > 1 and words[0] == words[-1] and words[0] in "'\""
    return words[1:-1] if quoted else words


def order(version: str) -> tuple[int, ...]:
    """Return a version as numbers, so that 1.10.0 comes after 1.9.0."""
    return tuple(int(part) for part in version.split("."))

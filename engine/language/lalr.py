"""Runs the tables that lark makes of a grammar, without lark: a sixth of the time of its own runner, and no import.

It only says yes: a text that does not fit raises Unfit, and lark itself tells why.
"""

import hashlib
import marshal
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, cast

Part = tuple[int, bool, int]  # which child, whether its parts join in its place, how many absent ones stand before it
Rule = tuple[
    str, int, str, tuple[Part, ...], int
]  # origin, size, method ("": as its only part), parts, absent at the end
_ALONE: tuple[Part, ...] = ((0, False, 0),)
_JOINED = "_"  # method of a rule whose parts join those of the rule around it


@dataclass(frozen=True, slots=True)
class Tables:
    """``states`` hold per token the next state, or a rule to reduce by as -1 - its number."""

    start: int
    end: int
    states: Sequence[Mapping[str, int]]
    rules: Sequence[Rule]
    pattern: str  # one group a kind of token; a word comes last, and is what the state makes of it
    calls: Mapping[str, str]  # words that are a token of their own before a bracket
    words: Mapping[str, str]  # words that are a token of their own where the state knows it


class Token(str):
    """A token as written, and where it starts."""

    __slots__ = ("start",)
    start: int


class Unfit(Exception):
    """A text that the grammar does not know, from the token ``word`` at ``offset`` on; no word: at its end."""

    def __init__(self, word: str, offset: int) -> None:
        super().__init__(word)
        self.word, self.offset = word, offset


def run(tables: Tables, text: str, builder: object) -> Any:
    """Return what the builder makes of a text, innermost parts first; raise Unfit if it does not fit the grammar."""
    run_ = _Run(tables, builder)
    for kinds, token in _tokens(tables, text):
        run_.take(kinds, token)
    run_.reduce(("$END",), _token("", len(text)))
    return run_.values[0]


class _Run:
    """One run: the states passed, and beside them the values and where they start."""

    def __init__(self, tables: Tables, builder: object) -> None:
        self.tables, self.builder = tables, builder
        self.at, self.values, self.starts = [tables.start], list[Any](), list[int]()

    def take(self, kinds: Sequence[str], token: Token) -> None:
        self.at.append(self.reduce(kinds, token))
        self.values.append(token)
        self.starts.append(token.start)

    def reduce(self, kinds: Sequence[str], token: Token) -> int:
        """Reduce until a token fits; return the state behind it. At the end of the text: behind the whole."""
        states, rules = self.tables.states, self.tables.rules
        while True:
            known = states[self.at[-1]]
            for kind in kinds:
                if kind in known:
                    break
            else:
                raise Unfit(token, token.start)
            action = known[kind]
            if action >= 0:
                return action
            self._put_together(rules[-1 - action])
            if self.at[-1] == self.tables.end and "$END" in kinds:
                return self.tables.end

    def _put_together(self, rule: Rule) -> None:
        """Put what a rule makes of the last values in their place; a rule of one part alone leaves it as it is."""
        origin, size, method, parts, absent = rule
        if size == 1 and not method and parts == _ALONE:
            self.at[-1] = self.tables.states[self.at[-2]][origin]
            return
        children, start = self.values[-size:], self.starts[-size]
        made: list[Any] = []
        for i, joined, before in parts:
            made += [None] * before
            if joined:
                made += children[i]
            else:
                made.append(children[i])
        made += [None] * absent
        del self.values[-size:], self.starts[-size:], self.at[-size:]
        if method != _JOINED:
            made = getattr(self.builder, method)(start, made) if method else made[0]
        self.values.append(made)
        self.starts.append(start)
        self.at.append(self.tables.states[self.at[-1]][origin])


@cache
def _scanner(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _tokens(tables: Tables, text: str) -> Iterator[tuple[tuple[str, ...], Token]]:
    """Yield each token with what it may be, most particular first."""
    position, match = 0, _scanner(tables.pattern).match
    while position < len(text):
        found = match(text, position)
        if found is None:
            raise Unfit(text[position], position)
        kind = cast("str", found.lastgroup)
        if kind != "IGNORE":
            token = _token(found[0], position)
            yield _kinds(tables, kind, token, text, found.end()), token
        position = found.end()


def _token(text: str, start: int) -> Token:
    made = Token(text)
    made.start = start
    return made


def _kinds(tables: Tables, kind: str, token: Token, text: str, end: int) -> tuple[str, ...]:
    if kind != "NAME":
        return (kind,)
    call = tables.calls.get(token) if text[end:].lstrip()[:1] == "(" else None
    word = tables.words.get(token)
    return tuple(each for each in (call, word, kind) if each is not None)


# --- kept where Python keeps our compiled code, and made anew when grammar or layout differs


def _mark(grammar: str) -> str:
    return hashlib.sha256(f"1 {grammar}".encode()).hexdigest()


def kept(path: str, grammar: str) -> Tables | None:
    """Return the tables of a grammar as they were kept, None if there are none of exactly this one."""
    try:
        mark, *parts = marshal.loads(Path(path).read_bytes())  # noqa: S302 - beside our own compiled code
    except (OSError, ValueError, EOFError, TypeError):
        return None
    return Tables(*parts) if mark == _mark(grammar) else None


def keep(path: str, grammar: str, tables: Tables) -> Tables:
    """Return the tables, kept for the next time where the folder may be written."""
    parts: Any = (tables.start, tables.end, tables.states, tables.rules, tables.pattern, tables.calls, tables.words)
    own = Path(f"{path}.{os.getpid()}")
    try:
        own.parent.mkdir(exist_ok=True)
        own.write_bytes(marshal.dumps((_mark(grammar), *parts)))
        own.replace(path)
    except OSError:
        pass
    return tables

"""Conditions and formulas as text, read into nodes. Never ``eval``: a closed LALR grammar."""

import re
import sys
from collections.abc import Callable
from functools import cache, lru_cache
from importlib import import_module
from pathlib import Path
from typing import Any

from engine.conditions import Expr, children, put_in_place
from engine.errors import NOWHERE, ExpressionError, Place
from engine.language.building import Builder
from engine.language.grammar import GRAMMAR
from engine.language.lalr import Tables, Unfit, keep, kept, run

MAX_LENGTH, MAX_DEPTH = 4000, 60
# The grammar's tables are kept where Python keeps our compiled code, and made anew when the grammar differs.
_TABLES = f"{Path(__file__).parent}/__pycache__/grammar.{sys.implementation.cache_tag}.tables"
_BUILDER = Builder()
Locate = Callable[[int], Place]

# What authors write out of habit: pattern, code, message, hint. Tried before the grammar, in this order.
_HABITS = tuple(
    (re.compile(pattern), code, message, hint)
    for pattern, code, message, hint in (
        (r"\\", "P117", "a backslash stands in the expression", "Leave it out."),
        (r"[\"'“”‘’«»`]", "P116", "quotes stand in the expression", "Codes are bare words: sex = female."),
        (r"\d,\d", "P102", "a comma stands between two digits", "Write 12.5; between two arguments write 1, 2."),
        (r"=>|≥|⩾", "P104", "this is not how the operator is written", "Write >= for 'at least'."),
        (r"=<|≤|⩽", "P104", "this is not how the operator is written", "Write <= for 'at most'."),
        (r"<>|≠", "P104", "this is not how the operator is written", "Write != for 'is not'."),
        (r"==", "P104", "this is not how the operator is written", "Write a single = for 'is'."),
        (r"&&|&", "P104", "this is not how the operator is written", "Write and."),
        (r"\|\||\|", "P104", "this is not how the operator is written", "Write or."),
        (r"!(?!=)", "P104", "this is not how the operator is written", "Write not."),
        (r"[−–—]", "P104", "this is not how the operator is written", "Write - for 'minus'."),
        (r"×", "P104", "this is not how the operator is written", "Write * for 'times'."),
        (
            r"\b(?:AND|OR|NOT|IF|THEN|ELSE|IN)\b",
            "P104",
            "operators are written in small letters",
            "Write and, or, not.",
        ),
        (r"\b(?:true|false|True|False|TRUE|FALSE)\b", "P104", "yes and no are written as words", "Write yes or no."),
    )
)


def parse(text: str, place: Place = NOWHERE) -> Expr:
    """Return the expression a text holds; every node knows its place, counted on from ``place``.

    Raises ExpressionError at the first slip. Names are not resolved yet: that needs the vocabulary.
    """
    return parse_at(text, lambda offset: Place(place.file, place.line, place.column + offset))


def parse_at(text: str, locate: Locate) -> Expr:
    """Return the expression of a text whose characters stand where ``locate`` says (a scalar over several lines)."""
    try:
        return put_in_place(_parsed(text), lambda place: locate(place.column))
    except ExpressionError as error:
        raise ExpressionError(
            error.code, str(error.args[0])[5:], error.hint, offset=error.offset, place=locate(error.offset)
        ) from None


@lru_cache(maxsize=32768)
def _parsed(text: str) -> Expr:
    """Return the expression with each node's offset as its column; cached, as files are checked again and again."""
    _refuse_habits(text)
    try:
        expr: Expr = run(_tables(), text, _BUILDER)
    except ExpressionError:
        _with_lark().refuse(text)  # a slip of the grammar is told before one of the meaning
        raise
    except Unfit as slip:
        _with_lark().refuse(text)  # it may know nothing against it: it reads `android` as `and roid`
        hint = "A word of the language stands alone: a space, a sign or a bracket comes behind it."
        raise ExpressionError("P101", f'"{slip.word}" cannot stand here', hint, offset=slip.offset) from None
    _refuse_depth(expr)
    return expr


@cache
def _tables() -> Tables:
    return kept(_TABLES, GRAMMAR) or keep(_TABLES, GRAMMAR, _with_lark().tables())


def _with_lark() -> Any:
    """Return the part that needs lark: loading it takes a tenth of a second, which a clean library never pays."""
    return import_module("engine.language.syntax")


def _refuse_habits(text: str) -> None:
    if len(text) > MAX_LENGTH:
        raise ExpressionError("P121", f"the expression is longer than {MAX_LENGTH} characters", "Use `define`.")
    if not text.strip():
        raise ExpressionError("P101", "the expression is empty", "Write a condition, or leave the key out.")
    for pattern, code, message, hint in _HABITS:
        if found := pattern.search(text):
            raise ExpressionError(code, message, hint, offset=found.start())


def _refuse_depth(expr: Expr) -> None:
    level, depth = [expr], 0
    while level:
        depth += 1
        if depth > MAX_DEPTH:
            raise ExpressionError("P121", "the expression is nested too deeply", "Name parts of it under `define`.")
        level = [part for node in level for part in children(node)]


__all__ = ["Locate", "parse", "parse_at"]

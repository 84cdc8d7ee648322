"""A cell of a decision table, read as a condition on its column: ``yes``, ``severe``, ``>= 5 mg/L``, ``[5 .. 10)``."""

import re
from dataclasses import replace

from engine.conditions import Expr, Includes, Name, Not, children, with_children
from engine.errors import ExpressionError
from engine.language.expressions import parse_at
from engine.language.reader import Word
from engine.language.validation import Problems

_COLUMN = "column_"  # stands for the column while a cell is parsed
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NUMBER = re.compile(r"[+-]?\d")
_HINT = 'Write yes, no, a code, codes with commas, a number, ">= 5 mg/L", "[5 .. 10)", "not severe", or "-" for any.'


def cell(word: Word, column: Expr, problems: Problems) -> Expr | None:
    """Return what a cell says of its column, None if it says nothing; what cannot be read is noted and says nothing."""
    text = str(word)
    if text.strip() in ("-", "any"):
        return None
    try:
        return _negated(text, word, column)
    except ExpressionError as error:
        problems.add(word.place, "P325", f'the cell "{text.strip()[:40]}" cannot be read: {str(error)[5:]}', _HINT)
        return None


def _negated(text: str, word: Word, column: Expr) -> Expr:
    negated = re.match(r"\s*not\s+", text)
    if negated:
        return Not(_positive(text, negated.end(), word, column), place=word.place)
    return _positive(text, 0, word, column)


def _positive(text: str, start: int, word: Word, column: Expr) -> Expr:
    said = text[start:].strip()
    if said in ("yes", "no"):
        return replace(column, place=word.place) if said == "yes" else Not(column, place=word.place)
    before, after = _around(said)
    made = parse_at(f"{before}{said}{after}", lambda offset: word.at(max(offset - len(before), 0) + start))
    return _put(made, column)


def _around(said: str) -> tuple[str, str]:
    """Return what makes a whole condition of a cell, before and after it."""
    if said.startswith(("<", ">", "=", "!")):
        return f"{_COLUMN} ", ""
    if said.startswith("[") or (said.startswith("(") and ".." in said):
        return f"{_COLUMN} in ", ""
    if said.startswith("includes "):
        return f"{_COLUMN} ", ""
    if _NUMBER.match(said) or _WORD.fullmatch(said):
        return f"{_COLUMN} = ", ""
    return f"{_COLUMN} in (", ")"


def _put(expr: Expr, column: Expr) -> Expr:
    """Return the condition with its column in place of the name that stood for it."""
    if isinstance(expr, Name) and expr.name == _COLUMN:
        return replace(column, place=expr.place)
    if isinstance(expr, Includes) and expr.fact == _COLUMN:
        if not isinstance(column, Name):
            raise ExpressionError("P118", "includes needs a column that is a set")
        return replace(expr, fact=column.name)
    parts = children(expr)
    return with_children(expr, tuple(_put(part, column) for part in parts)) if parts else expr

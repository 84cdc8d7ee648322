"""Conditions and formulas as text, read into nodes. Never ``eval``: a closed LALR grammar."""

import re
import sys
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, cast

from lark import Lark, Token, UnexpectedCharacters, UnexpectedInput, UnexpectedToken, v_args
from lark.exceptions import VisitError
from lark.tree import Meta
from lark.visitors import Transformer_NonRecursive

from engine import units
from engine.conditions import (
    And,
    Arithmetic,
    Beside,
    BothWeeks,
    Call,
    Choose,
    Compare,
    DayCount,
    Expr,
    Includes,
    Known,
    Latest,
    Mean,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Since,
    Summary,
    Times,
    Within,
    YesNo,
    children,
    with_children,
)
from engine.errors import NOWHERE, ExpressionError, Place
from engine.language.grammar import GRAMMAR

MAX_LENGTH, MAX_DEPTH = 4000, 60
# The grammar's tables are kept where Python keeps our compiled code, and made anew when the grammar differs.
_TABLES = f"{Path(__file__).parent}/__pycache__/grammar.{sys.implementation.cache_tag}.lark"
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
        return _placed(_parsed(text), locate)
    except ExpressionError as error:
        raise ExpressionError(
            error.code, str(error.args[0])[5:], error.hint, offset=error.offset, place=locate(error.offset)
        ) from None


@lru_cache(maxsize=32768)
def _parsed(text: str) -> Expr:
    """Return the expression with each node's offset as its column; cached, as files are checked again and again."""
    _refuse_habits(text)
    try:
        expr = _Builder().transform(_parser().parse(text))
    except UnexpectedInput as error:
        raise _explained(error, text) from None
    except VisitError as error:
        if isinstance(error.orig_exc, ExpressionError):
            raise error.orig_exc from None
        raise
    _refuse_depth(expr)
    return expr


@cache
def _parser() -> Lark:
    return Lark(GRAMMAR, start="start", parser="lalr", propagate_positions=True, cache=_TABLES)


def _placed(expr: Expr, locate: Locate) -> Expr:
    parts = children(expr)
    moved = with_children(expr, tuple(_placed(part, locate) for part in parts)) if parts else expr
    return replace(moved, place=locate(expr.place.column))


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


# --- from unexpected tokens to advice


def _explained(error: UnexpectedInput, text: str) -> ExpressionError:
    if isinstance(error, UnexpectedCharacters):
        at = error.pos_in_stream or 0
        sign = text[at]
        hint = _BRACKET_HINT if sign in "{}" else "The reference lists what an expression may hold."
        return ExpressionError("P101", f'"{sign}" has no meaning in an expression', hint, offset=at)
    if isinstance(error, UnexpectedToken) and error.token.type != "$END":
        return _unexpected(error.token, error, text)
    return ExpressionError("P101", "the expression ends too early", _ending_hint(text), offset=len(text.rstrip()))


_BRACKET_HINT = (
    "Brackets do not match: in a flow list [..] a comma splits the expression; use a block list with dashes."
)


def _ending_hint(text: str) -> str:
    if text.count("(") + text.count("[") > text.count(")") + text.count("]"):
        return _BRACKET_HINT
    return "Something must follow here."


def _unexpected(token: Token, error: UnexpectedToken, text: str) -> ExpressionError:
    expected, offset = error.expected, token.start_pos or 0
    if token.type in {"AND", "OR"} and expected & {"AND", "OR"}:
        return ExpressionError("P103", "and is mixed with or", "Put parentheses: a and (b or c).", offset=offset)
    if token.type == "COMPARISON" and "AND" in expected:
        hint = "Write x in [a .. b], or two comparisons joined by and."
        return ExpressionError("P115", "comparisons cannot be chained", hint, offset=offset)
    if token.type == "NEEDS":
        return ExpressionError("P120", "needs stands where nothing is counted", _NEEDS_HINT, offset=offset)
    if token.type == "NAME" and re.search(r"\d\s*$", text[:offset]):
        unit = re.match(r"\S+", text[offset:])
        return _unknown_unit(unit[0] if unit else str(token), offset)
    hint = _BRACKET_HINT if token in {")", "]"} else _expectation(expected)
    return ExpressionError("P101", f'"{token}" cannot stand here', hint, offset=offset)


def _unknown_unit(word: str, offset: int) -> ExpressionError:
    unit = word.rstrip(".,;)]")
    known = units.spelled(unit.lower()) or units.spelled(unit.upper())
    hint = f"Did you mean {known}?" if known else "The reference lists the units; counts have none."
    return ExpressionError("P110", f'"{unit}" is not a known unit', hint, offset=offset)


def _expectation(expected: set[str]) -> str:
    if "NAME" in expected:
        return "A name, a number or a condition is expected."
    if "AND" in expected:
        return "An operator is expected: and, or, <, >=, =, in, includes."
    return "The reference shows how expressions are written."


_NEEDS_HINT = "Write it after what reads a series: days(x >= 5, last 14 days) >= 3 needs 10 recorded."


# --- from the tree to nodes; each method is named after a rule of the grammar


def _at(meta: Meta) -> Place:
    return Place("", 0, getattr(meta, "start_pos", 0) or 0)


def _whole(token: Token) -> int:
    value, unit = units.amount(token)
    if unit is not None or value.denominator != 1:
        hint = "Write it without unit or decimals."
        raise ExpressionError("P125", "a whole number is needed", hint, offset=token.start_pos or 0)
    return value.numerator


@v_args(meta=True)
class _Builder(Transformer_NonRecursive[Token, Expr]):
    def and_(self, meta: Meta, parts: list[Expr]) -> Expr:
        return And(tuple(parts), place=_at(meta))

    def or_(self, meta: Meta, parts: list[Expr]) -> Expr:
        return Or(tuple(parts), place=_at(meta))

    def not_(self, meta: Meta, parts: list[Expr]) -> Expr:
        return Not(parts[0], place=_at(meta))

    def choose(self, meta: Meta, parts: list[Expr]) -> Expr:
        return Choose(*parts, place=_at(meta))

    def compare(self, meta: Meta, parts: list[Any]) -> Expr:
        left, op, right, needs = parts
        return Compare(op.value, _needing(left, needs, meta), right, place=_at(meta))

    def range(self, meta: Meta, parts: list[Any]) -> Any:
        opening, low, high, closing = parts
        return low, high, opening == "[", closing == "]"

    def within(self, meta: Meta, parts: list[Any]) -> Expr:
        value, (low, high, low_closed, high_closed) = parts
        return Within(value, low, high, low_closed, high_closed, place=_at(meta))

    def one_of(self, meta: Meta, parts: list[Any]) -> Expr:
        return OneOf(parts[0], tuple(name.name for name in parts[1:]), place=_at(meta))

    def includes(self, meta: Meta, parts: list[Token]) -> Expr:
        return Includes(str(parts[0]), str(parts[1]), place=_at(meta))

    def arithmetic(self, meta: Meta, parts: list[Any]) -> Expr:
        left, op, right = parts
        return Arithmetic(op.value, left, right, place=_at(meta))

    def negative(self, meta: Meta, parts: list[Any]) -> Expr:
        sign, part = parts
        if sign == "+":
            return cast("Expr", part)
        if isinstance(part, Number):
            return replace(part, value=-part.value, place=_at(meta))
        return Arithmetic("*", Number(Fraction(-1), place=_at(meta)), part, place=_at(meta))

    def number(self, meta: Meta, parts: list[Token]) -> Expr:
        try:
            value, unit = units.amount(parts[0])
        except units.UnitError as error:
            raise ExpressionError(error.code, str(error)[5:], error.hint, offset=meta.start_pos) from None
        return Number(value, unit, place=_at(meta))

    def yes(self, meta: Meta, parts: list[Any]) -> Expr:
        return YesNo(True, place=_at(meta))

    def no(self, meta: Meta, parts: list[Any]) -> Expr:
        return YesNo(False, place=_at(meta))

    def name(self, meta: Meta, parts: list[Token]) -> Expr:
        return Name(str(parts[0]), place=_at(meta))

    def call(self, meta: Meta, parts: list[Any]) -> Expr:
        return Call(parts[0].value, tuple(parts[1:]), place=_at(meta))

    def band(self, meta: Meta, parts: list[Token]) -> Expr:
        return Name(str(parts[0]), "band", place=_at(meta))

    def known(self, meta: Meta, parts: list[Token]) -> Expr:
        return Known(str(parts[0]), place=_at(meta))

    def unknown(self, meta: Meta, parts: list[Token]) -> Expr:
        return Known(str(parts[0]), known=False, place=_at(meta))

    def latest(self, meta: Meta, parts: list[Token]) -> Expr:
        return Latest(str(parts[0]), place=_at(meta))

    def window_days(self, meta: Meta, parts: list[Token]) -> Any:
        try:
            return units.days(parts[0])
        except units.UnitError as error:
            raise ExpressionError("P101", str(error)[5:], "Write: last 14 days.", offset=meta.start_pos) from None

    def both_weeks(self, meta: Meta, parts: list[Token]) -> Any:
        return BothWeeks()

    def since(self, meta: Meta, parts: list[Token]) -> Any:
        return Since(str(parts[0]))

    def beside(self, meta: Meta, parts: list[Any]) -> Any:
        series, op, sign, threshold = parts
        return Beside(str(series), op.value, _limit(sign, threshold))

    def needs(self, meta: Meta, parts: list[Token]) -> Any:
        return _whole(parts[0])

    def mean(self, meta: Meta, parts: list[Any]) -> Expr:
        series, window, needs = parts
        return Mean(str(series), window, needs or 1, place=_at(meta))

    def summary(self, meta: Meta, parts: list[Any]) -> Expr:
        function, series, window = parts
        return Summary(str(series), function.value, window, place=_at(meta))

    def times(self, meta: Meta, parts: list[Any]) -> Expr:
        _, series, op, sign, threshold, window = parts
        if op is None:
            return Times(str(series), window=window, place=_at(meta))
        return Times(str(series), op.value, _limit(sign, threshold), window, place=_at(meta))

    def days(self, meta: Meta, parts: list[Any]) -> Expr:
        series, op, sign, threshold, window = parts
        return DayCount(str(series), op.value, _limit(sign, threshold), window, place=_at(meta))


def _limit(sign: Token | None, number: Token) -> Fraction:
    """Return the limit entries of a series are held against: a plain number."""
    value, unit = units.amount(number)
    if unit is not None:
        offset = number.start_pos or 0
        raise ExpressionError("P125", "a plain number is needed", "Diary days have no unit.", offset=offset)
    return -value if sign == "-" else value


def _needing(left: Expr, needs: int | None, meta: Meta) -> Expr:
    if needs is None:
        return left
    if isinstance(left, DayCount | Mean | Times | Summary):
        return replace(left, needs=needs)
    raise ExpressionError("P120", "needs stands where nothing is counted", _NEEDS_HINT, offset=meta.start_pos)


__all__ = ["Locate", "parse", "parse_at"]

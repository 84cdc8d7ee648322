"""From what the parser recognised to nodes: every node knows where it starts, as an offset in its text."""

from dataclasses import replace
from fractions import Fraction
from typing import Any, cast

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
)
from engine.errors import ExpressionError, Place
from engine.language.lalr import Token

NEEDS_HINT = "Write it after what reads a series: days(x >= 5, last 14 days) >= 3 needs 10 recorded."


def _at(start: int) -> Place:
    return Place("", 0, start)


def _word(token: Token) -> Any:
    """Return a word of the grammar, which knows no others, as a plain text."""
    return str(token)


def _whole(token: Token) -> int:
    value, unit = units.amount(token)
    if unit is not None or value.denominator != 1:
        hint = "Write it without unit or decimals."
        raise ExpressionError("P125", "a whole number is needed", hint, offset=token.start)
    return value.numerator


class Builder:
    """Makes nodes; each method is named after a rule of the grammar and gets where it starts and its parts."""

    def and_(self, start: int, parts: list[Expr]) -> Expr:
        return And(tuple(parts), place=_at(start))

    def or_(self, start: int, parts: list[Expr]) -> Expr:
        return Or(tuple(parts), place=_at(start))

    def not_(self, start: int, parts: list[Expr]) -> Expr:
        return Not(parts[0], place=_at(start))

    def choose(self, start: int, parts: list[Expr]) -> Expr:
        return Choose(*parts, place=_at(start))

    def compare(self, start: int, parts: list[Any]) -> Expr:
        left, op, right, needs = parts
        return Compare(_word(op), _needing(left, needs, start), right, place=_at(start))

    def range(self, start: int, parts: list[Any]) -> Any:
        opening, low, high, closing = parts
        return low, high, opening == "[", closing == "]"

    def within(self, start: int, parts: list[Any]) -> Expr:
        value, (low, high, low_closed, high_closed) = parts
        return Within(value, low, high, low_closed, high_closed, place=_at(start))

    def one_of(self, start: int, parts: list[Any]) -> Expr:
        return OneOf(parts[0], tuple(name.name for name in parts[1:]), place=_at(start))

    def includes(self, start: int, parts: list[Token]) -> Expr:
        return Includes(str(parts[0]), str(parts[1]), place=_at(start))

    def arithmetic(self, start: int, parts: list[Any]) -> Expr:
        left, op, right = parts
        return Arithmetic(_word(op), left, right, place=_at(start))

    def negative(self, start: int, parts: list[Any]) -> Expr:
        sign, part = parts
        if sign == "+":
            return cast("Expr", part)
        if isinstance(part, Number):
            return replace(part, value=-part.value, place=_at(start))
        return Arithmetic("*", Number(Fraction(-1), place=_at(start)), part, place=_at(start))

    def number(self, start: int, parts: list[Token]) -> Expr:
        try:
            value, unit = units.amount(parts[0])
        except units.UnitError as error:
            raise ExpressionError(error.code, str(error)[5:], error.hint, offset=start) from None
        return Number(value, unit, place=_at(start))

    def yes(self, start: int, parts: list[Any]) -> Expr:
        return YesNo(True, place=_at(start))

    def no(self, start: int, parts: list[Any]) -> Expr:
        return YesNo(False, place=_at(start))

    def name(self, start: int, parts: list[Token]) -> Expr:
        return Name(str(parts[0]), place=_at(start))

    def call(self, start: int, parts: list[Any]) -> Expr:
        return Call(_word(parts[0]), tuple(parts[1:]), place=_at(start))

    def band(self, start: int, parts: list[Token]) -> Expr:
        return Name(str(parts[0]), "band", place=_at(start))

    def known(self, start: int, parts: list[Token]) -> Expr:
        return Known(str(parts[0]), place=_at(start))

    def unknown(self, start: int, parts: list[Token]) -> Expr:
        return Known(str(parts[0]), known=False, place=_at(start))

    def latest(self, start: int, parts: list[Token]) -> Expr:
        return Latest(str(parts[0]), place=_at(start))

    def window_days(self, start: int, parts: list[Token]) -> Any:
        try:
            return units.days(parts[0])
        except units.UnitError as error:
            raise ExpressionError("P101", str(error)[5:], "Write: last 14 days.", offset=start) from None

    def both_weeks(self, start: int, parts: list[Token]) -> Any:
        return BothWeeks()

    def since(self, start: int, parts: list[Token]) -> Any:
        return Since(str(parts[0]))

    def beside(self, start: int, parts: list[Any]) -> Any:
        series, op, sign, threshold = parts
        return Beside(str(series), _word(op), _limit(sign, threshold))

    def needs(self, start: int, parts: list[Token]) -> Any:
        return _whole(parts[0])

    def mean(self, start: int, parts: list[Any]) -> Expr:
        series, window, needs = parts
        return Mean(str(series), window, needs or 1, place=_at(start))

    def summary(self, start: int, parts: list[Any]) -> Expr:
        function, series, window = parts
        return Summary(str(series), _word(function), window, place=_at(start))

    def times(self, start: int, parts: list[Any]) -> Expr:
        _, series, op, sign, threshold, window = parts
        if op is None:
            return Times(str(series), window=window, place=_at(start))
        return Times(str(series), _word(op), _limit(sign, threshold), window, place=_at(start))

    def days(self, start: int, parts: list[Any]) -> Expr:
        series, op, sign, threshold, window = parts
        return DayCount(str(series), _word(op), _limit(sign, threshold), window, place=_at(start))


def _limit(sign: Token | None, number: Token) -> Fraction:
    """Return the limit entries of a series are held against: a plain number."""
    value, unit = units.amount(number)
    if unit is not None:
        offset = number.start
        raise ExpressionError("P125", "a plain number is needed", "Diary days have no unit.", offset=offset)
    return -value if sign == "-" else value


def _needing(left: Expr, needs: int | None, start: int) -> Expr:
    if needs is None:
        return left
    if isinstance(left, DayCount | Mean | Times | Summary):
        return replace(left, needs=needs)
    raise ExpressionError("P120", "needs stands where nothing is counted", NEEDS_HINT, offset=start)

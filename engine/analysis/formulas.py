"""The formula of a score over inputs that are all known, as terms; what a solver cannot reckon with is said."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from engine.analysis.rails import NO, every, no, some
from engine.analysis.spans import greatest, least, term
from engine.compiler.formula import FormulaText
from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Call,
    Choose,
    Compare,
    Expr,
    Known,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Within,
    YesNo,
)
from engine.language.documents import Score


class TooHard(Exception):
    """A part of a formula that is left to the evaluator: a list, a logarithm, a root, a product of two unknowns."""


@dataclass(slots=True)
class Input:
    """One input of a score: whether it is given, and what it is: a truth, a number, or which of its choices."""

    given: z3.BoolRef
    value: z3.ExprRef | Mapping[str, z3.BoolRef]
    optional: bool = False


Term = Any  # a number or a truth of the solver, or for each code whether it is this one
_SIGNS = {
    "<": lambda one, other: one < other, "<=": lambda one, other: one <= other, "=": lambda one, other: one == other,
    "!=": lambda one, other: one != other, ">=": lambda one, other: one >= other, ">": lambda one, other: one > other,
}  # fmt: skip


@dataclass(slots=True)
class Formula:
    """Turns the expressions of one score into terms."""

    score: Score
    inputs: Mapping[str, Input]
    free: z3.ArithRef | None = None  # stands for the value where that is left to the evaluator
    _writer: FormulaText = field(init=False)
    _done: dict[int, tuple[Expr, Term]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._writer = FormulaText(self.score, tuple(self.score.inputs))

    def term(self, expr: Expr) -> Term:
        """Return a number, a truth, or for each code whether it is this one; raise TooHard."""
        if id(expr) not in self._done:
            self._done[id(expr)] = expr, self._term(expr)
        return self._done[id(expr)][1]

    def number(self, expr: Expr) -> z3.ArithRef:
        return _as_number(self.term(expr))

    def truth(self, expr: Expr) -> z3.BoolRef:
        found = self.term(expr)
        if isinstance(found, Mapping) or not z3.is_bool(found):
            raise TooHard
        return found

    def _term(self, expr: Expr) -> Term:
        match expr:
            case Number(value=value):
                return term(value)
            case YesNo(value=value):
                return z3.BoolVal(value)
            case Name():
                return self._name(expr)
            case Compare() | Within() | OneOf():
                return self._if_given(expr, self._comparison(expr))
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return self._chosen(self.truth(condition), self.term(then), self.term(otherwise))
            case Arithmetic():
                return self._sum(expr)
            case Call():
                return self._call(expr)
        return self._joined(expr)

    def _joined(self, expr: Expr) -> z3.BoolRef:
        match expr:
            case Not(part=part):
                return no(self.truth(part))
            case And(parts=parts):
                return every(self.truth(part) for part in parts)
            case Or(parts=parts):
                return some(self.truth(part) for part in parts)
            case AtLeast(count=count, parts=parts):
                return self._tally(parts) >= count
            case Known(fact=fact, known=known):
                given = self.inputs[self._writer.bare(fact)].given
                return given if known else no(given)
        raise TooHard

    def _name(self, name: Name) -> Term:
        bare = self._writer.bare(name.name)
        if name.kind != "code":
            if bare in self.inputs:
                return self.inputs[bare].value
            if bare == "value" and self.free is not None:
                return self.free
            meaning = self._writer.meaning(name)
            if meaning is not None:
                return self.term(meaning)
        return {name.name: z3.BoolVal(True)}

    def _if_given(self, expr: Expr, found: z3.BoolRef) -> z3.BoolRef:
        """Return a comparison that is false while an input that may stay out is not there."""
        optional = (self.inputs[name] for name in sorted(self._writer.inputs(expr) & self._writer.optional))
        return every((*(item.given for item in optional), found))

    def _comparison(self, expr: Expr) -> z3.BoolRef:
        match expr:
            case Compare(op=op, left=left, right=right):
                one, other = self.term(left), self.term(right)
                if isinstance(one, Mapping) or isinstance(other, Mapping):
                    same = _same(one, other)
                    return same if op == "=" else no(same)
                if z3.is_bool(one) != z3.is_bool(other):
                    one, other = _as_number(one), _as_number(other)
                return _SIGNS[op](one, other)
            case Within(value=value, low=low, high=high):
                number = self.number(value)
                above = _SIGNS[">=" if expr.low_closed else ">"](number, self.number(low))
                return every((above, _SIGNS["<=" if expr.high_closed else "<"](number, self.number(high))))
            case OneOf(value=value, codes=codes):
                return _same(self.term(value), {code: z3.BoolVal(True) for code in codes})
        raise TooHard

    def _chosen(self, condition: z3.BoolRef, then: Term, otherwise: Term) -> Term:
        if isinstance(then, Mapping) and isinstance(otherwise, Mapping):
            none = z3.BoolVal(False)
            return {
                code: some(
                    (every((condition, then.get(code, none))), every((no(condition), otherwise.get(code, none))))
                )
                for code in sorted({*then, *otherwise})
            }
        if isinstance(then, Mapping) or isinstance(otherwise, Mapping):
            raise TooHard
        if z3.is_bool(then) and z3.is_bool(otherwise):
            return z3.If(condition, then, otherwise)
        return z3.If(condition, _as_number(then), _as_number(otherwise))

    def _sum(self, expr: Arithmetic) -> z3.ArithRef:
        one, other = self.number(expr.left), self.number(expr.right)
        match expr.op:
            case "+":
                return one + other
            case "-":
                return one - other
            case "*" if _is_constant(one) or _is_constant(other):
                return one * other
            case "/" if _is_constant(other):
                return one / other
        raise TooHard

    def _call(self, expr: Call) -> z3.ArithRef:
        match expr.function:
            case "count":
                return self._tally(expr.arguments)
            case "min":
                return least([self.number(part) for part in expr.arguments])
            case "max":
                return greatest([self.number(part) for part in expr.arguments])
            case "round":
                return z3.ToReal(z3.ToInt(self.number(expr.arguments[0]) + z3.RealVal("1/2")))
        raise TooHard

    def _tally(self, parts: tuple[Expr, ...]) -> z3.ArithRef:
        return z3.Sum([z3.If(self.truth(part), term(1), term(0)) for part in parts])

    def bands(self) -> dict[str, z3.BoolRef]:
        """Return for each band whether it is the one, ``""`` for none: the first whose condition is true."""
        found: dict[str, z3.BoolRef] = {}
        before: list[z3.BoolRef] = []
        for band, condition in self.score.bands.items():
            holds = self.truth(condition)
            found[band] = every((holds, *(no(each) for each in before)))
            before.append(holds)
        return {**found, "": every(no(each) for each in before)}


def _either(
    condition: z3.BoolRef, then: Mapping[str, z3.BoolRef], otherwise: Mapping[str, z3.BoolRef]
) -> dict[str, z3.BoolRef]:
    codes = sorted({*then, *otherwise})
    first = {code: every((condition, then.get(code, NO))) for code in codes}
    return {code: some((first[code], every((no(condition), otherwise.get(code, NO))))) for code in codes}


def _as_number(found: Term) -> z3.ArithRef:
    if isinstance(found, Mapping):
        raise TooHard
    return z3.If(found, term(1), term(0)) if z3.is_bool(found) else found


def _same(one: Term, other: Term) -> z3.BoolRef:
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        raise TooHard
    return some(every((held, other[code])) for code, held in one.items() if code in other)


def _is_constant(number: z3.ArithRef) -> bool:
    return bool(z3.is_rational_value(z3.simplify(number)))

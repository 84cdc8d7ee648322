"""Conditions and formulas over the variables of a world, read as the evaluator reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import z3

from engine.analysis import rails, spans, tables
from engine.analysis.rails import OPEN, SURE, YES, Rails, every, no, some
from engine.analysis.scores import ScoreTerms, score_terms
from engine.analysis.spans import ANYTHING, Span
from engine.analysis.texts import text
from engine.analysis.world import World
from engine.compiler.program import Program, RuleNode, Scope
from engine.compiler.sides import behind, sides
from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Call,
    Choose,
    Compare,
    DayCount,
    Decide,
    Expr,
    FromSeries,
    Includes,
    Known,
    Latest,
    Mean,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Summary,
    Times,
    Within,
    YesNo,
)

Codes = tuple[z3.BoolRef, Mapping[str, z3.BoolRef]]
"""Whether anything is known of a code, and for each code whether it may be this one."""
NOTHING = "\0"  # of a table: no row fits
_SUMS = {"+": spans.add, "-": spans.subtract, "*": spans.multiply, "/": spans.divide}


@dataclass(slots=True)
class Encoder:
    """Turns the conditions of one program into terms, each once."""

    world: World
    scope: Scope
    truths: dict[tuple[int, bool], tuple[Expr, Rails]] = field(default_factory=dict)
    named: dict[tuple[str, bool], Rails] = field(default_factory=dict)
    rules: dict[str, Rails] = field(default_factory=dict)
    readings: dict[tuple[Expr, bool], Span] = field(default_factory=dict)
    scores: dict[str, ScoreTerms] = field(default_factory=dict)

    @property
    def program(self) -> Program:
        return self.world.program

    def truth(self, expr: Expr, *, red: bool = False) -> Rails:
        """Return the rails of a condition; ``red``: as a red flag reads diaries."""
        key = (id(expr), red)
        if key not in self.truths:
            self.truths[key] = expr, _TRUTHS[type(expr)](self, expr, red)
        return self.truths[key][1]

    def every_part(self, parts: tuple[Expr, ...], red: bool) -> list[Rails]:
        return [self.truth(part, red=red) for part in parts]

    def name(self, name: str, *, red: bool = False) -> Rails:
        """Return the rails of a definition or a conclusion."""
        key = (name, red)
        if key not in self.named:
            body = self.program.definitions.get(name)
            if body is not None:
                self.named[key] = self.truth(body, red=red)
            else:
                self.named[key] = rails.disjunction(self.rule(rule) for rule in self.program.conclusions[name])
        return self.named[key]

    def rule(self, name: str) -> Rails:
        """Return whether a rule is proposed: indicated, and nothing excluding or silencing it."""
        if name not in self.rules:
            node = self.program.rules[self.program.positions[name]]
            self.rules[name] = rails.conjunction((self.indicated(node), rails.negation(self.barred(node))))
        return self.rules[name]

    def indicated(self, node: RuleNode) -> Rails:
        red = node.rule.red_flag
        applies = SURE if node.applies is None else self.truth(node.applies, red=red)
        return rails.conjunction((applies, self.truth(node.when, red=red)))

    def barred(self, node: RuleNode) -> Rails:
        """Return whether something excludes or silences a rule."""
        own = () if node.exclude is None else (self.truth(node.exclude, red=node.rule.red_flag),)
        return rails.disjunction((*own, *(self.rule(name) for name in node.silencers)))

    def score(self, name: str) -> ScoreTerms:
        if name not in self.scores:
            self.scores[name] = score_terms(self.program.scores[name], self)
        return self.scores[name]

    # --- numbers

    def number(self, expr: Expr, *, red: bool = False) -> Span:
        """Return a number as a comparison reads it: not known if it is a bare fact nobody recorded."""
        expr = behind(expr, self.scope)
        if isinstance(expr, Name) and expr.kind == "fact":
            return self.world.number(expr.name)
        return self.series(expr, red) if isinstance(expr, FromSeries) else self.span(expr, red=red)

    def span(self, expr: Expr, *, red: bool = False) -> Span:
        """Return a number as a formula reads it: an unknown fact is its whole range."""
        expr = behind(expr, self.scope)
        match expr:
            case Number(value=value):
                return spans.point(value)
            case Name(name=name, kind="score"):
                return self.score(name).span
            case Name(name=name):
                return self.world.any_number(name)
            case Arithmetic(op=op, left=left, right=right):
                return _SUMS[op](self.span(left, red=red), self.span(right, red=red))
            case Choose(condition=condition, then=then, otherwise=otherwise):
                return spans.chosen(
                    self.truth(condition, red=red), self.span(then, red=red), self.span(otherwise, red=red)
                )
            case Call(function="min" | "max" as function, arguments=arguments):
                parts = [self.span(part, red=red) for part in arguments]
                best = spans.least if function == "min" else spans.greatest
                return Span(best([part.low for part in parts]), best([part.high for part in parts]))
            case Call(function="count", arguments=arguments):
                return tables.count(self.every_part(arguments, red))
            case Decide():
                return self.table_number(expr, red)
            case Latest() | Mean() | DayCount() | Times() | Summary():
                found = self.series(expr, red)
                return Span(found.low, found.high)
        return self.free(expr, red)

    def table_number(self, table: Decide, red: bool) -> Span:
        """Return what a table may come to as a number."""
        if table.hit in ("first", "unique", "any"):
            said = self.candidates(table, red=red)
            return tables.said([(may, ANYTHING if each is None else self.span(each, red=red)) for may, each in said])
        rows = [
            (self.truth(part, red=red), self.span(output, red=red))
            for part, output in zip(table.conditions, table.outputs, strict=True)
        ]
        if table.hit in ("min", "max"):
            otherwise = ANYTHING if table.otherwise is None else self.span(table.otherwise, red=red)
            return tables.extreme(table.hit, rows, otherwise)
        return tables.total(rows)

    def series(self, expr: FromSeries, red: bool) -> Span:
        """Return what is read from a series, left free: any patient's diary is among what it may be."""
        return self.free(expr, red)

    def free(self, expr: Expr, red: bool) -> Span:
        """Return a number about which nothing is said but that its ends are in order."""
        key = (expr, red)
        if key not in self.readings:
            name = f"reading {text(expr, self.world)}{' of alarm' * red}"
            low, high = z3.Real(f"{name} low"), z3.Real(f"{name} high")
            self.readings[key] = Span(low, high, z3.Bool(f"{name} known"))
            self.world.say((f"{name} low", f"{name} high"), low <= high)
        return self.readings[key]

    # --- codes

    def codes(self, expr: Expr, wanted: frozenset[str]) -> Codes:
        """Return which codes an expression may still be; of the others only those in ``wanted`` matter."""
        expr = behind(expr, self.scope)
        match expr:
            case Name(name=name, kind="fact") if self.world.spec(name).type == "choice":
                codes = {code: self.world.is_choice(name, code) for code in self.world.choices(name)}
                return self.world.is_known(name), codes
            case Name(name=name, kind="fact"):
                key = self.world.tag(name)
                return self.world.is_known(name), {code: z3.Bool(f"{key} is {code}") for code in sorted(wanted)}
            case Name(name=name, kind="score"):
                return self.score(name).codes(wanted)
            case Name(name=name, kind="band"):
                return self.score(name).bands
            case Name(name=name):
                return YES, {name: YES}
            case Choose(condition=condition, then=then, otherwise=otherwise):
                chosen = self.truth(condition)
                return _either(no(chosen.false), self.codes(then, wanted), no(chosen.true),
                               self.codes(otherwise, wanted))  # fmt: skip
            case Decide():
                return self.table_codes(expr, wanted)
        raise TypeError(f"{type(expr).__name__} has no code")

    def table_codes(self, table: Decide, wanted: frozenset[str]) -> Codes:
        found: Codes = (YES, {})
        for may, output in self.candidates(table, red=False):
            own = (YES, {"": YES}) if output is None else self.codes(output, wanted)
            found = _either(YES, found, may, own)
        return found

    def candidates(self, table: Decide, *, red: bool) -> list[tuple[z3.BoolRef, Expr | None]]:
        """Return what a table may say, each with when; None: that no row fits."""
        rows = [self.truth(part, red=red) for part in table.conditions]
        sure = some(row.true for row in rows)
        found: list[tuple[z3.BoolRef, Expr | None]] = []
        for number, (row, output) in enumerate(zip(rows, table.outputs, strict=True)):
            may = no(row.false)
            if table.hit == "first":
                may = every((may, *(no(before.true) for before in rows[:number])))
            elif table.hit in ("unique", "any"):
                may = some((row.true, every((may, no(sure)))))
            found.append((may, output))
        nothing = every((no(sure), every(row.false for row in rows))) if table.whole else no(sure)
        return [*found, (nothing, table.otherwise)]


def _either(first: z3.BoolRef, one: Codes, second: z3.BoolRef, other: Codes) -> Codes:
    """Return what may be of two possibilities, each with when it is one; known if all that are ones are known."""
    known = every((some((no(first), one[0])), some((no(second), other[0]))))
    names = sorted({*one[1], *other[1]})
    held = {name: some((every((first, one[1].get(name, rails.NO))),
                        every((second, other[1].get(name, rails.NO))))) for name in names}  # fmt: skip
    return known, held


# --- conditions, by kind


def _table(encoder: Encoder, expr: Decide, red: bool) -> Rails:
    said = [
        (may, OPEN if output is None else encoder.truth(output, red=red))
        for may, output in encoder.candidates(expr, red=red)
    ]
    return Rails(
        every(some((no(may), known.true)) for may, known in said),
        every(some((no(may), known.false)) for may, known in said),
    )


def _named(encoder: Encoder, expr: Name, red: bool) -> Rails:
    return encoder.world.yes_no(expr.name) if expr.kind == "fact" else encoder.name(expr.name, red=red)


def _compared(encoder: Encoder, expr: Compare, red: bool) -> Rails:
    _, left, right, kind = sides(expr, encoder.scope)
    if kind == "code":
        same = _same_code(encoder, left, right)
        return same if expr.op == "=" else rails.negation(same)
    if kind == "condition":
        return rails.agree(encoder.truth(left, red=red), encoder.truth(right, red=red), equal=expr.op == "=")
    return spans.compare(expr.op, encoder.number(left, red=red), encoder.number(right, red=red))


def _same_code(encoder: Encoder, left: Expr, right: Expr) -> Rails:
    words = frozenset(part.name for part in (left, right) if isinstance(part, Name) and part.kind == "code")
    (known, one), (sure, other) = encoder.codes(left, words), encoder.codes(right, words)
    within = every(some((no(may), other.get(code, rails.NO))) for code, may in one.items())
    apart = every(no(every((may, other.get(code, rails.NO)))) for code, may in one.items())
    both = every((known, sure))
    return Rails(every((both, within)), every((both, apart)))


def _one_of(encoder: Encoder, expr: OneOf, red: bool) -> Rails:
    known, may = encoder.codes(expr.value, frozenset(expr.codes))
    within = every(no(each) for code, each in may.items() if code not in expr.codes)
    apart = every(no(each) for code, each in may.items() if code in expr.codes)
    return Rails(every((known, within)), every((known, apart)))


def _within(encoder: Encoder, expr: Within, red: bool) -> Rails:
    value, low, high = (encoder.number(part, red=red) for part in (expr.value, expr.low, expr.high))
    known = every((value.known, low.known, high.known))
    above = spans.compare(">=" if expr.low_closed else ">", value, low)
    below = spans.compare("<=" if expr.high_closed else "<", value, high)
    found = rails.conjunction((above, below))
    return Rails(every((known, found.true)), every((known, found.false)))


def _includes(encoder: Encoder, expr: Includes, red: bool) -> Rails:
    """Return membership in a list: a wider class on record may mean what is asked, an allergy to it does."""
    world = encoder.world
    wider = world.program.drugs.classes.get(expr.code, ())
    own = expr.members | {expr.code}
    if expr.fact == world.program.edition.vocabulary.lists.get("allergies"):
        return world.holds(expr.fact, {*own, *wider})
    found, above = world.holds(expr.fact, own), some(world.has(expr.fact, code) for code in wider)
    return Rails(found.true, every((found.false, no(above), no(world.doubtful(expr.fact, expr.code)))))


def _known(encoder: Encoder, expr: Known, red: bool) -> Rails:
    known = encoder.world.is_known(expr.fact)
    return Rails(known, no(known)) if expr.known else Rails(no(known), known)


def _chosen(encoder: Encoder, expr: Choose, red: bool) -> Rails:
    condition = encoder.truth(expr.condition, red=red)
    return rails.either(condition, encoder.truth(expr.then, red=red), encoder.truth(expr.otherwise, red=red))


_TRUTHS: Mapping[type, Callable[[Encoder, Any, bool], Rails]] = {
    And: lambda encoder, expr, red: rails.conjunction(encoder.every_part(expr.parts, red)),
    Or: lambda encoder, expr, red: rails.disjunction(encoder.every_part(expr.parts, red)),
    Not: lambda encoder, expr, red: rails.negation(encoder.truth(expr.part, red=red)),
    AtLeast: lambda encoder, expr, red: rails.at_least(expr.count, encoder.every_part(expr.parts, red)),
    YesNo: lambda encoder, expr, red: SURE if expr.value else rails.NEVER,
    Name: _named, Compare: _compared, Within: _within, OneOf: _one_of, Includes: _includes, Known: _known,
    Choose: _chosen, Decide: _table,
}  # fmt: skip


def encoder_of(program: Program) -> Encoder:
    """Return a fresh encoder of a program, with a world of its own."""
    return Encoder(World(program), Scope(program, {}))

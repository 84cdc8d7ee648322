"""Bands that rules of one protocol make of a number: a value that falls between two of them, or into both.

Nobody says of a number where its bands are: they are what the rules say of one patient when that number alone moves.
What is normal lies between bands too, so a wide gap counts only where it is known not to be that: of a score, and of a
fact with a typical value that lies elsewhere. A gap or an overlap no wider than two steps of the limits is always told.
A gap is none where another rule of the protocol says something of that patient. When a fact moves, scores that read it
stay what they were for the solver, so that what hangs on both is not proved; who is shown is as the evaluator has it.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from typing import Literal, NamedTuple

import z3

from engine.analysis.conditions import Encoder
from engine.analysis.rails import every, no, some
from engine.analysis.search import Answer, Search
from engine.analysis.spans import term
from engine.analysis.witness import Witness, read
from engine.compiler.intervals import point
from engine.compiler.program import Program, RuleNode, Scope, ScoreState
from engine.compiler.sides import behind
from engine.compiler.walk import number, rule_truth, scope_of, state
from engine.conditions import Compare, Comparison, Expr, Name, Number, Within, nodes
from engine.evaluator.rules import judge
from engine.plan import ScoreResult
from engine.units import written

BELOW, ABOVE = "x below", "x above"  # the same number of the same patient, lower and higher
_ABOVE_LIMIT = ("<=", ">")  # the cut lies just above the limit; with the others just below it
Cut = tuple[Fraction, bool]
Said = Mapping[str, bool]  # rule -> whether it is proposed


class Place(NamedTuple):
    """One value at which something is wrong, and the rules on both sides of it."""

    kind: Literal["gap", "overlap"]
    below: str
    above: str
    value: str


@dataclass(slots=True)
class Family:
    """The rules of one protocol that cut one number, a fact or the value of a score, at limits."""

    protocol: str
    kind: Literal["fact", "score"]
    name: str
    cuts: set[Cut] = field(default_factory=set)
    rules: dict[str, RuleNode] = field(default_factory=dict)

    @property
    def grid(self) -> Fraction:
        """Return the step of the limits as written: 1, 0.1, 0.01 ..."""
        grid = Fraction(1)
        for limit, _ in self.cuts:
            while (limit / grid).denominator != 1 and grid > Fraction(1, 10**6):
                grid /= 10
        return grid

    @property
    def values(self) -> list[Fraction]:
        """Return one value of each piece into which the limits cut the number."""
        limits = sorted({limit for limit, _ in self.cuts})
        between = [(one + other) / 2 for one, other in pairwise(limits)]
        return sorted({*limits, *between, limits[0] - self.grid, limits[-1] + self.grid})


def families(program: Program) -> list[Family]:
    """Return what the rules of each protocol cut, where there are two cuts at least and two rules."""
    found: dict[tuple[str, str, str], Family] = {}
    scope = Scope(program, {})
    for node in program.rules:
        for expr in _parts(node, program):
            for name, cut in cuts_of(expr, scope):
                kind: Literal["fact", "score"] = "score" if name.kind == "score" else "fact"
                key = node.protocol.name, kind, name.name
                family = found.setdefault(key, Family(*key))
                family.cuts.add(cut)
                family.rules[node.name] = node
    return [family for _, family in sorted(found.items()) if len(family.cuts) > 1 and len(family.rules) > 1]


def _parts(node: RuleNode, program: Program) -> Iterator[Expr]:
    """Yield every part of what decides a rule, definitions opened."""
    waiting, seen = list(node.conditions), set[str]()
    while waiting:
        for each in nodes(waiting.pop()):
            yield each
            if isinstance(each, Name) and each.kind == "definition" and each.name not in seen:
                seen.add(each.name)
                waiting.append(program.definitions[each.name])


def cuts_of(expr: Expr, scope: Scope) -> Iterator[tuple[Name, Cut]]:
    """Yield the facts and scores that a comparison cuts, each with where."""
    if isinstance(expr, Compare):
        left, right, op = behind(expr.left, scope), behind(expr.right, scope), expr.op
        if isinstance(left, Number):
            left, right, op = right, left, _TURNED[op]
        yield from _cut(left, right, op)
    elif isinstance(expr, Within):
        value = behind(expr.value, scope)
        yield from _cut(value, behind(expr.low, scope), ">=" if expr.low_closed else ">")
        yield from _cut(value, behind(expr.high, scope), "<=" if expr.high_closed else "<")


_TURNED: Mapping[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def _cut(value: Expr, limit: Expr, op: Comparison) -> Iterator[tuple[Name, Cut]]:
    if isinstance(value, Name) and value.kind in ("fact", "score") and isinstance(limit, Number):
        if op in ("=", "!="):
            yield value, (limit.value, False)
            yield value, (limit.value, True)
        else:
            yield value, (limit.value, op in _ABOVE_LIMIT)


# --- as the solver sees it


def misplaced(family: Family, search: Search) -> tuple[Place | None, Answer]:
    """Return where the bands of a number leave something out or meet, of one patient whom the evaluator confirms."""
    found: list[Place] = []

    def confirms(witness: Witness) -> bool:
        found[:] = list(Confirmed(family, search.plans.encoder.program, witness).places())[:1]
        return bool(found)

    answer = search.find(_wanted(family, search.plans.encoder), confirms)
    return (found[0] if found else None), answer


def _wanted(family: Family, encoder: Encoder) -> z3.BoolRef:
    """Return that for one patient and one number between two others the rules leave a gap or overlap."""
    value, fixed, replaced = _number(family, encoder)
    sort = z3.Int if z3.is_int(value) else z3.Real
    below, above = sort(BELOW), sort(ABOVE)
    here = {name: encoder.rule(name).true for name in family.rules}
    silent = every(no(_says(node, encoder)) for node in rules_of(family, encoder.program))
    under = {name: z3.substitute(term, *((part, below) for part in replaced)) for name, term in here.items()}
    over = {name: z3.substitute(term, *((part, above) for part in replaced)) for name, term in here.items()}
    gap = every((some(under.values()), some(over.values()), silent))
    meets = some(
        every((here[one], here[other], under[one], no(under[other]), over[other], no(over[one])))
        for one in family.rules
        for other in family.rules
        if one != other and _differ(family, one, other)
    )
    order = every((below < value, value < above, *_whole(family, encoder, value, below, above)))
    return every((fixed, order, _is_misplaced(family, encoder, below, above), some((gap, meets))))


def rules_of(family: Family, program: Program) -> list[RuleNode]:
    """Return all rules of a protocol, also those that do not read the number."""
    return [node for node in program.rules if node.protocol.name == family.protocol]


def _says(node: RuleNode, encoder: Encoder) -> z3.BoolRef:
    """Return that a rule is proposed, or held: it waits for what it excludes."""
    return every((encoder.indicated(node).true, no(encoder.barred(node).true)))


def _number(family: Family, encoder: Encoder) -> tuple[z3.ArithRef, z3.BoolRef, list[z3.ArithRef]]:
    """Return a number, that it is known, and the variables that stand for it."""
    if family.kind == "fact":
        value = encoder.world.value(family.name)
        return value, encoder.world.is_known(family.name), [value]
    span = encoder.score(family.name).span
    return span.low, span.low == span.high, [span.low, span.high]


def _whole(family: Family, encoder: Encoder, *values: z3.ArithRef) -> Iterator[z3.BoolRef]:
    """Yield what the moved numbers may be: within the range, and whole where the number is."""
    value, below, above = values
    limits = _limits(family, encoder.program)
    if limits is not None:
        yield every((below >= term(limits[0]), above <= term(limits[1])))
    if _is_whole(family, encoder.program) and not z3.is_int(value):
        yield every(z3.IsInt(each) for each in values)


def _limits(family: Family, program: Program) -> tuple[Fraction, Fraction] | None:
    if family.kind == "fact":
        return program.edition.vocabulary.facts[family.name].range
    return program.edition.scores[family.name].range


def _is_whole(family: Family, program: Program) -> bool:
    if family.kind == "fact":
        return program.edition.vocabulary.facts[family.name].type == "integer"
    return program.edition.scores[family.name].value_type == "integer"


def _typical(family: Family, program: Program) -> Fraction | None:
    typical = program.edition.vocabulary.facts[family.name].typical if family.kind == "fact" else None
    return typical if isinstance(typical, Fraction) else None


def _is_misplaced(family: Family, encoder: Encoder, below: z3.ArithRef, above: z3.ArithRef) -> z3.BoolRef:
    """Return that what lies between two numbers is no band of its own."""
    near, typical = above - below <= term(2 * family.grid), _typical(family, encoder.program)
    if typical is not None:
        return some((near, no(every((below < term(typical), term(typical) < above)))))
    return some((near, z3.BoolVal(family.kind == "score")))


def _differ(family: Family, one: str, other: str) -> bool:
    """Return whether two rules put different things into the plan."""
    first, second = ({(a.code, a.urgency) for a in family.rules[name].rule.actions} for name in (one, other))
    return first != second


# --- as the evaluator sees it


@dataclass(frozen=True, slots=True)
class Confirmed:
    """What the evaluator says of one patient as a number of theirs moves."""

    family: Family
    program: Program
    witness: Witness

    def places(self) -> Iterator[Place]:
        """Yield what is wrong with the value the patient has: nothing is said of it, or both of two said apart."""
        value = self._own()
        if value is None:
            return
        said = {each: self.said(each) for each in {*self._values(), value}}
        for below in sorted((each for each in said if each < value), reverse=True):
            for above in sorted(each for each in said if each > value):
                if self._is_misplaced(below, above):
                    yield from self._place(value, said[below], said[value], said[above])

    def _own(self) -> Fraction | None:
        """Return the number of the patient, None if it is not one value."""
        found = number(Name(self.family.name, self.family.kind), scope_of(self.program, self.witness.facts))
        return Fraction(found.low) if found is not None and found.is_point else None

    def _is_silent(self, value: Fraction) -> bool:
        """Return that no rule says anything at a value, not even that it waits for an answer."""
        scope = self._scope(value)
        rules = rules_of(self.family, self.program)
        return all(judge(node, scope).outcome not in ("proposed", "held") for node in rules)

    def _values(self) -> Sequence[Fraction]:
        limits, values = _limits(self.family, self.program), self.family.values
        if _is_whole(self.family, self.program):
            values = sorted({Fraction(value // 1 + step) for value in values for step in (-1, 0, 1)})
        return [value for value in values if limits is None or limits[0] <= value <= limits[1]]

    def _is_misplaced(self, below: Fraction, above: Fraction) -> bool:
        typical = _typical(self.family, self.program)
        if above - below <= 2 * self.family.grid:
            return True
        return not below < typical < above if typical is not None else self.family.kind == "score"

    def _place(self, value: Fraction, below: Said, here: Said, above: Said) -> Iterator[Place]:
        under = [name for name in here if below[name] and not above[name]] or [name for name in here if below[name]]
        over = [name for name in here if above[name] and not below[name]] or [name for name in here if above[name]]
        if under and over and self._is_silent(value):
            yield Place("gap", under[0], over[0], self._shown(value))
        for one in under:
            for other in over:
                both = here[one] and here[other] and not below[other] and not above[one]
                if both and one != other and _differ(self.family, one, other):
                    yield Place("overlap", one, other, self._shown(value))

    def _shown(self, value: Fraction) -> str:
        unit = self.program.edition.vocabulary.facts[self.family.name].unit if self.family.kind == "fact" else None
        return " ".join(part for part in (self.family.name, written(value), unit) if part)

    def said(self, value: Fraction) -> Said:
        """Return which rules are proposed with another value of the number."""
        scope = self._scope(value)
        return {name: rule_truth(name, scope) is True for name in self.family.rules}

    def _scope(self, value: Fraction) -> Scope:
        if self.family.kind == "fact":
            given = {**self.witness.given, self.family.name: self._text(value)}
            return scope_of(self.program, read(given, self.program).facts)
        scope = scope_of(self.program, self.witness.facts)
        bands = state(self.family.name, scope).bands
        scope.states[self.family.name] = _supposed(self.family.name, value, bands)
        return scope

    def _text(self, value: Fraction) -> str:
        unit = self.program.edition.vocabulary.facts[self.family.name].unit
        return " ".join(part for part in (written(value), unit) if part)


def _supposed(name: str, value: Fraction, bands: frozenset[str | None] | None) -> ScoreState:
    """Return the state of a score that came to a value, whatever its inputs are."""
    return ScoreState(ScoreResult(name, None, None, "ok"), value=point(value), bands=bands)

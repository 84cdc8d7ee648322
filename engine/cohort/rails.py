"""Writes the rules of a program as steps over packed bits: `and` and `or` of two rails, known true and known false.

It reads the checked program by itself and shares nothing with the emitter for one case, so that a fault in either of
them shows as a difference. What no column can hold (scores, sums, tables, series) is one column of answers given case
by case by the walk: nothing is left out.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from engine.compiler.program import Program, RuleNode
from engine.conditions import (
    And,
    AtLeast,
    Compare,
    Comparison,
    Expr,
    Known,
    Name,
    Not,
    Number,
    OfSeries,
    OneOf,
    Or,
    Within,
    YesNo,
    nodes,
)

NEVER, ALWAYS = 0, 1  # the nodes of what is so in no case, and in every case
Pair = tuple[int, int]  # the nodes of known true and known false
Kind = Literal["flag", "recorded", "test", "below", "up to", "equal"]
NUMERIC = frozenset({"integer", "decimal", "quantity"})
_TURNED: dict[Comparison, Comparison] = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


@dataclass(frozen=True, slots=True)
class Leaf:
    """One column of bits read from the cases: a yes, something recorded, a number below a limit, an answer."""

    kind: Kind
    fact: str = ""
    limit: float = 0.0
    test: int = -1


@dataclass(frozen=True, slots=True)
class Step:
    """``target = left and right`` (``&``) or ``left or right`` (``|``); a leaf has its two rails as targets."""

    op: Literal["&", "|", "leaf"]
    left: int
    right: int
    target: int


@dataclass(frozen=True, slots=True)
class CohortProgram:
    """The straight line that decides every rule of a block. ``rules``: the nodes of each rule's rails, in order.

    ``stopped``: rules that others or an exclusion can stop, each with the node of where it is surely indicated.
    """

    program: Program
    leaves: tuple[Leaf, ...]
    steps: tuple[Step, ...]
    rules: tuple[Pair, ...]
    stopped: tuple[tuple[int, int], ...]
    tests: tuple[tuple[Expr, bool], ...]


@dataclass(slots=True)
class Writer:
    """Collects the steps of one program; a step that is already there is not taken twice."""

    program: Program
    leaves: list[Leaf] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    tests: list[tuple[Expr, bool]] = field(default_factory=list)
    count: int = 2
    _known: dict[tuple[str, int, int], int] = field(default_factory=dict)
    _leaves: dict[Leaf, Pair] = field(default_factory=dict)
    _tests: dict[tuple[Expr, bool], Pair] = field(default_factory=dict)
    _named: dict[tuple[str, bool], Pair] = field(default_factory=dict)
    _rules: dict[str, Pair] = field(default_factory=dict)
    _stopped: dict[str, int] = field(default_factory=dict)

    # --- bits

    def both(self, left: int, right: int) -> int:
        if left == right or ALWAYS in (left, right):
            return left if right in (left, ALWAYS) else right
        return NEVER if NEVER in (left, right) else self._step("&", left, right)

    def either(self, left: int, right: int) -> int:
        if left == right or NEVER in (left, right):
            return left if right in (left, NEVER) else right
        return ALWAYS if ALWAYS in (left, right) else self._step("|", left, right)

    def _step(self, op: Literal["&", "|"], left: int, right: int) -> int:
        key = op, min(left, right), max(left, right)
        if key not in self._known:
            self._known[key] = self.count
            self.steps.append(Step(op, left, right, self.count))
            self.count += 1
        return self._known[key]

    def _all(self, parts: Sequence[int], join: Callable[[int, int], int]) -> int:
        found = parts[0]
        for part in parts[1:]:
            found = join(found, part)
        return found

    def conjunction(self, parts: Sequence[Pair]) -> Pair:
        return self._all([each[0] for each in parts], self.both), self._all([each[1] for each in parts], self.either)

    def disjunction(self, parts: Sequence[Pair]) -> Pair:
        return self._all([each[0] for each in parts], self.either), self._all([each[1] for each in parts], self.both)

    def so_many(self, count: int, parts: Sequence[int]) -> int:
        """Return where at least ``count`` of some rails are set; ``reached[n]``: n of those seen so far."""
        if count <= 0:
            return ALWAYS
        reached = [ALWAYS] + [NEVER] * count
        for part in parts:
            for n in range(count, 0, -1):
                reached[n] = self.either(reached[n], self.both(reached[n - 1], part))
        return reached[count]

    # --- conditions

    def rails(self, expr: Expr, *, red: bool) -> Pair:
        """Return where a condition is known true and known false; ``red``: missing days may still count."""
        match expr:
            case And(parts=parts):
                return self.conjunction([self.rails(part, red=red) for part in parts])
            case Or(parts=parts):
                return self.disjunction([self.rails(part, red=red) for part in parts])
            case Not(part=part):
                yes, no = self.rails(part, red=red)
                return no, yes
            case AtLeast(count=count, parts=parts):
                found = [self.rails(part, red=red) for part in parts]
                yes = self.so_many(count, [each[0] for each in found])
                return yes, self.so_many(len(parts) - count + 1, [each[1] for each in found])
            case YesNo(value=value):
                return (ALWAYS, NEVER) if value else (NEVER, ALWAYS)
            case Name(name=name, kind="definition" | "conclusion"):
                return self._name(name, red=red)
        return self._leaf_of(expr) or self._test(expr, red=red)

    def _name(self, name: str, *, red: bool) -> Pair:
        key = name, red
        if key not in self._named:
            body = self.program.definitions.get(name)
            if body is not None:
                self._named[key] = self.rails(body, red=red)
            else:
                self._named[key] = self.disjunction([self.rule(each) for each in self.program.conclusions[name]])
        return self._named[key]

    def _leaf_of(self, expr: Expr) -> Pair | None:
        """Return the rails of a condition that one column decides; None if none does."""
        match expr:
            case Name(name=name, kind="fact") if self._type(expr) == "yes_no":
                return self._leaf(Leaf("flag", name))
            case Known(fact=fact, known=known):
                yes, no = self._leaf(Leaf("recorded", fact))
                return (yes, no) if known else (no, yes)
            case Compare(op=op, left=left, right=right):
                return self._compared(_TURNED[op], right, left) if _is_value(left) else self._compared(op, left, right)
            case Within(value=Name(name=name) as value, low=Number(value=low), high=Number(value=high)):
                if self._type(value) not in NUMERIC:
                    return None
                above = self._limited(">=" if expr.low_closed else ">", name, float(low))
                return self.conjunction([above, self._limited("<=" if expr.high_closed else "<", name, float(high))])
            case OneOf(value=Name(name=name) as value, codes=codes) if self._type(value) == "choice":
                return self._among(name, codes)
        return None

    def _type(self, expr: Expr) -> str:
        if not isinstance(expr, Name) or expr.kind != "fact":
            return ""
        return self.program.edition.vocabulary.facts[expr.name].type

    def _compared(self, op: Comparison, left: Expr, right: Expr) -> Pair | None:
        match left, right:
            case Name(name=name), Number(value=limit) if self._type(left) in NUMERIC:
                return self._limited(op, name, float(limit))
            case Name(name=name), Name(name=code, kind="code") if self._type(left) == "choice":
                yes, no = self._among(name, (code,))
                return (no, yes) if op == "!=" else (yes, no)
        return None

    def _limited(self, op: Comparison, fact: str, limit: float) -> Pair:
        kinds: dict[Comparison, Kind] = {"<": "below", ">=": "below", "<=": "up to", ">": "up to"}
        yes, no = self._leaf(Leaf(kinds.get(op, "equal"), fact, limit))
        return (yes, no) if op in ("<", "<=", "=") else (no, yes)

    def _among(self, fact: str, codes: Sequence[str]) -> Pair:
        """Return where a choice is one of some codes: a code that it cannot have is never the one."""
        numbers = self.program.choices[fact]
        wanted = [numbers.get(code, -2.0) for code in codes]
        return self.disjunction([self._leaf(Leaf("equal", fact, number)) for number in wanted])

    def _test(self, expr: Expr, *, red: bool) -> Pair:
        key = expr, red and any(isinstance(node, OfSeries | Name) for node in nodes(expr))
        if key not in self._tests:
            self._tests[key] = self._leaf(Leaf("test", test=len(self.tests)))
            self.tests.append(key)
        return self._tests[key]

    def _leaf(self, leaf: Leaf) -> Pair:
        if leaf not in self._leaves:
            self._leaves[leaf] = self.count, self.count + 1
            self.steps.append(Step("leaf", len(self.leaves), -1, self.count))
            self.leaves.append(leaf)
            self.count += 2
        return self._leaves[leaf]

    # --- rules

    def rule(self, name: str) -> Pair:
        """Return where a rule is proposed, and where it is silent, excluded or silenced; else it is open or held."""
        if name not in self._rules:
            self._rules[name] = self._rule(self.program.rules[self.program.positions[name]])
        return self._rules[name]

    def _rule(self, node: RuleNode) -> Pair:
        red = node.rule.red_flag
        parts = [self.rails(node.when, red=red)]
        if node.applies is not None:
            parts.append(self.rails(node.applies, red=red))
        stops = [self.rule(name) for name in node.silencers]
        if node.exclude is not None:
            stops.append(self.rails(node.exclude, red=red))
        if stops:
            self._stopped[node.name] = self.conjunction(parts)[0]
        return self.conjunction([*parts, *((no, yes) for yes, no in stops)])

    def stopped(self) -> tuple[tuple[int, int], ...]:
        """Return the rules that something can stop, each with the node of where it is surely indicated."""
        return tuple((self.program.positions[name], node) for name, node in self._stopped.items())


def _is_value(expr: Expr) -> bool:
    return isinstance(expr, Number) or (isinstance(expr, Name) and expr.kind == "code")


def compile_cohort(program: Program) -> CohortProgram:
    """Return the steps that decide every rule of a program over columns."""
    writer = Writer(program)
    by_stratum = sorted(program.rules, key=lambda node: program.strata[f"rule:{node.name}"])
    for node in by_stratum:  # what rules read comes before them, however long the chain is
        writer.rule(node.name)
    rules = tuple(writer.rule(node.name) for node in program.rules)
    leaves, steps, tests = tuple(writer.leaves), tuple(writer.steps), tuple(writer.tests)
    return CohortProgram(program, leaves, steps, rules, writer.stopped(), tests)

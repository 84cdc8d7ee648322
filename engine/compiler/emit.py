"""Writes the rules of a program as straight-line Python with two rails: known true and known false.

An unknown fact is NaN, so each comparison with it is false on both rails and needs no test of its own.
Numbers of case and text are the same exact fraction rounded once, so no value leaves its threshold.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import comb

from engine.compiler.likely import Likely
from engine.compiler.program import Decide, RuleNode, number_text
from engine.conditions import (
    And,
    AtLeast,
    Compare,
    Expr,
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
from engine.facts import Vocabulary

Rails = tuple[str, str]  # source of "known true" and of "known false"
_DEEP = 12
_BRANCHES = 12  # so many ways to have enough parts are written out
_MIRROR = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}
_REFUTES = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
_NUMERIC = {"integer", "decimal", "quantity"}


@dataclass(slots=True)
class Emitter:
    """Collects the lines of one program. ``named`` are the definitions and conclusions that have rails."""

    vocabulary: Vocabulary
    definitions: Mapping[str, Expr]
    choices: Mapping[str, Mapping[str, float]]
    named: dict[str, Rails] = field(default_factory=dict)
    inputs: dict[str, str] = field(default_factory=dict)
    tests: list[tuple[Expr, bool]] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    returned: list[str] = field(default_factory=list)  # definitions whose rails the function returns
    kept: list[int] = field(default_factory=list)  # rules with rails of their own, because others read them
    likely: Likely = field(init=False)
    _counting: dict[str, bool] = field(default_factory=dict)
    _tested: dict[tuple[Expr, bool], Rails] = field(default_factory=dict)
    _fresh: int = 0

    def __post_init__(self) -> None:
        self.likely = Likely(self.vocabulary)

    def variable(self, fact: str) -> str:
        return self.inputs.setdefault(fact, f"v{len(self.inputs)}")

    def rails(self, expr: Expr, *, red: bool, depth: int = 0) -> Rails:
        """Return the two rails of a condition; deep ones get a line of their own."""
        match expr:
            case And(parts=parts):
                ordered = sorted(parts, key=self.likely.gain, reverse=True)
                found = _joined([self.rails(part, red=red, depth=depth + 1) for part in ordered], " and ", " or ")
            case Or(parts=parts):
                found = _joined([self.rails(part, red=red, depth=depth + 1) for part in parts], " or ", " and ")
            case Not(part=part):
                yes, no = self.rails(part, red=red, depth=depth + 1)
                found = no, yes
            case AtLeast(count=count, parts=parts):
                found = _counted(count, [self.rails(part, red=red, depth=depth + 1) for part in parts])
            case _:
                return self.leaf(expr, red=red)
        return self._own_line(found) if depth and depth % _DEEP == 0 else found

    def _own_line(self, found: Rails) -> Rails:
        self._fresh += 1
        names = f"p{self._fresh}", f"n{self._fresh}"
        self.lines.append(f"{names[0]} = {found[0]}; {names[1]} = {found[1]}")
        return names

    def leaf(self, expr: Expr, *, red: bool) -> Rails:
        match expr:
            case YesNo(value=value):
                return str(value), str(not value)
            case Name(name=name, kind="fact"):
                variable = self.variable(name)
                return f"({variable} > 0.0)", f"({variable} < 1.0)"
            case Name(name=name, kind="definition" | "conclusion") if not (red and self.counts_days(name)):
                return self.named[name]
            case Compare(op=op, left=left, right=right):
                return self._comparison(op, left, right) or self.test(expr, red=red)
            case Within(value=value, low=Number(value=low), high=Number(value=high)) if self._is_number(value):
                return self._range(expr, self._of(value), low, high)
            case OneOf(value=Name(name=name, kind="fact"), codes=codes) if name in self.choices:
                return self._one_of(name, codes)
        return self.test(expr, red=red)

    def test(self, expr: Expr, *, red: bool) -> Rails:
        """Return the rails of a condition decided by walking: one call, its answer kept."""
        found = self._tested.get((expr, red))
        if found is None:
            name = f"x{len(self.tests)}"
            self.lines.append(f"{name} = test({len(self.tests)})")
            self.tests.append((expr, red))
            found = self._tested[expr, red] = (f"({name} is True)", f"({name} is False)")
        return found

    def counts_days(self, name: str) -> bool:
        """Return whether a definition reads a series, whose missing days red flags take more carefully."""
        if name not in self._counting:
            body = self.definitions.get(name)
            self._counting[name] = body is not None and any(
                isinstance(node, OfSeries)
                or (isinstance(node, Name) and node.kind == "definition" and self.counts_days(node.name))
                for node in nodes(body)
            )
        return self._counting[name]

    def _is_number(self, expr: Expr) -> bool:
        return isinstance(expr, Name) and expr.kind == "fact" and self.vocabulary.facts[expr.name].type in _NUMERIC

    def _of(self, expr: Expr) -> str:
        if not isinstance(expr, Name):
            raise TypeError(f"{type(expr).__name__} has no column")
        return self.variable(expr.name)

    def _comparison(self, op: str, left: Expr, right: Expr) -> Rails | None:
        if isinstance(left, Number):
            op, left, right = _MIRROR[op], right, left
        match left, right:
            case Name(), Number(value=limit) if self._is_number(left):
                return _numeric(op, self._of(left), limit)
            case Name(name=fact, kind="fact"), Name(name=code, kind="code") if fact in self.choices:
                yes, no = self._one_of(fact, (code,))
                return (yes, no) if op == "=" else (no, yes)
        return None

    def _one_of(self, fact: str, codes: tuple[str, ...]) -> Rails:
        variable = self.variable(fact)
        wanted = [self.choices[fact][code] for code in codes if code in self.choices[fact]]
        if not wanted:
            return "False", f"({variable} >= -1.0)"
        yes = " or ".join(f"{variable} == {number}" for number in wanted)
        no = " and ".join(f"({variable} < {number} or {variable} > {number})" for number in wanted)
        return f"({yes})", f"({no})"

    def _range(self, expr: Within, variable: str, low: Fraction, high: Fraction) -> Rails:
        above = _numeric(">=" if expr.low_closed else ">", variable, low)
        return _joined([above, _numeric("<=" if expr.high_closed else "<", variable, high)], " and ", " or ")

    def name_node(self, name: str, expr: Expr) -> None:
        """Write the two rails of a definition as variables; they are returned."""
        self._keep(name, *self.rails(expr, red=False))
        self.returned.append(name)

    def conclusion_node(self, name: str, drawn: Sequence[int]) -> None:
        """Give a conclusion the rails of the rule that draws it, or those of several joined."""
        if len(drawn) == 1:
            self.named[name] = f"t{drawn[0]}", f"f{drawn[0]}"
        else:
            self._keep(name, " or ".join(f"t{i}" for i in drawn), " and ".join(f"f{i}" for i in drawn))

    def _keep(self, name: str, yes: str, no: str) -> None:
        index = len(self.named)
        self.lines.append(f"a{index} = {yes}; b{index} = {no}")
        self.named[name] = f"a{index}", f"b{index}"

    def rule_node(self, node: RuleNode, index: int, rails: Mapping[str, int], *, is_read: bool) -> None:
        """Write one rule: known false first, for nine rules in ten are. One that others read keeps its rails."""
        red = node.rule.red_flag
        yes, no = self.rails(node.when, red=red)
        allowed = ("True", "False") if node.applies is None else self.rails(node.applies, red=red)
        barred = [] if node.exclude is None else [self.rails(node.exclude, red=red)]
        barred += [(f"t{rails[name]}", f"f{rails[name]}") for name in node.silencers]
        true, open_ = (f"t{index} = True; f{index} = False; ", f"f{index} = False; ") if is_read else ("", "")
        self.kept += [index] if is_read else []
        self.lines.append(f"if {_any([no, allowed[1]])}: pass")
        if barred:
            self.lines.append(f"elif {_any([part[0] for part in barred])}: stop({index})")
        self.lines += [
            f"elif {_every([yes, allowed[0], *(part[1] for part in barred)])}: {true}fired({index})",
            f"else: {open_}waits({index})",
        ]


def _any(parts: Iterable[str]) -> str:
    return " or ".join(part for part in parts if part != "False") or "False"


def _every(parts: Iterable[str]) -> str:
    return " and ".join(part for part in parts if part != "True") or "True"


def _joined(parts: list[Rails], yes: str, no: str) -> Rails:
    return f"({yes.join(part[0] for part in parts)})", f"({no.join(part[1] for part in parts)})"


def _counted(count: int, parts: list[Rails]) -> Rails:
    true, false = ([part[side] for part in parts] for side in (0, 1))
    return _so_many(count, true), _so_many(len(parts) - count + 1, false)


def _so_many(count: int, parts: Sequence[str]) -> str:
    """Return the source of "at least ``count`` of them": of a few as branches, which stop early; of many as a sum."""
    if count <= 0 or count > len(parts):
        return str(count <= 0)
    if count in (1, len(parts)):
        return f"({(' or ' if count == 1 else ' and ').join(parts)})"
    if comb(len(parts), count) > _BRANCHES:
        return f"({' + '.join(parts)} >= {count})"
    return f"({_so_many(count - 1, parts[1:])} if {parts[0]} else {_so_many(count, parts[1:])})"


def _numeric(op: str, variable: str, limit: Fraction) -> Rails:
    number = number_text(limit)
    same, other = f"({variable} == {number})", f"({variable} < {number} or {variable} > {number})"
    if op == "=":
        return same, other
    if op == "!=":
        return other, same
    return f"({variable} {op} {number})", f"({variable} {_REFUTES[op]} {number})"


def function_source(emitter: Emitter) -> str:
    """Return the program as one function of the case's numbers; it returns the rails of what has a name."""
    lines = ["def decide(get, test, fired, waits, stop):"]
    lines += [f"    {variable} = get({fact!r}, NAN)" for fact, variable in emitter.inputs.items()]
    lines += [f"    t{index} = False; f{index} = True" for index in emitter.kept]
    lines += [f"    {line}" for line in emitter.lines]
    true, false = (", ".join(emitter.named[name][side] for name in emitter.returned) for side in (0, 1))
    lines.append(f"    return ({true}{',' * bool(true)}), ({false}{',' * bool(false)})")
    return "\n".join(lines) + "\n"


def load(source: str) -> Decide:
    """Return the function of a source this module wrote; authored text never reaches it but as numbers."""
    space: dict[str, object] = {"NAN": float("nan")}
    exec(compile(source, "<program>", "exec"), space)  # noqa: S102
    decide: Decide = space["decide"]  # type: ignore[assignment]
    return decide

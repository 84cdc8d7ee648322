"""The rules of an edition as clauses over tokens: "if all of these are established, so is that".

Every condition has two tokens, established as true and as false; one that is neither is open. With both there is no
need for a negation, so the chaining is positive throughout and its result does not depend on any order. The tokens of
single conditions come from the case; connectives, definitions, conclusions and rules are chained.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from engine.conditions import (
    And,
    AtLeast,
    Choose,
    Compare,
    Decide,
    Expr,
    Includes,
    Known,
    Name,
    Not,
    OfSeries,
    OneOf,
    Or,
    Within,
    YesNo,
    nodes,
)
from engine.opinion.sheet import RuleLine, Sheet, named_in

Token = int
Pair = tuple[Token, Token]  # established as true, as false
ALWAYS, NEVER = 0, 1  # a token that is always given, and one that nothing establishes
JOINED, READERS = 8, 50  # tokens in one clause and clauses that read one token, well below what the library bears


@dataclass(frozen=True, slots=True)
class Clause:
    body: tuple[Token, ...]
    head: Token


@dataclass(frozen=True, slots=True)
class Atom:
    """A condition that the case answers. ``after``: the conclusions that must be chained before it can be."""

    expr: Expr
    red: bool
    tokens: Pair
    after: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class RuleTokens:
    """The tokens of a rule. ``stopped``: given from outside where a free text alone rules the rule out."""

    applies: Pair
    when: Pair
    exclude: Pair
    barred: Pair
    proposed: Pair
    as_silencer: Pair
    stopped: Token


@dataclass(slots=True)
class Network:
    """Clauses, atoms, and where the answers stand."""

    sheet: Sheet
    clauses: list[Clause] = field(default_factory=list)
    atoms: dict[tuple[Expr, bool], Atom] = field(default_factory=dict)
    rules: dict[str, RuleTokens] = field(default_factory=dict)
    named: dict[str, Pair] = field(default_factory=dict)  # definitions that are conditions, and conclusions
    tokens: int = 2
    _made: dict[tuple[Expr, bool], Pair] = field(default_factory=dict)

    # --- building

    def fresh(self) -> Token:
        self.tokens += 1
        return self.tokens - 1

    def if_all(self, body: Iterable[Token], head: Token) -> None:
        """Add the clause that establishes ``head``; long ones in steps."""
        needed = tuple(dict.fromkeys(token for token in body if token != ALWAYS))
        if NEVER in needed:
            return
        while len(needed) > JOINED:
            step = self.fresh()
            self.clauses.append(Clause(needed[:JOINED], step))
            needed = (step, *needed[JOINED:])
        self.clauses.append(Clause(needed or (ALWAYS,), head))

    def both(self, parts: Iterable[Pair]) -> Pair:
        """Return the pair of an ``and``: one false part settles it."""
        known = tuple(dict.fromkeys(part for part in parts if part != (ALWAYS, NEVER)))
        if not known or (NEVER, ALWAYS) in known:
            return (NEVER, ALWAYS) if known else (ALWAYS, NEVER)
        if len(known) == 1:
            return known[0]
        pair = self.fresh(), self.fresh()
        self.if_all((true for true, _ in known), pair[0])
        for _, false in known:
            self.if_all((false,), pair[1])
        return pair

    def either(self, parts: Iterable[Pair]) -> Pair:
        """Return the pair of an ``or``: the ``and`` of the opposites, turned round."""
        return turned(self.both(turned(part) for part in parts))

    def at_least(self, count: int, parts: tuple[Pair, ...]) -> Pair:
        """Return the pair of ``at_least``: so many true ones, or so many false ones that they cannot be reached."""
        return self._ladder(count, [part[0] for part in parts]), self._ladder(
            len(parts) - count + 1, [part[1] for part in parts]
        )

    def _ladder(self, count: int, tokens: list[Token]) -> Token:
        """Return the token for "at least ``count`` of these": a row for each of them, a step for each number."""
        if count <= 0:
            return ALWAYS
        row = [ALWAYS, *[NEVER] * count]
        for token in tokens:
            before, row = row, [ALWAYS]
            for reached in range(1, count + 1):
                step = self.fresh()
                if before[reached] != NEVER:
                    self.if_all((before[reached],), step)
                self.if_all((before[reached - 1], token), step)
                row.append(step)
        return row[count]

    def condition(self, expr: Expr, *, red: bool) -> Pair:
        """Return the pair of a condition; equal conditions share one."""
        key = (expr, red and reads_days(expr, self.sheet))
        if key not in self._made:
            self._made[key] = self._condition(expr, key[1])
        return self._made[key]

    def _condition(self, expr: Expr, red: bool) -> Pair:
        match expr:
            case And(parts=parts):
                return self.both([self.condition(part, red=red) for part in parts])
            case Or(parts=parts):
                return self.either([self.condition(part, red=red) for part in parts])
            case Not(part=part):
                return turned(self.condition(part, red=red))
            case AtLeast(count=count, parts=parts):
                return self.at_least(count, tuple(self.condition(part, red=red) for part in parts))
            case YesNo(value=value):
                return (ALWAYS, NEVER) if value else (NEVER, ALWAYS)
            case Name(name=name, kind="definition"):
                return self.condition(self.sheet.definitions[name], red=red)
            case Name(name=name, kind="conclusion"):
                return self.conclusion(name)
        pair = self.fresh(), self.fresh()
        self.atoms[expr, red] = Atom(expr, red, pair, conclusions_in(expr, self.sheet))
        return pair

    def conclusion(self, name: str) -> Pair:
        """Return the pair of a conclusion: one of its rules is proposed, or none of them can be."""
        if name not in self.named:
            self.named[name] = self.either([self.rule(rule).proposed for rule in self.sheet.drawn_by[name]])
        return self.named[name]

    def rule(self, name: str) -> RuleTokens:
        """Return the tokens of a rule: it applies, it is indicated, nothing rules it out or silences it."""
        if name not in self.rules:
            self.rules[name] = self._rule(self.sheet.rules[name])
        return self.rules[name]

    def _rule(self, line: RuleLine) -> RuleTokens:
        nothing = NEVER, ALWAYS
        applies = turned(nothing) if line.applies is None else self.condition(line.applies, red=line.red_flag)
        when = self.condition(line.when, red=line.red_flag)
        exclude = nothing if line.exclude is None else self.condition(line.exclude, red=line.red_flag)
        silencers = [self.rule(other).as_silencer for other in line.silenced_by]
        barred = self.either([exclude, *silencers])
        found = self.both([applies, when, turned(barred)])
        stopped = self.fresh()
        proposed = found
        if line.exclude is not None or silencers:
            proposed = found[0], self.fresh()
            self.if_all((found[1],), proposed[1])
            self.if_all((stopped,), proposed[1])
        return RuleTokens(applies, when, exclude, barred, proposed, found, stopped)


def network_of(sheet: Sheet) -> Network:
    """Return the network of a sheet."""
    network = Network(sheet)
    for name in sheet.rules:
        network.rule(name)
    for name in sheet.drawn_by:
        network.conclusion(name)
    for name, expr in sheet.definitions.items():
        if is_condition(expr, sheet):
            network.named[name] = network.condition(expr, red=False)
    network.clauses[:] = _spread(network)
    return network


def turned(pair: Pair) -> Pair:
    return pair[1], pair[0]


def _spread(network: Network) -> list[Clause]:
    """Return the clauses with a token that too many of them read handed on by copies of itself."""
    clauses: list[Clause] = []
    copies: dict[Token, Token] = {}
    uses: dict[Token, int] = {}
    for clause in network.clauses:
        body = []
        for token in clause.body:
            uses[token] = uses.get(token, 0) + 1
            if uses[token] % READERS == 0:
                copy = network.fresh()
                clauses.append(Clause((copies.get(token, token),), copy))
                copies[token] = copy
            body.append(copies.get(token, token))
        clauses.append(Clause(tuple(body), clause.head))
    return clauses


def reads_days(expr: Expr, sheet: Sheet) -> bool:
    """Return whether a condition looks at a series, in which a red flag takes blank days otherwise."""
    return any(
        isinstance(node, OfSeries)
        or (isinstance(node, Name) and node.kind == "definition" and reads_days(sheet.definitions[node.name], sheet))
        for node in nodes(expr)
    )


def conclusions_in(expr: Expr, sheet: Sheet) -> frozenset[str]:
    """Return the conclusions that a single condition reads, through definitions."""
    inside = (conclusions_in(sheet.definitions[name], sheet) for name in named_in(expr, "definition"))
    return named_in(expr, "conclusion").union(*inside)


def is_condition(expr: Expr, sheet: Sheet) -> bool:
    """Return whether a definition is true or false, not a number or a code."""
    match expr:
        case Name(name=name, kind="fact"):
            return sheet.edition.vocabulary.facts[name].type == "yes_no"
        case Name(name=name, kind="definition"):
            return is_condition(sheet.definitions[name], sheet)
        case Name(kind=kind):
            return kind == "conclusion"
    if isinstance(expr, Choose):
        return is_condition(expr.then, sheet)
    if isinstance(expr, Decide):
        return any(is_condition(each, sheet) for each in expr.outputs)
    return isinstance(expr, And | Or | Not | AtLeast | Compare | Within | OneOf | Includes | Known | YesNo)

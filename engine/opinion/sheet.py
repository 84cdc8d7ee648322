"""The protocols of an edition as the second opinion reads them: full names, parameters filled in, who silences whom."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from engine.conditions import Compare, Expr, Name, Number, Within, YesNo, children, nodes, with_children
from engine.formulary import Formulary
from engine.language.documents import Action, Edition, Protocol, Rule
from engine.units import comparable, convert


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One rule under its full name; ``silenced_by`` are full names too. A red flag obeys neither protocol nor rule."""

    name: str
    when: Expr
    applies: Expr | None
    exclude: Expr | None
    silenced_by: tuple[str, ...]
    red_flag: bool
    paediatric: bool
    actions: tuple[Action, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is to be chained. ``drawn_by``: a conclusion and the rules that draw it."""

    edition: Edition
    definitions: Mapping[str, Expr]
    rules: Mapping[str, RuleLine]
    drawn_by: Mapping[str, tuple[str, ...]]
    wider: Mapping[str, frozenset[str]]  # ingredient or class -> the classes above it


def sheet_of(edition: Edition) -> Sheet:
    """Return the sheet of an edition."""
    definitions: dict[str, Expr] = {}
    rules: dict[str, RuleLine] = {}
    for protocol in edition.protocols.values():
        filler = _Filler(protocol, edition)
        definitions |= {
            filler.full(definition.name): filler.fill(definition.expression)
            for definition in protocol.definitions.values()
        }
        for rule in protocol.rules.values():
            rules[filler.full(rule.name)] = _line(rule, filler)
    silenced = _silenced(edition, rules)
    lines = {name: replace(line, silenced_by=silenced[name]) for name, line in rules.items()}
    formulary = edition.formulary
    wider = {code: frozenset(_above(formulary, code)) for code in (*formulary.medicines, *formulary.classes)}
    return Sheet(edition, definitions, lines, _drawn(lines), wider)


@dataclass(frozen=True, slots=True)
class _Filler:
    """Writes out the names and parameters of one protocol."""

    protocol: Protocol
    edition: Edition

    def full(self, name: str) -> str:
        return name if "." in name else f"{self.protocol.name}.{name}"

    def fill(self, expr: Expr) -> Expr:
        """Return an expression with full names; a parameter beside a fact in the unit of that fact."""
        if isinstance(expr, Name):
            return self._name(expr)
        parts = children(expr)
        unit = self._unit_beside(parts) if isinstance(expr, Compare | Within) else None
        return with_children(
            expr, tuple(self._value(part, unit) if _is_parameter(part) else self.fill(part) for part in parts)
        )

    def _name(self, expr: Name) -> Expr:
        if expr.kind == "parameter":
            return self._value(expr, None)
        return replace(expr, name=self.full(expr.name)) if expr.kind in ("definition", "conclusion") else expr

    def _unit_beside(self, parts: tuple[Expr, ...]) -> str | None:
        facts = self.edition.vocabulary.facts
        units = (facts[part.name].unit for part in parts if isinstance(part, Name) and part.kind == "fact")
        return next((unit for unit in units if unit), None)

    def _value(self, expr: Expr, unit: str | None) -> Expr:
        assert isinstance(expr, Name)  # noqa: S101 - only names are parameters
        owner, _, bare = self.full(expr.name).partition(".")
        found = self.edition.protocols[owner].parameters[bare]
        if isinstance(found.value, bool):
            return YesNo(found.value)
        if not isinstance(found.value, Fraction):
            return Name(str(found.value), "code")
        if unit and found.unit and comparable(found.unit, unit):
            return Number(convert(found.value, found.unit, unit), unit)
        return Number(found.value, found.unit)


def _is_parameter(expr: Expr) -> bool:
    return isinstance(expr, Name) and expr.kind == "parameter"


def _line(rule: Rule, filler: _Filler) -> RuleLine:
    applies = None if rule.red_flag else filler.protocol.applies
    return RuleLine(
        name=filler.full(rule.name),
        when=filler.fill(rule.when),
        applies=None if applies is None else filler.fill(applies),
        exclude=None if rule.exclude is None else filler.fill(rule.exclude),
        silenced_by=(),
        red_flag=rule.red_flag,
        paediatric=rule.paediatric,
        actions=rule.actions,
    )


def _silenced(edition: Edition, rules: Mapping[str, RuleLine]) -> dict[str, tuple[str, ...]]:
    """Return for each rule those that silence it, by its own ``unless`` or by their ``overrides``."""
    found: dict[str, set[str]] = {name: set() for name in rules}
    for protocol in edition.protocols.values():
        filler = _Filler(protocol, edition)
        for rule in protocol.rules.values():
            own = filler.full(rule.name)
            found[own] |= {filler.full(other) for other in rule.unless}
            for other in rule.overrides:
                found.setdefault(filler.full(other), set()).add(own)
    return {name: () if rules[name].red_flag else tuple(sorted(found[name])) for name in rules}


def _drawn(rules: Mapping[str, RuleLine]) -> dict[str, tuple[str, ...]]:
    found: dict[str, dict[str, None]] = {}
    for line in rules.values():
        for action in line.actions:
            if action.kind == "conclude":
                home = line.name.partition(".")[0]
                full = action.code if "." in action.code else f"{home}.{action.code}"
                found.setdefault(full, {})[line.name] = None
    return {name: tuple(drawn) for name, drawn in found.items()}


def _above(formulary: Formulary, code: str) -> Iterator[str]:
    if code in formulary.medicines:
        parents = formulary.medicines[code].classes
    else:
        parents = formulary.classes[code].parents if code in formulary.classes else ()
    for parent in parents:
        yield parent
        yield from _above(formulary, parent)


def named_in(expr: Expr, kind: str) -> frozenset[str]:
    """Return the names of one kind that stand in an expression itself."""
    return frozenset(node.name for node in nodes(expr) if isinstance(node, Name) and node.kind == kind)

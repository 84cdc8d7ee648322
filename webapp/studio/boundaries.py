"""Tests at the edges of a protocol's limits: just below, at, just above, not known, in another unit, in a wrong one.

Each takes the patient of a test the file has, in whom the limit decides something, and changes that one value.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Literal

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from engine.compiler import Program
from engine.compiler.walk import rule_truth, scope_of
from engine.conditions import Compare, Expr, Name, Number, Within
from engine.conditions_seen import single_conditions
from engine.errors import CaseError
from engine.facts import FactSpec
from engine.language.cases import read_example
from engine.language.documents import Example, Protocol
from engine.language.printer import printed
from webapp.plans.terms import Terms

Kind = Literal["below", "at", "above", "missing", "other_unit", "wrong_unit"]
LOOKED_AT = 6  # tests tried as the patient of a limit
NO_UNIT_OF_OURS = "lux"
SAID = {"below": "just below", "at": "at the limit", "above": "just above", "other_unit": "in another unit"}


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that a condition holds a fact against."""

    fact: str
    value: Fraction
    condition: str
    line: int


@dataclass(frozen=True, slots=True)
class Edge:
    """One generated test: ``fired`` are the rules of the protocol that fire, ``refused`` why the value is not read."""

    key: str
    kind: Kind
    name: str
    limit: Limit
    base: str  # the test whose patient it is
    value: str
    given: Mapping[str, Any]
    fired: tuple[str, ...] = ()
    refused: str = ""
    there: bool = False  # the file has a test of this name


@dataclass(frozen=True, slots=True)
class Row:
    """An edge as it is read."""

    edge: Edge
    label: str


@dataclass(frozen=True, slots=True)
class Group:
    """The edges of one limit; ``decides``: they do not all come to the same."""

    title: str
    limit: Limit
    base: str
    rows: Sequence[Row]

    @property
    def decides(self) -> bool:
        return len({row.edge.fired for row in self.rows if not row.edge.refused}) > 1


def edges_of(program: Program, name: str) -> list[Edge]:
    """Return the generated tests of a protocol, in the order of its conditions."""
    protocol = program.edition.protocols[name]
    found: list[Edge] = []
    for number, limit in enumerate(_limits(program, protocol)):
        found += _edges(program, protocol, limit, number)
    return found


def _limits(program: Program, protocol: Protocol) -> list[Limit]:
    found: dict[tuple[str, Fraction], Limit] = {}
    for expr, _red in single_conditions(program, protocol):
        for fact, value in _held_against(expr):
            spec = program.edition.vocabulary.facts.get(fact)
            if spec is not None and expr.place.file == protocol.place.file:
                found.setdefault((fact, value), Limit(fact, value, printed(expr), expr.place.line))
    return list(found.values())


def _held_against(expr: Expr) -> Iterator[tuple[str, Fraction]]:
    match expr:
        case Compare(left=Name(name=fact, kind="fact"), right=Number(value=value)):
            yield fact, value
        case Within(value=Name(name=fact, kind="fact"), low=Number(value=low), high=Number(value=high)):
            yield from ((fact, low), (fact, high))


def _edges(program: Program, protocol: Protocol, limit: Limit, number: int) -> Iterator[Edge]:
    spec = program.edition.vocabulary.facts[limit.fact]
    base = _patient(program, protocol, limit, spec)
    if base is None:
        return
    names = {one.name for one in protocol.examples}
    for kind, value in _values(limit, spec):
        given = {**base.given, limit.fact: value}
        if kind == "missing":
            given.pop(limit.fact)
        name = _name(limit, kind, value)
        fired, refused = _outcome(program, protocol, given)
        if kind == "wrong_unit":  # what is not taken for a value decides as if nobody had said it
            refused = refused or _("It is not taken for a value: unknown.")
        yield Edge(f"{number}-{kind}", kind, name, limit, base.name, value, given, fired, refused, name in names)


def _name(limit: Limit, kind: Kind, value: str) -> str:
    fact = limit.fact.replace("_", " ")
    if kind == "missing":
        return f"{fact} not known, of which {limit.condition}"
    return f"{fact} {value}, {SAID.get(kind, kind)}"


def _patient(program: Program, protocol: Protocol, limit: Limit, spec: FactSpec) -> Example | None:
    """Return a test in whose patient the limit decides something; else the first that says the fact at all."""
    fitting = [one for one in protocol.examples if isinstance(one.given.get(limit.fact), str)][:LOOKED_AT]
    values = [value for kind, value in _values(limit, spec) if kind in ("below", "at", "above")]
    for one in fitting:
        outcomes = {_outcome(program, protocol, {**one.given, limit.fact: value})[0] for value in values}
        if len(outcomes) > 1:
            return one
    return fitting[0] if fitting else None


def _values(limit: Limit, spec: FactSpec) -> Iterator[tuple[Kind, str]]:
    step = spec.step or (Fraction(1) if spec.type == "integer" else _last_digit(limit.value))
    yield "below", _written(limit.value - step, spec.unit)
    yield "at", _written(limit.value, spec.unit)
    yield "above", _written(limit.value + step, spec.unit)
    yield "missing", ""
    written = (rule for unit, rule in spec.units.items() if spec.unit and rule.unit not in ("", spec.unit))
    other = next((rule for rule in written if rule.factor), None)
    if other is not None and _is_short(exact := (limit.value - other.offset) / other.factor):
        yield "other_unit", _written(exact, other.unit)
    yield "wrong_unit", _written(limit.value, NO_UNIT_OF_OURS)


def _last_digit(value: Fraction) -> Fraction:
    """Return one of the last place a limit is written with: 1 for 30, 0.01 for 2.67."""
    places = next((places for places in range(7) if (value * 10**places).denominator == 1), 6)
    return Fraction(1, 10**places)


def _is_short(value: Fraction) -> bool:
    """Tell whether a number can be written out."""
    return (value * 10**6).denominator == 1


def _written(value: Fraction, unit: str | None) -> str:
    number = str(value.numerator) if value.denominator == 1 else f"{float(value):.6f}".rstrip("0").rstrip(".")
    return f"{number} {unit}" if unit else number


def _outcome(program: Program, protocol: Protocol, given: Mapping[str, Any]) -> tuple[tuple[str, ...], str]:
    """Return which rules of the protocol fire, or why a value is not read."""
    try:
        facts = read_example(given, program.edition.vocabulary, program.edition.formulary)
    except CaseError as problem:
        return (), f"{problem.code} {problem.message}"
    scope = scope_of(program, facts)
    own = (node.name for node in program.rules if node.protocol.name == protocol.name)
    return tuple(name.partition(".")[2] for name in own if rule_truth(name, scope) is True), ""


def in_words(found: Sequence[Edge], terms: Terms) -> list[Group]:
    """Return the edges by limit; first the limits that decide something."""
    by_limit: dict[Limit, list[Edge]] = {}
    for edge in found:
        by_limit.setdefault(edge.limit, []).append(edge)
    groups = [
        Group(terms.fact(limit.fact), limit, edges[0].base, [Row(edge, _label(edge.kind)) for edge in edges])
        for limit, edges in by_limit.items()
    ]
    return sorted(groups, key=lambda group: not group.decides)


def _label(kind: Kind) -> str:
    words: dict[str, str] = {
        "below": _("just below"),
        "at": pgettext("limit", "at the limit"),
        "above": _("just above"),
        "missing": _("not known"),
        "other_unit": _("in another unit"),
        "wrong_unit": _("in a wrong unit"),
    }
    return words[kind]

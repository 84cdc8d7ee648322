"""Compiles an edition: qualifies and orders what it holds, and writes the rails."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import chain

from engine.compiler.drugs import drug_index
from engine.compiler.emit import Emitter, function_source, load
from engine.compiler.graph import Graph, dependencies, ordered, strata
from engine.compiler.program import Program, RuleNode
from engine.compiler.scoring import compile_score
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
    Number,
    OfSeries,
    OneOf,
    Or,
    Within,
    YesNo,
    children,
    nodes,
    with_children,
)
from engine.facts import Vocabulary
from engine.language.documents import Edition, Parameter, Protocol, Rule
from engine.language.lexicons import reader_of
from engine.units import comparable, convert


def compile_edition(edition: Edition) -> Program:
    """Return the program of an edition; raise PautaError that prints the loop if something rests on itself."""
    definitions = _definitions(edition)
    rules = _rules(edition)
    conclusions = _conclusions(rules)
    graph = dependencies(definitions, rules, conclusions, edition.scores)
    choices = {
        name: {code: float(i) for i, code in enumerate(sorted(spec.choices))}
        for name, spec in sorted(edition.vocabulary.facts.items())
        if spec.type == "choice"
    }
    emitter = Emitter(edition.vocabulary, definitions, choices)
    positions = {node.name: i for i, node in enumerate(rules)}
    _emit(emitter, graph, definitions, rules, conclusions)
    source = function_source(emitter)
    return Program(
        edition=edition, digest=edition.digest, definitions=definitions, applies=_applies(edition), rules=rules,
        positions=positions, conclusions=conclusions, strata=strata(graph),
        scores={name: compile_score(edition.scores[name], edition.vocabulary) for name in sorted(edition.scores)},
        tests=tuple(emitter.tests), decide=load(source), source=source, drugs=drug_index(edition.formulary),
        choices=choices, inputs=tuple(emitter.inputs), named=tuple(emitter.returned),
        diaries=_diaries(definitions, rules, edition.vocabulary),
        reader=reader_of(edition),
    )  # fmt: skip


def _diaries(
    definitions: Mapping[str, Expr], rules: Iterable[RuleNode], vocabulary: Vocabulary
) -> tuple[OfSeries, ...]:
    """Return what definitions and rules read from diaries: one reading for each diary, window and number of days."""
    every = [*definitions.values(), *(part for node in rules for part in node.conditions)]
    found = {
        (node.series, repr(getattr(node, "window", None)), getattr(node, "needs", None)): node
        for expr in every
        for node in nodes(expr)
        if isinstance(node, OfSeries) and vocabulary.facts[node.series].type == "series"
    }
    return tuple(found[key] for key in sorted(found, key=str))


def _emit(
    emitter: Emitter,
    graph: Graph,
    definitions: Mapping[str, Expr],
    rules: tuple[RuleNode, ...],
    conclusions: Mapping[str, tuple[str, ...]],
) -> None:
    positions = {node.name: i for i, node in enumerate(rules)}
    named = frozenset(chain.from_iterable(graph.values()))
    read = {f"rule:{silencer}" for node in rules for silencer in node.silencers}
    for name, drawn in conclusions.items():
        read |= {f"rule:{rule}" for rule in drawn if name in named or len(drawn) > 1}
    for name in ordered(graph):
        if name.startswith("rule:"):
            index = positions[name.removeprefix("rule:")]
            emitter.rule_node(rules[index], index, positions, is_read=name in read)
        elif name in definitions and is_condition(definitions[name], emitter.vocabulary, definitions):
            emitter.name_node(name, definitions[name])
        elif name in conclusions:
            emitter.conclusion_node(name, [positions[rule] for rule in conclusions[name]])


def is_condition(expr: Expr, vocabulary: Vocabulary, definitions: Mapping[str, Expr]) -> bool:
    """Return whether an expression is true or false, not a number or a code."""
    match expr:
        case And() | Or() | Not() | AtLeast() | Compare() | Within() | OneOf() | Includes() | Known() | YesNo():
            return True
        case Name(name=name, kind="fact"):
            return vocabulary.facts[name].type == "yes_no"
        case Name(name=name, kind="definition"):
            return is_condition(definitions[name], vocabulary, definitions)
        case Name(kind=kind):
            return kind == "conclusion"
        case Choose(then=then):
            return is_condition(then, vocabulary, definitions)
        case Decide(outputs=outputs):
            return any(is_condition(each, vocabulary, definitions) for each in outputs)
    return False


def _definitions(edition: Edition) -> dict[str, Expr]:
    """Return every definition of every protocol by its qualified name, parameters filled in."""
    found = {}
    for protocol in _sorted_protocols(edition):
        for definition in protocol.definitions.values():
            found[qualified(protocol, definition.name)] = _resolved(definition.expression, protocol, edition)
    return dict(sorted(found.items()))


def _applies(edition: Edition) -> dict[str, Expr]:
    protocols = _sorted_protocols(edition)
    return {each.name: _resolved(each.applies, each, edition) for each in protocols if each.applies is not None}


def _sorted_protocols(edition: Edition) -> list[Protocol]:
    return [edition.protocols[name] for name in sorted(edition.protocols)]


def qualified(protocol: Protocol, name: str) -> str:
    return name if "." in name else f"{protocol.name}.{name}"


def _rules(edition: Edition) -> tuple[RuleNode, ...]:
    silencers: dict[str, set[str]] = {}
    for protocol in _sorted_protocols(edition):
        for rule in protocol.rules.values():
            own = qualified(protocol, rule.name)
            silencers.setdefault(own, set()).update(qualified(protocol, name) for name in rule.unless)
            for other in rule.overrides:
                silencers.setdefault(qualified(protocol, other), set()).add(own)
    found = (
        _rule(rule, protocol, edition, silencers)
        for protocol in _sorted_protocols(edition)
        for rule in protocol.rules.values()
    )
    return tuple(sorted(found, key=lambda node: node.name))


def _rule(rule: Rule, protocol: Protocol, edition: Edition, silencers: Mapping[str, set[str]]) -> RuleNode:
    """Return a rule ready to decide. A red flag obeys neither ``applies`` nor any other rule."""
    name = qualified(protocol, rule.name)
    free = rule.red_flag
    return RuleNode(
        name=name,
        protocol=protocol,
        rule=rule,
        applies=None if free or protocol.applies is None else _resolved(protocol.applies, protocol, edition),
        when=_resolved(rule.when, protocol, edition),
        exclude=None if rule.exclude is None else _resolved(rule.exclude, protocol, edition),
        silencers=() if free else tuple(sorted(silencers[name])),
    )


def _conclusions(rules: tuple[RuleNode, ...]) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for node in rules:
        for action in node.rule.actions:
            if action.kind == "conclude":
                found.setdefault(qualified(node.protocol, action.code), []).append(node.name)
    return {name: tuple(sorted(set(drawn))) for name, drawn in sorted(found.items())}


def _resolved(expr: Expr, protocol: Protocol, edition: Edition) -> Expr:
    """Return a condition with its parameters as numbers in the unit beside them and its own names qualified."""
    match expr:
        case Name(name=name, kind="parameter"):
            return _parameter(protocol, edition, name, None)
        case Name(name=name, kind="definition" | "conclusion"):
            return replace(expr, name=qualified(protocol, name))
        case Compare() | Within():
            unit = next(_units(expr, edition), None)
            parts = (_side(part, protocol, edition, unit) for part in children(expr))
            return with_children(expr, tuple(parts))
    return with_children(expr, tuple(_resolved(part, protocol, edition) for part in children(expr)))


def _side(expr: Expr, protocol: Protocol, edition: Edition, unit: str | None) -> Expr:
    if isinstance(expr, Name) and expr.kind == "parameter":
        return _parameter(protocol, edition, expr.name, unit)
    return _resolved(expr, protocol, edition)


def _units(expr: Expr, edition: Edition) -> Iterator[str]:
    for part in children(expr):
        if isinstance(part, Name) and part.kind == "fact" and (unit := edition.vocabulary.facts[part.name].unit):
            yield unit


def _parameter(protocol: Protocol, edition: Edition, name: str, unit: str | None) -> Expr:
    owner, _, bare = qualified(protocol, name).partition(".")
    found: Parameter = edition.protocols[owner].parameters[bare]
    match found.value:
        case bool():
            return YesNo(found.value)
        case Fraction():
            if unit is not None and found.unit is not None and comparable(found.unit, unit):
                return Number(convert(found.value, found.unit, unit), unit)
            return Number(found.value, found.unit)
    return Name(str(found.value), "code")

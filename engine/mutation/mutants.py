"""Every small fault of a compiled edition: one change of one rule, definition or score."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from engine.compiler.build import qualified
from engine.compiler.program import Program, RuleNode
from engine.conditions import Expr
from engine.errors import Place
from engine.facts import FactSpec
from engine.language.documents import Action, Protocol, Score
from engine.mutation.changes import Change, Kind, StepOf, changes, steps
from engine.urgency import URGENCIES


@dataclass(frozen=True, slots=True)
class Mutant:
    """One fault: what of the program is another than it was. ``changed``: rule:reflux.ppi_trial, score:gbs, ..."""

    document: str  # protocol:reflux, score:gbs
    kind: Kind
    place: Place
    what: str
    changed: str
    nodes: tuple[RuleNode, ...] = ()
    applies: Expr | None = None
    definition: Expr | None = None
    score: Score | None = None

    @property
    def name(self) -> str:
        """Return what tells it from every other: where it is and what it changes, without the line."""
        return f"{self.document} {self.changed.partition(':')[2] or self.changed}: {self.what}"


def mutants(program: Program, documents: frozenset[str]) -> list[Mutant]:
    """Return the mutants of these documents (``protocol:reflux``, ``score:gbs``), in the order of their lines."""
    found = [*_of_protocols(program, documents), *_of_scores(program, documents)]
    return sorted(found, key=lambda each: (each.document, each.place.line, each.place.column))


# --- protocols


def _of_protocols(program: Program, documents: frozenset[str]) -> Iterator[Mutant]:
    step_of = _steps(program)
    for name, protocol in sorted(program.edition.protocols.items()):
        document = f"protocol:{name}"
        if document not in documents:
            continue
        for definition in protocol.definitions.values():
            own = qualified(protocol, definition.name)
            for change in changes(program.definitions[own], protocol.place.file, step_of):
                yield _mutant(document, change, own, definition=change.expr)
        own_rules = [node for node in program.rules if node.protocol is protocol]
        for change in changes(program.applies[name], protocol.place.file, step_of) if name in program.applies else ():
            bound = tuple(replace(node, applies=change.expr) for node in own_rules if node.applies is not None)
            yield _mutant(document, change, f"applies:{name}", nodes=bound, applies=change.expr)
        for node in own_rules:
            yield from _of_rule(document, node, protocol, step_of)


def _mutant(document: str, change: Change, changed: str, **parts: object) -> Mutant:
    return Mutant(document, change.kind, change.place, change.what, changed, **parts)  # type: ignore[arg-type]


def _of_rule(document: str, node: RuleNode, protocol: Protocol, step_of: StepOf) -> Iterator[Mutant]:
    own, file = f"rule:{node.name}", protocol.place.file
    for change in changes(node.when, file, step_of):
        yield _mutant(document, change, own, nodes=(replace(node, when=change.expr),))
    if node.exclude is not None:
        yield Mutant(document, "connective", node.exclude.place, "exclude dropped", own, (replace(node, exclude=None),))
        for change in changes(node.exclude, file, step_of):
            yield _mutant(document, change, own, nodes=(replace(node, exclude=change.expr),))
    for silencer in node.silencers:
        left = tuple(name for name in node.silencers if name != silencer)
        what = f"no longer silenced by {silencer}"
        yield Mutant(document, "connective", node.rule.place, what, own, (replace(node, silencers=left),))
    for i, action in enumerate(node.rule.actions):
        for what, actions in _of_action(action, i, node.rule.actions):
            rule = replace(node.rule, actions=actions)
            yield Mutant(document, "item", action.place, what, own, (replace(node, rule=rule),))


def _of_action(action: Action, i: int, actions: tuple[Action, ...]) -> Iterator[tuple[str, tuple[Action, ...]]]:
    before, after = actions[:i], actions[i + 1 :]
    yield f"{action.code} dropped", (*before, *after)
    if action.urgency != "none":
        lower = URGENCIES[URGENCIES.index(action.urgency) - 1]
        yield f"{action.code} {action.urgency} -> {lower}", (*before, replace(action, urgency=lower), *after)
    if action.dose is not None:
        yield f"{action.code} {action.dose} doubled", (*before, replace(action, dose=_doubled(action.dose)), *after)


def _doubled(dose: str) -> str:
    """Return a dose such as ``20 mg`` twice over."""
    amount, _, unit = dose.partition(" ")
    return f"{Decimal(amount) * 2} {unit}"


# --- scores


def _of_scores(program: Program, documents: frozenset[str]) -> Iterator[Mutant]:
    for name, score in sorted(program.edition.scores.items()):
        if f"score:{name}" not in documents:
            continue
        facts = {item.name: _input_step(item.type) for item in score.inputs.values()}
        whole = score.value_type == "integer"
        step_of = steps({**facts, "value": Fraction(1) if whole else None, score.name: Fraction(1) if whole else None})
        for change, made in _of_score(score, step_of):
            yield _mutant(f"score:{name}", change, f"score:{name}", score=made)


def _of_score(score: Score, step_of: StepOf) -> Iterator[tuple[Change, Score]]:
    file = score.place.file
    for key, definition in score.definitions.items():
        for change in changes(definition.expression, file, step_of):
            made = {**score.definitions, key: replace(definition, expression=change.expr)}
            yield change, replace(score, definitions=made)
    if score.value is not None:
        for change in changes(score.value, file, step_of):
            yield change, replace(score, value=change.expr)
    for part in ("bands", "record", "doubtful"):
        known: Mapping[str, Expr] = getattr(score, part)
        for key, expr in known.items():
            for change in changes(expr, file, step_of):
                changed: dict[str, object] = {part: {**known, key: change.expr}}
                yield change, replace(score, **changed)  # type: ignore[arg-type]


def _input_step(kind: str) -> Fraction | None:
    return Fraction(1) if kind == "integer" else None


def _steps(program: Program) -> StepOf:
    facts = {name: _fact_step(spec) for name, spec in program.edition.vocabulary.facts.items()}
    scores = {name: Fraction(1) for name, score in program.edition.scores.items() if score.value_type == "integer"}
    return steps({**facts, **scores})


def _fact_step(spec: FactSpec) -> Fraction | None:
    if spec.step is not None:
        return spec.step
    return Fraction(1) if spec.type == "integer" else None

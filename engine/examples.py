"""Runs the tests that live in protocol and score files, and says which rules and conditions they tried."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from engine.compiler.program import Program, Scope
from engine.compiler.walk import chosen_rows, rule_truth, scope_of
from engine.conditions_seen import Seen, Watch
from engine.errors import CaseError, Place
from engine.evaluator import score, score_json
from engine.evaluator.evaluation import plan_of
from engine.evaluator.rules import decide, judge
from engine.language.cases import read_example, score_inputs
from engine.language.documents import Edition, Example, Protocol, Score
from engine.plan import Item, Plan

IN_PLAN = frozenset({"proposed", "held"})


@dataclass(frozen=True, slots=True)
class Result:
    """One test of one file; ``failures`` say what was expected and what came out."""

    document: str  # protocol:reflux, score:gerdq
    name: str
    place: Place
    failures: tuple[str, ...] = ()

    @property
    def passed(self) -> bool:
        return not self.failures


@dataclass(frozen=True, slots=True)
class Coverage:
    """Whether the tests of its own protocol saw a rule fire, and saw it not fire."""

    rule: str
    fired: bool
    not_fired: bool


@dataclass(frozen=True, slots=True)
class Report:
    results: tuple[Result, ...]
    coverage: tuple[Coverage, ...]
    conditions: tuple[Seen, ...] = ()

    @property
    def passed(self) -> bool:
        return all(result.passed for result in self.results)

    @property
    def untried(self) -> tuple[Coverage, ...]:
        """Return the rules that no test saw fire, or none saw not fire."""
        return tuple(each for each in self.coverage if not (each.fired and each.not_fired))


def run(program: Program, edition: Edition, only: Iterable[str] | None = None) -> Report:
    """Run every test of the edition; ``only``: documents such as ``protocol:reflux``."""
    wanted = None if only is None else frozenset(only)
    results: list[Result] = []
    coverage: list[Coverage] = []
    conditions: list[Seen] = []
    for name in sorted(edition.scores):
        if wanted is None or f"score:{name}" in wanted:
            results += _score_results(program, edition.scores[name])
    for name in sorted(edition.protocols):
        if wanted is None or f"protocol:{name}" in wanted:
            watch = Watch(program, edition.protocols[name])
            found, tried = _protocol_results(program, edition.protocols[name], edition, watch)
            results += found
            coverage += tried
            conditions += watch.seen.values()
    return Report(tuple(results), tuple(coverage), tuple(conditions))


# --- protocols


def _protocol_results(
    program: Program, protocol: Protocol, edition: Edition, watch: Watch
) -> tuple[list[Result], list[Coverage]]:
    results: list[Result] = []
    own = sorted(node.name for node in program.rules if node.protocol.name == protocol.name)
    fired: dict[str, set[bool]] = {name: set() for name in own}
    for example in protocol.examples:
        document = f"protocol:{protocol.name}"
        try:
            case = read_example(example.given, edition.vocabulary, edition.formulary)
        except CaseError as problem:
            results.append(Result(document, example.name, example.place, (f"{problem} {problem.hint}",)))
            continue
        decided = decide(program, case, asking=bool(example.ask))
        for name in own:
            fired[name].add(rule_truth(name, decided.scope) is True)
        watch.look(decided.scope)
        found = tuple(failures(plan_of(decided, case), example, decided.scope, protocol))
        results.append(Result(document, example.name, example.place, found))
    rows = [
        Coverage(name, True in seen, False in seen) for name, seen in rows_tried(program, protocol, edition).items()
    ]
    return results, [*(Coverage(name, True in seen, False in seen) for name, seen in fired.items()), *rows]


def rows_tried(program: Program, protocol: Protocol, edition: Edition) -> dict[str, set[bool]]:
    """Return for each row of each table that has a value whether a test saw it chosen, and saw it not chosen."""
    tables = {name: program.definitions.get(f"{protocol.name}.{name}") for name in protocol.tables}
    tried: dict[str, set[bool]] = {}
    for example in protocol.examples if any(tables.values()) else ():
        try:
            scope = scope_of(program, read_example(example.given, edition.vocabulary, edition.formulary))
        except CaseError:
            continue
        for name, value in tables.items():
            for row, known in zip(protocol.tables[name].rows, chosen_rows(value, scope), strict=False):
                tried.setdefault(f"{protocol.name}.{name}.{row.name}", set()).add(known)
    return tried


def failures(plan: Plan, example: Example, scope: Scope, protocol: Protocol) -> Iterator[str]:
    """Yield what a plan lacks of what a test of the protocol expects, and what it should not hold."""
    for entry in example.include:
        if not _any(entry, plan, IN_PLAN):
            yield f"expected {entry} in the plan; it holds {_codes(plan)}"
    for entry in example.exclude:
        if _any(entry, plan, IN_PLAN):
            yield f"expected no {entry}; it is {_state(entry, plan)}"
    for state, entries in (("held", example.held), ("blocked", example.blocked)):
        for entry in entries:
            if not _any(entry, plan, frozenset({state})):
                yield f"expected {entry} {state}; it is {_state(entry, plan)}"
    if example.urgency is not None and plan.urgency != example.urgency:
        yield f"expected urgency {example.urgency}; it is {plan.urgency}"
    yield from _item_failures(example, plan)
    unasked = [name for name in example.ask if name not in plan.ask]
    if unasked:
        yield f"expected to ask {', '.join(unasked)}; it asks {', '.join(plan.ask) or 'nothing'}"
    yield from _rule_failures(example, scope, protocol)
    yield from _expected_scores(example.scores, plan)


def _item_failures(example: Example, plan: Plan) -> Iterator[str]:
    """Yield the items that are not as urgent, and the medicines not given in the dose, that a test expects."""
    present = [item for item in plan.items if item.state in IN_PLAN]
    for code, urgency in example.urgencies.items():
        urgencies = [item.urgency for item in present if matches(code, item)]
        if urgency not in urgencies:
            yield f"expected {code} {urgency}; it is {', '.join(urgencies) or 'not in the plan'}"
    for medicine, wanted in example.doses.items():
        given = [dose for item in present for dose in item.doses if dose.ingredient == medicine]
        if not any(wanted in (dose.dose, f"{dose.dose} {dose.frequency}") for dose in given):
            known = ", ".join(f"{dose.dose} {dose.frequency}".strip() for dose in given)
            yield f"expected {medicine} {wanted}; it is {known or 'not in the plan'}"


def _rule_failures(example: Example, scope: Scope, protocol: Protocol) -> Iterator[str]:
    program = scope.program
    for names, wanted in ((example.fired, True), (example.not_fired, False)):
        for name in names:
            rule = name if "." in name else f"{protocol.name}.{name}"
            if (rule_truth(rule, scope) is True) is not wanted:
                decision = judge(program.rules[program.positions[rule]], scope)
                waits = f", waiting for {', '.join(decision.waiting)}" if decision.waiting else ""
                yield f"expected rule {name} {'to fire' if wanted else 'not to fire'}; it is {decision.outcome}{waits}"


def _expected_scores(expected: Mapping[str, object], plan: Plan) -> Iterator[str]:
    for name, wanted in expected.items():
        result = plan.scores.get(name)
        if result is None:
            yield f"expected the score {name}; nothing is known of it"
        elif isinstance(wanted, Mapping):
            yield from _differences(name, wanted, score_json(result))
        elif not (_same(wanted, result.value) or _same(wanted, result.band)):
            yield f"expected {name} {wanted}; it is {result.value} ({result.band})"


def matches(entry: str, item: Item) -> bool:
    """Return whether an item is meant by ``kind:code``, ``kind:*``, or ``drug:`` an ingredient or class it gives."""
    kind, _, name = entry.partition(":")
    if kind == "drug":
        return name in item.drugs or name in item.classes
    return item.code == entry or (name == "*" and item.kind == kind)


def _any(entry: str, plan: Plan, states: frozenset[str]) -> bool:
    """Return whether one of the alternatives ``a|b`` is among the items of these states."""
    return any(matches(part, item) for part in entry.split("|") for item in plan.items if item.state in states)


def _state(entry: str, plan: Plan) -> str:
    found = [f"{item.code} {item.state}" for part in entry.split("|") for item in plan.items if matches(part, item)]
    return ", ".join(found) or "not in the plan"


def _codes(plan: Plan) -> str:
    return ", ".join(f"{item.code} {item.state}" for item in plan.items) or "nothing"


# --- scores


def _score_results(program: Program, document: Score) -> Iterator[Result]:
    for example in document.examples:
        found = score_failures(program, document.name, example)
        yield Result(f"score:{document.name}", example.name, example.place, found)


def score_failures(program: Program, name: str, example: Example) -> tuple[str, ...]:
    """Return where a score differs from what a test of its file expects."""
    try:
        known = score_json(score(program, name, score_inputs(example.given)))
        return tuple(_differences(name, example.scores, known))
    except CaseError as problem:
        return (f"{problem} {problem.hint}",)


def _differences(name: str, wanted: Mapping[str, object], known: Mapping[str, object]) -> Iterator[str]:
    for key, value in wanted.items():
        if not _same(value, known.get(key)):
            yield f"expected {name} {key} {value}; it is {known.get(key)}"


def _same(wanted: object, known: object) -> bool:
    """Return whether a written expectation is met; decimals to as many places as written."""
    if isinstance(wanted, (list, tuple)) or isinstance(known, (list, tuple)):
        ours, theirs = _listed(known), _listed(wanted)
        return len(ours) == len(theirs) and all(map(_same, theirs, ours))
    if wanted is None or known is None or str(wanted) == str(known):
        return str(wanted).lower() in {str(known).lower(), "null"} if known is None else str(wanted) == str(known)
    try:
        first, second = Fraction(str(wanted)), Fraction(str(known))
    except ValueError:
        return False
    places = len(str(wanted).partition(".")[2])
    return abs(first - second) <= (Fraction(1, 2 * 10**places) if places else 0)


def _listed(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else [] if value is None else [value]

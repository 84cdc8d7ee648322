"""Which unknown facts could settle a condition: what to ask, and what a held item waits for."""

from collections.abc import Iterable, Iterator

from engine.compiler.program import RuleNode, Scope
from engine.compiler.reading import is_known
from engine.compiler.walk import behind, candidates, rule_truth, state, truth
from engine.conditions import Decide, Expr, Includes, Known, Name, Not, OfSeries, children


def waiting(expr: Expr, scope: Scope, *, red: bool = False) -> tuple[str, ...]:
    """Return the unknown facts of the undecided parts of a condition, in order of writing; none if it is decided."""
    key = (id(expr), red)
    if key not in scope.waiting:
        scope.waiting[key] = tuple(dict.fromkeys(_undecided(expr, scope, red=red)))
    return scope.waiting[key]


def _undecided(expr: Expr, scope: Scope, *, red: bool) -> Iterator[str]:
    expr = behind(expr, scope)
    if not is_condition(expr):
        yield from _numbers(expr, scope, red=red)
    elif truth(expr, scope, red=red) is None:
        if isinstance(expr, Name):
            yield from _name(expr, scope, red=red)
        else:
            yield from _read_here(expr, scope)
            below = (scope.turned or scope) if isinstance(expr, Not) else scope
            for part in children(expr):
                yield from waiting(part, below, red=red)


def is_condition(expr: Expr) -> bool:
    """Return whether ``truth`` can decide a node; numbers and codes are looked into instead."""
    if isinstance(expr, Name):
        return expr.kind == "conclusion"
    if isinstance(expr, Decide):
        return any(is_condition(each) for each in expr.outputs)
    kind = type(expr).__name__
    return kind in {"And", "Or", "Not", "AtLeast", "Compare", "Within", "OneOf", "Includes", "Known", "YesNo"}


def _name(name: Name, scope: Scope, *, red: bool) -> Iterator[str]:
    for rule in scope.program.conclusions.get(name.name, ()):
        if rule_truth(rule, scope) is None:
            yield from rule_waiting(scope.program.rules[scope.program.positions[rule]], scope)


def _numbers(expr: Expr, scope: Scope, *, red: bool) -> Iterator[str]:
    match expr:
        case Name(name=name, kind="score" | "band"):
            yield from state(name, scope).waiting
        case Name(name=name, kind="fact") if not is_known(name, scope):
            yield name
        case Decide():
            for part in _rows_in_question(expr, scope, red=red):
                yield from waiting(part, scope, red=red)
        case _:
            yield from _read_here(expr, scope)
            for part in children(expr):
                yield from waiting(part, scope, red=red)


def _rows_in_question(expr: Decide, scope: Scope, *, red: bool) -> Iterator[Expr]:
    """Yield the conditions of rows that may still be chosen, and what undecided rows would say."""
    still = candidates(expr, scope, red=red)
    for condition, output in zip(expr.conditions, expr.outputs, strict=True):
        if expr.hit in ("sum", "min", "max", "count") or output in still:
            yield condition
            yield output


def _read_here(expr: Expr, scope: Scope) -> Iterator[str]:
    match expr:
        case Includes(fact=fact) | Known(fact=fact):
            yield fact
        case OfSeries(series=fact):
            yield fact


def rule_waiting(node: RuleNode, scope: Scope) -> tuple[str, ...]:
    """Return every unknown fact that could settle a rule."""
    red = node.rule.red_flag
    found = [fact for part in node.conditions for fact in waiting(part, scope, red=red)]
    return tuple(dict.fromkeys([*found, *silencer_waiting(node, scope)]))


def silencer_waiting(node: RuleNode, scope: Scope) -> tuple[str, ...]:
    """Return the unknown facts of the rules that would silence this one."""
    rules = scope.program.rules
    found = (
        fact
        for name in node.silencers
        if rule_truth(name, scope) is None
        for fact in rule_waiting(rules[scope.program.positions[name]], scope)
    )
    return tuple(dict.fromkeys(found))


def red_flags_first(facts: Iterable[str], scope: Scope) -> tuple[str, ...]:
    """Return the facts without repetition, red flags before the rest, else in the order they came."""
    known = scope.program.edition.vocabulary.facts
    once = list(dict.fromkeys(facts))
    return tuple(sorted(once, key=lambda fact: not (fact in known and known[fact].red_flag)))

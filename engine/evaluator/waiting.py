"""Which unknown facts could settle a condition: what to ask, and what a held item waits for."""

from collections.abc import Iterable, Iterator, Sequence

from engine.compiler.program import RuleNode, Scope
from engine.compiler.reading import is_known
from engine.compiler.sides import behind
from engine.compiler.walk import candidates, rule_truth, state, truth
from engine.conditions import (
    And,
    AtLeast,
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
    children,
)

_CONDITIONS = frozenset({And, Or, Not, AtLeast, Compare, Within, OneOf, Includes, Known, YesNo})


def waiting(expr: Expr, scope: Scope, *, red: bool = False) -> tuple[str, ...]:
    """Return the unknown facts of the undecided parts of a condition, in order of writing; none if it is decided."""
    key = (id(expr), red)
    found = scope.waiting.get(key)
    if found is None:
        decided = type(expr) in _CONDITIONS and truth(expr, scope, red=red) is not None
        found = scope.waiting[key] = () if decided else tuple(dict.fromkeys(_undecided(expr, scope, red=red)))
    return found


def _undecided(expr: Expr, scope: Scope, *, red: bool) -> Sequence[str]:
    expr = behind(expr, scope)
    if not is_condition(expr):
        return _numbers(expr, scope, red=red)
    if truth(expr, scope, red=red) is not None:
        return ()
    if isinstance(expr, Name):
        return tuple(_name(expr, scope, red=red))
    return _inside(expr, (scope.turned or scope) if isinstance(expr, Not) else scope, red=red)


def _inside(expr: Expr, scope: Scope, *, red: bool) -> list[str]:
    """Return what a node reads itself, then what its parts wait for."""
    found: list[str] = []
    if isinstance(expr, Includes | Known):
        found.append(expr.fact)
    elif isinstance(expr, OfSeries):
        found.append(expr.series)
    for part in children(expr):
        found += waiting(part, scope, red=red)
    return found


def is_condition(expr: Expr) -> bool:
    """Return whether ``truth`` can decide a node; numbers and codes are looked into instead."""
    if isinstance(expr, Name):
        return expr.kind == "conclusion"
    if isinstance(expr, Decide):
        return any(is_condition(each) for each in expr.outputs)
    return type(expr) in _CONDITIONS


def _name(name: Name, scope: Scope, *, red: bool) -> Iterator[str]:
    for rule in scope.program.conclusions.get(name.name, ()):
        if rule_truth(rule, scope) is None:
            yield from rule_waiting(scope.program.rules[scope.program.positions[rule]], scope)


def _numbers(expr: Expr, scope: Scope, *, red: bool) -> Sequence[str]:
    match expr:
        case Name(name=name, kind="score" | "band"):
            return state(name, scope).waiting
        case Name(name=name, kind="fact"):
            return () if is_known(name, scope) else (name,)
        case Decide():
            return [fact for part in _rows_in_question(expr, scope, red=red) for fact in waiting(part, scope, red=red)]
    return _inside(expr, scope, red=red)


def _rows_in_question(expr: Decide, scope: Scope, *, red: bool) -> Iterator[Expr]:
    """Yield the conditions of rows that may still be chosen, and what undecided rows would say."""
    still = candidates(expr, scope, red=red)
    for condition, output in zip(expr.conditions, expr.outputs, strict=True):
        if expr.hit in ("sum", "min", "max", "count") or output in still:
            yield condition
            yield output


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

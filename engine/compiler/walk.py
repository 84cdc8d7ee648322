"""The plain reading of a condition: a Kleene walk over its tree, with one case's facts.

It decides whatever the rails leave to it, answers questions about single conditions, and is what the
generated program is held equal to.
"""

import operator
from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from typing import Any

from engine.compiler import intervals
from engine.compiler.doubts import doubted
from engine.compiler.intervals import ANYTHING, Interval, Real, compare, conjunction, disjunction, hull, negation, point
from engine.compiler.mentions import mentions_of, with_mentions
from engine.compiler.program import (
    UNKNOWN,
    Given,
    Program,
    RuleNode,
    Scope,
    ScoreProgram,
    ScoreState,
    Total,
)
from engine.compiler.reading import (
    among,
    declared,
    entries_of,
    fact_number,
    fits,
    included,
    is_known,
    of_series,
    possible,
)
from engine.compiler.score_results import bound_facts, settled, unit_factor
from engine.compiler.scoring import analyse, total
from engine.compiler.sides import behind, sides
from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Call,
    Choose,
    Compare,
    Comparison,
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
)
from engine.facts import CaseFacts, FactValue, Mention, Missing, Value
from engine.language.documents import ScoreInput
from engine.plan import ScoreResult, Truth

_SUMS = {"+": intervals.add, "-": intervals.subtract, "*": intervals.multiply, "/": intervals.divide}


def scope_of(program: Program, case: CaseFacts, mentions: tuple[Mention, ...] | None = None) -> Scope:
    """Return a fresh scope for one case; ``mentions`` are what its free text speaks of, if it was read already."""
    today = None if case.as_of is None else case.as_of.toordinal()
    scope = Scope(program, case.values, adult=is_adult(case.values), repeated=case.series, today=today)
    return with_mentions(scope, case, mentions_of(program, case) if mentions is None else mentions)


def is_adult(values: Mapping[str, FactValue]) -> Truth:
    """Return whether somebody is grown up; unknown without an age."""
    age = values.get("age")
    return age.value >= 18 if isinstance(age, Value) and isinstance(age.value, Fraction) else None


def truth(expr: Expr, scope: Scope, *, red: bool = False) -> Truth:
    """Return whether a condition is true, false or unknown; ``red``: days not filled in may still count."""
    key = (id(expr), red)
    known = scope.decided.get(key, ...)
    if known is ...:
        decide = _TRUTHS.get(type(expr))
        if decide is None:
            raise TypeError(f"{type(expr).__name__} is not a condition")
        known = decide(expr, scope, red)
        if known is not True and scope.calm is not None:  # a mention makes things true, it never makes them false
            known = truth(expr, scope.calm, red=red)
        scope.decided[key] = known
    return known


def _until(*, stops: bool) -> Callable[[And | Or, Scope, bool], Truth]:
    """Return what ``conjunction`` and ``disjunction`` do, written out: half of all there is to decide passes here."""

    def decide(expr: And | Or, scope: Scope, red: bool) -> Truth:
        result: Truth = not stops
        for part in expr.parts:
            found = truth(part, scope, red=red)
            if found is stops:
                return found
            if found is None:
                result = None
        return result

    return decide


def _not(expr: Not, scope: Scope, red: bool) -> Truth:
    return negation(truth(expr.part, scope.turned or scope, red=red))


def _at_least(expr: AtLeast, scope: Scope, red: bool) -> Truth:
    return intervals.at_least(expr.count, (truth(part, scope, red=red) for part in expr.parts))


def _yes_no(expr: YesNo, scope: Scope, red: bool) -> Truth:
    return expr.value


def _one_of(expr: OneOf, scope: Scope, red: bool) -> Truth:
    return among(possible_codes(expr.value, scope), frozenset(expr.codes))


def _includes(expr: Includes, scope: Scope, red: bool) -> Truth:
    return included(expr, scope)


def _known(expr: Known, scope: Scope, red: bool) -> Truth:
    return is_known(expr.fact, scope) == expr.known


def _table(expr: Decide, scope: Scope, red: bool) -> Truth:
    said = {None if each is None else truth(each, scope, red=red) for each in candidates(expr, scope, red=red)}
    return said.pop() if len(said) == 1 else None


def _chosen(expr: Choose, scope: Scope, red: bool) -> Truth:
    chosen = truth(expr.condition, scope, red=red)
    if chosen is not None:
        return truth(expr.then if chosen else expr.otherwise, scope, red=red)
    first, second = truth(expr.then, scope, red=red), truth(expr.otherwise, scope, red=red)
    return first if first == second else None


def _named(expr: Name, scope: Scope, red: bool) -> Truth:
    if expr.kind == "fact":
        value = scope.values.get(expr.name)
        return bool(value.value) if isinstance(value, Value) and isinstance(value.value, bool) else None
    return named_truth(expr.name, scope, red=red)


def named_truth(name: str, scope: Scope, *, red: bool = False) -> Truth:
    """Return the truth of a definition or a conclusion, worked out once a case."""
    key = (name, red)
    if key not in scope.truths:
        definition = scope.program.definitions.get(name)
        if definition is not None:
            scope.truths[key] = truth(definition, scope, red=red)
        else:
            rules = scope.program.conclusions[name]
            scope.truths[key] = disjunction(rule_truth(rule, scope) for rule in rules)
    return scope.truths[key]


def rule_truth(name: str, scope: Scope) -> Truth:
    """Return whether a rule is proposed: its indication true, nothing excluding or silencing it."""
    key = (f"rule {name}", False)
    if key not in scope.truths:
        node = scope.program.rules[scope.program.positions[name]]
        scope.truths[key] = conjunction(_rule_parts(node, scope))
    return scope.truths[key]


def _rule_parts(node: RuleNode, scope: Scope) -> Iterator[Truth]:
    red = node.rule.red_flag
    if node.applies is not None:
        yield truth(node.applies, scope, red=red)
    yield truth(node.when, scope, red=red)
    if node.exclude is not None:
        yield negation(truth(node.exclude, scope.excluding, red=red))
    for silencer in node.silencers:
        yield negation(rule_truth(silencer, scope.excluding))


def _compared(expr: Compare, scope: Scope, red: bool) -> Truth:
    _, left, right, kind = sides(expr, scope)
    if kind == "code":
        same = among(possible_codes(left, scope), possible_codes(right, scope))
        return same if expr.op == "=" else negation(same)
    if kind == "condition":
        return _agree(truth(left, scope, red=red), truth(right, scope, red=red), equal=expr.op == "=")
    if type(right) is Number and type(left) is Name and left.kind == "fact":  # what most comparisons are
        known = fact_number(left.name, scope)
        return None if known is None else _EXACT[expr.op](known, right.value)
    first, second = number(left, scope, red=red), number(right, scope, red=red)
    return None if first is None or second is None else compare(expr.op, first, second)


def _agree(left: Truth, right: Truth, *, equal: bool) -> Truth:
    return None if left is None or right is None else (left == right) == equal


def _within(expr: Within, scope: Scope, red: bool) -> Truth:
    value, low, high = (number(part, scope, red=red) for part in (expr.value, expr.low, expr.high))
    if value is None or low is None or high is None:
        return None
    above = compare(">=" if expr.low_closed else ">", value, low)
    return conjunction((above, compare("<=" if expr.high_closed else "<", value, high)))


def candidates(expr: Decide, scope: Scope, *, red: bool = False) -> list[Expr | None]:
    """Return what a table may still say, an output a row that may be chosen; None: that no row fits."""
    truths = [truth(part, scope, red=red) for part in expr.conditions]
    rows = list(zip(truths, expr.outputs, strict=True))
    if expr.hit == "first":
        until = truths.index(True) + 1 if True in truths else len(rows)
        rows = rows[:until]
    sure = [output for known, output in rows if known is True]
    if sure and expr.hit in ("unique", "any"):
        return list(sure)
    found: list[Expr | None] = [output for known, output in rows if known is not False]
    return found if sure or (expr.whole and found) else [*found, expr.otherwise]


def chosen_rows(table: Expr | None, scope: Scope) -> list[bool]:
    """Return for each row of a table whether it is known to be chosen; nothing if it has no value."""
    if not isinstance(table, Decide):
        return []
    truths = [truth(part, scope) for part in table.conditions]
    if table.hit != "first":
        return [known is True for known in truths]
    return [known is True and not any(each is not False for each in truths[:i]) for i, known in enumerate(truths)]


def possible_codes(expr: Expr, scope: Scope) -> frozenset[str] | None:
    """Return the codes an expression may still have; None if any."""
    expr = behind(expr, scope)
    match expr:
        case Name(name=name, kind="fact"):
            value = scope.values.get(name)
            return frozenset((str(value.value),)) if isinstance(value, Value) else None
        case Name(name=name, kind="score"):
            return state(name, scope).codes
        case Name(name=name, kind="band"):
            bands = state(name, scope).bands
            return None if bands is None else frozenset("" if band is None else band for band in bands)
        case Name(name=name):
            return frozenset((name,))
        case Choose(condition=condition, then=then, otherwise=otherwise):
            chosen = truth(condition, scope)
            if chosen is not None:
                return possible_codes(then if chosen else otherwise, scope)
            first, second = possible_codes(then, scope), possible_codes(otherwise, scope)
            return None if first is None or second is None else first | second
        case Decide():
            found = [
                frozenset(("",)) if each is None else possible_codes(each, scope) for each in candidates(expr, scope)
            ]
            return None if None in found else frozenset().union(*(each for each in found if each is not None))
    raise TypeError(f"{type(expr).__name__} has no code")


def number(expr: Expr, scope: Scope, *, red: bool = False) -> Interval | None:
    """Return what a number may still be; None if it is a bare fact that nobody recorded."""
    expr = behind(expr, scope)
    if isinstance(expr, Name) and expr.kind == "fact":
        known = fact_number(expr.name, scope)
        return None if known is None else point(known)
    if isinstance(expr, OfSeries):
        return of_series(expr, scope, red=red)
    return interval(expr, scope, red=red)


def interval(expr: Expr, scope: Scope, *, red: bool = False) -> Interval:
    """Return what a number may still be, an unknown fact counting as its whole declared range."""
    expr = behind(expr, scope)
    match expr:
        case Number(value=value):
            return point(value)
        case Name(name=name, kind="score"):
            return state(name, scope).value
        case Name(name=name):
            known = fact_number(name, scope)
            return declared(name, scope) if known is None else point(known)
        case OfSeries():
            return of_series(expr, scope, red=red) or possible(expr, scope)
        case Arithmetic(op=op, left=left, right=right):
            return _SUMS[op](interval(left, scope, red=red), interval(right, scope, red=red))
        case Choose(condition=condition, then=then, otherwise=otherwise):
            chosen = truth(condition, scope, red=red)
            if chosen is not None:
                return interval(then if chosen else otherwise, scope, red=red)
            return hull((interval(then, scope, red=red), interval(otherwise, scope, red=red)))
        case Call(function=function, arguments=arguments):
            return _call(function, arguments, scope, red=red)
        case Decide():
            return _decided(expr, scope, red=red)
    raise TypeError(f"{type(expr).__name__} is not a number")


def _call(function: str, arguments: tuple[Expr, ...], scope: Scope, *, red: bool) -> Interval:
    if function == "count":
        truths = [truth(part, scope, red=red) for part in arguments]
        return Interval(truths.count(True), len(truths) - truths.count(False))
    parts = [interval(part, scope, red=red) for part in arguments]
    if function in {"min", "max"}:
        best = min if function == "min" else max
        return Interval(best(part.low for part in parts), best(part.high for part in parts))
    return intervals.apply(function, parts[0])


def _decided(expr: Decide, scope: Scope, *, red: bool) -> Interval:
    if expr.hit in ("first", "unique", "any"):
        said = candidates(expr, scope, red=red)
        return ANYTHING if None in said else hull(interval(each, scope, red=red) for each in said if each is not None)
    rows = zip(expr.conditions, expr.outputs, strict=True)
    known = [(truth(part, scope, red=red), interval(output, scope, red=red)) for part, output in rows]
    sure = [value for each, value in known if each is True]
    open_ = [value for each, value in known if each is None]
    if not sure and expr.hit in ("min", "max"):
        open_.append(ANYTHING if expr.otherwise is None else interval(expr.otherwise, scope, red=red))
    return intervals.collected(expr.hit, sure, open_)


def state(name: str, scope: Scope) -> ScoreState:
    """Return what is known of a score in this case, worked out once."""
    if name not in scope.states:
        found = score_state(scope.program.scores[name], scope)
        if scope.calm is not None and not _is_danger(found, scope.program.scores[name].score.danger):
            found = state(name, scope.calm)
        scope.states[name] = found
    return scope.states[name]


def _is_danger(found: ScoreState, danger: tuple[str, ...]) -> bool:
    """Return whether a score says a danger: only then may what the patient wrote count in it."""
    return found.result.band in danger or found.result.value in danger


def score_state(program: ScoreProgram, scope: Scope, name: str | None = None) -> ScoreState:
    """Return the state of a score from the facts its inputs are bound to; under 18 there is no adult score."""
    title = name or program.score.name
    if program.score.adults_only and scope.adult is not True:
        unknown = () if scope.adult is False else ("age",)
        return ScoreState(ScoreResult(title, None, None, "incomplete", unknown), waiting=unknown)
    given = [bound_value(program, item, scope) for item in program.score.inputs.values()]
    items = zip(program.score.inputs.values(), given, strict=True)
    queried = tuple(item.name for item, value in items if _is_queried(program, item, value, scope))
    queried = queried or doubted(program, given)
    if queried:
        facts = tuple(dict.fromkeys(fact for name in queried for fact in bound_facts(program, name)))
        return ScoreState(ScoreResult(title, None, None, "reject_or_query", query=queried), waiting=facts)
    return settled(program, analyse(program, given), title, scope)


def _is_queried(program: ScoreProgram, item: ScoreInput, given: Given, scope: Scope) -> bool:
    for fact in program.reads[item.name]:
        value = scope.values.get(fact)
        if isinstance(value, Missing) and value.because == "queried":
            return True
    return item.range is not None and isinstance(given, (int, Fraction)) and not fits(given, item)


def bound_value(program: ScoreProgram, item: ScoreInput, scope: Scope) -> Given:
    """Return the value of a score's input in this case, in the unit of the score."""
    known = None if item.bind is None else _bound_total(item, item.bind, scope)
    if known is None and item.name in program.optional:
        return None
    return UNKNOWN if known is None else known


def _bound_total(item: ScoreInput, bind: Expr, scope: Scope) -> Total:
    if item.type == "yes_no":
        return truth(bind, scope)
    if item.type == "choice":
        codes = possible_codes(bind, scope)
        return next(iter(codes)) if codes is not None and len(codes) == 1 else None
    if item.type == "series":
        return entries_of(bind, item.days, scope)
    known = number(bind, scope)
    if known is None or not known.is_point or isinstance(known.low, float):
        return None
    return total(Fraction(known.low) * unit_factor(item, bind, scope))


_EXACT: Mapping[Comparison, Callable[[Real, Real], bool]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, "!=": operator.ne, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip
_TRUTHS: Mapping[type, Callable[[Any, Scope, bool], Truth]] = {
    And: _until(stops=False), Or: _until(stops=True), Not: _not, AtLeast: _at_least, Name: _named, YesNo: _yes_no,
    Choose: _chosen, Decide: _table, Compare: _compared, Within: _within, OneOf: _one_of, Includes: _includes,
    Known: _known,
}  # fmt: skip

"""Gives every name its meaning and every comparison its type: like is compared with like, in one unit."""

from collections.abc import Callable
from dataclasses import replace

from engine import units
from engine.conditions import (
    And,
    Arithmetic,
    AtLeast,
    Call,
    Choose,
    Compare,
    DayCount,
    Decide,
    Expr,
    FromSeries,
    Includes,
    Known,
    Latest,
    Mean,
    Name,
    Not,
    Number,
    OneOf,
    Or,
    Summary,
    Times,
    Within,
    YesNo,
)
from engine.errors import Place
from engine.facts import fold
from engine.language.names import COUNT, UNKNOWN, YES_NO, Kind, Meaning, Scope, members
from engine.language.resolving_series import SeriesReader
from engine.language.spelling import nearest
from engine.language.unifying import Typed, Unifier, product, scaled
from engine.language.validation import Problems

Lookup = Callable[[Meaning, Place], Kind]
_NEVER_COMPARED = ("set", "series", "text", "date")


class Resolver:
    """Resolves expressions of one scope.

    ``lookup`` says what kind of thing a meaning is, following definitions; ``shared`` is what a definition of the
    vocabulary says, which is written out where it is named.
    """

    def __init__(self, scope: Scope, lookup: Lookup, shared: Callable[[str], Expr | None], problems: Problems) -> None:
        self.scope, self.lookup, self.shared, self.problems = scope, lookup, shared, problems
        self.units = Unifier(problems)
        self.series = SeriesReader(scope, problems)

    def condition(self, expr: Expr) -> Expr:
        """Return the expression resolved as a condition: it must yield yes or no."""
        resolved, kind = self.typed(expr)
        if kind.sort not in ("yes_no", "unknown"):
            hints = {"number": "Compare it: x >= 5.", "code": "Compare it: sex = female."}
            hint = hints.get(kind.sort, "Sets are read with includes, series with days, mean or latest.")
            self.problems.add(expr.place, "P106", f"{kind.said()} is no condition", hint)
        return resolved

    def typed(self, expr: Expr) -> Typed:
        """Return the expression resolved, and what kind of thing it yields."""
        return _METHODS[type(expr)](self, expr)

    def complain(self, place: Place, code: str, message: str, hint: str = "") -> Typed:
        self.problems.add(place, code, message, hint)
        return Name("", place=place), UNKNOWN

    # --- names

    def name(self, expr: Name) -> Typed:
        if not expr.name:
            return expr, UNKNOWN
        if expr.kind == "band":
            return self.band(expr)
        meaning = self.scope.meaning(expr.name)
        if meaning is None and self.scope.codes_allowed and "." not in expr.name:
            return replace(expr, kind="code"), Kind("code", choices=(expr.name,), literal=True)
        if meaning is None:
            return self.unknown(expr.name, expr.place)
        found = replace(expr, name=meaning.name, kind=meaning.kind)
        kind = self.lookup(meaning, expr.place)
        if meaning.kind == "definition" and "." not in meaning.name and self.scope.score is None:
            written = self.shared(meaning.name)
            return (found if written is None else replace(written, place=expr.place)), kind
        return found, kind

    def unknown(self, name: str, place: Place) -> Typed:
        if name.split(".", maxsplit=1)[0] in self.scope.world.unread:
            return Name("", place=place), UNKNOWN
        hint = nearest(name, self.scope.names()) or "Declare it in the vocabulary, or under define."
        return self.complain(place, "P105", f'the name "{name}" is not known', hint)

    def band(self, expr: Name) -> Typed:
        score = self.scope.world.scores.get(expr.name)
        if expr.name in self.scope.world.unread:
            return Name("", place=expr.place), UNKNOWN
        if score is None or self.scope.score is not None:
            hint = nearest(expr.name, self.scope.world.scores) or "band(...) takes the name of a score."
            return self.complain(expr.place, "P105", f'the score "{expr.name}" is not known', hint)
        self.lookup(Meaning("band", expr.name), expr.place)
        return expr, Kind("code", label=f"band({expr.name})", choices=tuple(score.bands))

    def code(self, name: Expr, kind: Kind) -> Expr | None:
        """Return the bare word beside a choice as a code, or None if it means something else."""
        if not isinstance(name, Name) or name.kind != "unresolved" or kind.sort != "code" or not name.name:
            return None
        found = _choice(name.name, kind)
        if found is None and self.scope.meaning(name.name) is None:
            hint = nearest(name.name, map(fold, kind.choices)) or f"Use one of: {', '.join(kind.choices)}."
            self.problems.add(name.place, "P111", f'"{name.name}" is not a choice of {kind.said()}', hint)
            return Name("", place=name.place)
        return None if found is None else Name(found, "code", place=name.place)

    # --- comparisons

    def compare(self, expr: Compare) -> Typed:
        left, right = expr.left, expr.right
        if _is_word(left, self.scope) and not _is_word(right, self.scope):
            other, kind = self.typed(right)
            return replace(expr, left=self.code(left, kind) or self.typed(left)[0], right=other), YES_NO
        first = self.typed(left)
        if first[1].sort == "unknown" and _is_word(right, self.scope):
            return replace(expr, left=first[0]), YES_NO  # the left side is already a finding: what it is, decides
        if first[1].sort in _NEVER_COMPARED and _is_word(right, self.scope):
            self.unlike(expr.place, first[1], Kind("code", label=right.name if isinstance(right, Name) else ""))
            return replace(expr, left=first[0]), YES_NO
        code = self.code(right, first[1])
        if code is not None:
            self.refuse_order(expr, first[1])
            return replace(expr, left=first[0], right=code), YES_NO
        return self.compared(expr, first, self.typed(right)), YES_NO

    def compared(self, expr: Compare, left: Typed, right: Typed) -> Expr:
        if "unknown" in (left[1].sort, right[1].sort):
            return replace(expr, left=left[0], right=right[0])
        if left[1].sort != right[1].sort or left[1].sort in _NEVER_COMPARED:
            self.unlike(expr.place, left[1], right[1])
            return expr
        if left[1].sort == "number":
            self.series.check_weeks(expr)
            first, second, _ = self.units.unified(left, right, expr.place)
            self.check_range(first, left[1], second)
            self.check_range(second, right[1], first)
            return replace(expr, left=first, right=second)
        self.refuse_order(expr, left[1])
        return replace(expr, left=left[0], right=right[0])

    def refuse_order(self, expr: Compare, kind: Kind) -> None:
        if expr.op not in ("=", "!="):
            self.problems.add(expr.place, "P107", f"{kind.said()} has no order", "Use = or !=, or in (a, b).")

    def unlike(self, place: Place, left: Kind, right: Kind) -> None:
        sorts = {left.sort, right.sort}
        if "set" in sorts:
            hint = "Sets are read with includes: medication includes warfarin."
            self.problems.add(place, "P118", f"{left.said()} is compared with {right.said()}", hint)
        elif "series" in sorts:
            hint = "Read a series with latest(x), mean(x, last 7 days) or days(x >= 5, last 14 days)."
            self.problems.add(place, "P119", f"{left.said()} is compared with {right.said()}", hint)
        else:
            hint = "Compare numbers with numbers, choices with their codes; texts and dates are only known or unknown."
            self.problems.add(place, "P107", f"{left.said()} is compared with {right.said()}", hint)

    def check_range(self, side: Expr, kind: Kind, other: Expr) -> None:
        """Note a threshold that no value of the fact can reach."""
        if kind.range is None or not isinstance(side, Name) or not isinstance(other, Number):
            return
        low, high = kind.range
        if not low <= other.value <= high:
            message = f"{units.written(other.value)} lies outside {units.written(low)} .. {units.written(high)}, "
            hint = "Correct the number or its unit, or the range in the vocabulary."
            self.problems.add(other.place, "P112", f'{message}the range of "{kind.label}"', hint)

    def within(self, expr: Within) -> Typed:
        value = self.typed(expr.value)
        low, high = self.typed(expr.low), self.typed(expr.high)
        if not self.all_numbers(expr.place, value, low, high):
            return expr, YES_NO
        first, lower, _ = self.units.unified(value, low, expr.place)
        _, upper, _ = self.units.unified(value, high, expr.place)
        empty = isinstance(lower, Number) and isinstance(upper, Number) and lower.value > upper.value
        if empty:
            self.problems.add(expr.low.place, "P122", "the range runs backwards", "Write the lower end first.")
        return replace(expr, value=first, low=lower, high=upper), YES_NO

    def one_of(self, expr: OneOf) -> Typed:
        value, kind = self.typed(expr.value)
        if kind.sort != "code":
            if kind.sort != "unknown":
                self.problems.add(expr.place, "P107", f"{kind.said()} is no choice", "Ranges are written [1 .. 5].")
            return replace(expr, value=value), YES_NO
        found = [self.code(Name(code, place=expr.place), kind) for code in expr.codes]
        codes = tuple(code.name for code in found if isinstance(code, Name))
        return replace(expr, value=value, codes=codes), YES_NO

    def includes(self, expr: Includes) -> Typed:
        world, meaning = self.scope.world, self.scope.meaning(expr.fact)
        spec = world.vocabulary.facts.get(meaning.name) if meaning and meaning.kind == "fact" else None
        if spec is None or self.scope.score is not None:
            return self.unknown(expr.fact, expr.place)
        if spec.type != "set":
            message = f'"{expr.fact}" is no set'
            return self.complain(expr.place, "P118", message, "Compare it with = or >=.")
        found = members(world, spec.name, expr.code)
        if found is None:
            options = spec.choices or {*world.formulary.names}
            hint = nearest(expr.code, options) or "Declare it in the formulary, or as a choice of the set."
            return self.complain(expr.place, "P111", f'"{expr.code}" is not known for {expr.fact}', hint)
        return replace(expr, fact=spec.name, members=found), YES_NO

    # --- logic

    def joined(self, expr: And | Or | AtLeast) -> Typed:
        return replace(expr, parts=tuple(map(self.condition, expr.parts))), YES_NO

    def negated(self, expr: Not) -> Typed:
        return replace(expr, part=self.condition(expr.part)), YES_NO

    def known(self, expr: Known) -> Typed:
        meaning = self.scope.meaning(expr.fact)
        if meaning is None:
            return self.unknown(expr.fact, expr.place)
        if meaning.kind != "fact":
            hint = "It is allowed on inputs only: name the fact."
            return self.complain(expr.place, "P113", f'known() cannot read the {meaning.kind} "{expr.fact}"', hint)
        if not self.scope.known_allowed:
            hint = "An answer could retract the decision: use it only in rules that ask, order a test or advise."
            return self.complain(expr.place, "P113", "known() and unknown() are not allowed here", hint)
        return expr, YES_NO

    def choose(self, expr: Choose) -> Typed:
        condition = self.condition(expr.condition)
        then, kind = self.typed(expr.then)
        otherwise, other = self.typed(expr.otherwise)
        if "unknown" not in (kind.sort, other.sort) and kind.sort != other.sort:
            self.unlike(expr.place, kind, other)
        if kind.sort == other.sort == "number":
            then, otherwise, kind = self.units.unified((then, kind), (otherwise, other), expr.place)
        elif kind.sort == "code":
            kind = Kind("code", choices=tuple(dict.fromkeys((*kind.choices, *other.choices))))
        return replace(expr, condition=condition, then=then, otherwise=otherwise), kind

    def decide(self, expr: Decide) -> Typed:
        """Resolve a table's value: every output is of one kind; bare words that mean nothing else are codes."""
        conditions = tuple(map(self.condition, expr.conditions))
        outputs = [self.output(part) for part in expr.parts[expr.rows :]]
        sorts = {kind.sort for _, kind in outputs} - {"unknown"}
        if len(sorts) > 1:
            first = next(kind for _, kind in outputs if kind.sort != outputs[0][1].sort)
            self.unlike(expr.place, outputs[0][1], first)
        if expr.hit in ("sum", "min", "max", "count") and sorts - {"number"}:
            self.problems.add(expr.place, "P324", f"the rows of this table have no {expr.hit}", "Let them say numbers.")
        kind = outputs[0][1]
        if kind.sort == "code":
            kind = Kind("code", choices=tuple(dict.fromkeys(code for _, each in outputs for code in each.choices)))
        elif kind.sort == "number" and len(sorts) == 1:
            outputs, kind = self.in_one_unit(outputs, expr.place)
        return replace(expr, parts=(*conditions, *(part for part, _ in outputs))), kind

    def output(self, expr: Expr) -> Typed:
        if _is_word(expr, self.scope) and isinstance(expr, Name):
            return replace(expr, kind="code"), Kind("code", choices=(expr.name,), literal=True)
        return self.typed(expr)

    def in_one_unit(self, outputs: list[Typed], place: Place) -> tuple[list[Typed], Kind]:
        first, kind = outputs[0]
        found = [first]
        for part in outputs[1:]:
            first, second, kind = self.units.unified((first, kind), part, place)
            found.append(second)
        found[0] = first
        return [(part, kind) for part in found], replace(kind, literal=False, range=None)

    # --- numbers

    def number(self, expr: Number) -> Typed:
        return expr, Kind("number", expr.unit, literal=True)

    def yes_no(self, expr: YesNo) -> Typed:
        return expr, YES_NO

    def all_numbers(self, place: Place, *parts: Typed) -> bool:
        wrong = [kind for _, kind in parts if kind.sort not in ("number", "unknown")]
        for kind in wrong:
            hint = "Read a series with latest(x) or mean(x)." if kind.sort == "series" else "Numbers are needed here."
            self.problems.add(place, "P119" if kind.sort == "series" else "P107", f"{kind.said()} is no number", hint)
        return not wrong and all(kind.sort == "number" for _, kind in parts)

    def arithmetic(self, expr: Arithmetic) -> Typed:
        left, right = self.typed(expr.left), self.typed(expr.right)
        if not self.all_numbers(expr.place, left, right):
            return expr, UNKNOWN
        if expr.op in "+-":
            first, second, kind = self.units.unified(left, right, expr.place)
            return replace(expr, left=first, right=second), kind
        kind = product(expr.op, left[1], right[1])
        second = right[0]
        if expr.op == "/" and not kind.loose and right[1].unit and left[1].unit:
            second = scaled(second, units.ratio(right[1].unit, left[1].unit))
        return replace(expr, left=left[0], right=second), kind

    def call(self, expr: Call) -> Typed:
        if expr.function == "count":
            return replace(expr, arguments=tuple(map(self.condition, expr.arguments))), COUNT
        parts = [self.typed(part) for part in expr.arguments]
        if not self.all_numbers(expr.place, *parts):
            return expr, UNKNOWN
        if expr.function in ("min", "max"):
            return self.extreme(expr, parts)
        if len(parts) != 1:
            return self.complain(expr.place, "P101", f"{expr.function} takes one number", f"{expr.function}(x)")
        kind = parts[0][1] if expr.function == "round" else Kind("number", loose=True)
        return replace(expr, arguments=(parts[0][0],)), replace(kind, literal=False, range=None)

    def extreme(self, expr: Call, parts: list[Typed]) -> Typed:
        first, kind = parts[0]
        found = [first]
        for part in parts[1:]:
            first, second, kind = self.units.unified((first, kind), part, expr.place)
            found.append(second)
        found[0] = first
        return replace(expr, arguments=tuple(found)), kind

    # --- series

    def of_series(self, expr: FromSeries) -> Typed:
        return self.series.typed(expr)


def _is_word(expr: Expr, scope: Scope) -> bool:
    return isinstance(expr, Name) and expr.kind == "unresolved" and bool(expr.name) and scope.meaning(expr.name) is None


def _choice(word: str, kind: Kind) -> str | None:
    """Return the choice a word stands for; bands such as IBS-C are written as ibs_c."""
    if word in kind.choices:
        return word
    return next((choice for choice in kind.choices if fold(choice) == word), None)


_METHODS: dict[type, Callable[..., Typed]] = {
    Number: Resolver.number, YesNo: Resolver.yes_no, Name: Resolver.name, Compare: Resolver.compare,
    Within: Resolver.within, OneOf: Resolver.one_of, Includes: Resolver.includes, And: Resolver.joined,
    Or: Resolver.joined, AtLeast: Resolver.joined, Not: Resolver.negated, Known: Resolver.known,
    Arithmetic: Resolver.arithmetic, Choose: Resolver.choose, Call: Resolver.call, Latest: Resolver.of_series,
    Mean: Resolver.of_series, DayCount: Resolver.of_series, Times: Resolver.of_series, Summary: Resolver.of_series,
    Decide: Resolver.decide,
}  # fmt: skip

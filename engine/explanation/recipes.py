"""Answers under which a condition is true or false by itself, whatever the case: worked out once a program."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import islice, product
from random import Random

from engine.compiler.program import Program
from engine.compiler.walk import scope_of, truth
from engine.conditions import Expr, Includes
from engine.explanation.answers import HYPOTHESIS, Readings, readings
from engine.facts import CaseFacts, CodeSet, FactValue, Value
from engine.plan import Truth

Given = dict[str, FactValue]
_TRIED = 16  # combinations tried first, and as many by chance
_KEPT = 6  # ways kept for one condition


@dataclass(slots=True)
class Recipes:
    """For conditions that are not made of others: what to answer so that they hold, and so that they do not."""

    program: Program
    known: Readings
    kept: dict[tuple[int, bool, bool], tuple[Expr, tuple[Given, ...]]] = field(default_factory=dict)
    lone: dict[tuple[int, str], Given | None] = field(default_factory=dict)

    def ways(self, expr: Expr, wanted: bool, *, red: bool) -> tuple[Given, ...]:
        """Return ways to make a condition as it is wanted, none of which says more than it must."""
        key = (id(expr), wanted, red)
        found = self.kept.get(key)
        if found is None or found[0] is not expr:
            ways = tuple(islice(self._ways(expr, wanted, red), _KEPT))
            found = self.kept[key] = expr, ways
        return found[1]

    def _ways(self, expr: Expr, wanted: bool, red: bool) -> Iterator[Given]:
        found: list[Given] = []
        facts = sorted(self.known.facts(expr))
        waiting = set(facts)
        for tried in self._tried(expr, facts):
            if not waiting:
                return
            if self.holds(expr, tried, red=red) is wanted:
                for fact in sorted(waiting & tried.keys()):
                    least = self._least(expr, tried, wanted, red, fact)
                    if fact in least and least not in found:
                        found.append(least)
                        waiting -= least.keys()
                        yield least

    def _least(self, expr: Expr, tried: Given, wanted: bool, red: bool, fact: str) -> Given:
        """Return the answers that are needed, dropping others first so that ``fact`` stays if it can."""
        least = dict(tried)
        for name in [*(each for each in tried if each != fact), fact]:
            fewer = {each: value for each, value in least.items() if each != name}
            if self.holds(expr, fewer, red=red) is wanted:
                least = fewer
        return least

    def holds(self, expr: Expr, given: Given, *, red: bool) -> Truth:
        """Return what a condition is for somebody grown up of whom nothing else is known."""
        values = {"age": Value(Fraction(50), HYPOTHESIS), **given}
        return truth(expr, scope_of(self.program, CaseFacts("", None, values), ()), red=red)

    def _tried(self, expr: Expr, facts: list[str]) -> Iterator[Given]:
        if isinstance(expr, Includes):
            yield {expr.fact: CodeSet(frozenset((expr.code,)), HYPOTHESIS)}
            yield {expr.fact: CodeSet(frozenset(), HYPOTHESIS)}
            return
        values = [self.known.answers(fact).values for fact in facts]
        if len(facts) == 1:
            yield from ({facts[0]: each} for each in values[0])
            return
        answered = [(fact, each) for fact, each in zip(facts, values, strict=True) if each]
        names, choices = [fact for fact, _ in answered], [each for _, each in answered]
        yield {name: each[0] for name, each in answered}
        yield {name: each[-1] for name, each in answered}
        yield {name: each[len(each) // 2] for name, each in answered}
        yield from (dict(zip(names, each, strict=True)) for each in islice(product(*choices), _TRIED))
        chance = Random(len(facts))  # noqa: S311 - the same choices every time
        yield from ({name: chance.choice(each) for name, each in answered} for _ in range(_TRIED))


def recipes(program: Program) -> Recipes:
    """Return the recipes of a program, kept with it."""
    found = program.kept.get("recipes")
    if not isinstance(found, Recipes):
        found = program.kept["recipes"] = Recipes(program, readings(program))
    return found

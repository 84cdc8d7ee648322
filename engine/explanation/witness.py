"""Finds answers to some facts under which one more answer decides something: guesses, which the evaluator confirms."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from engine.compiler.program import RuleNode, Scope
from engine.conditions import And, AtLeast, Expr, Name, Not, Or
from engine.explanation.alike import Given
from engine.explanation.prospects import Live, Part, Prospect
from engine.explanation.recipes import Recipes, recipes


@dataclass(slots=True)
class Guesses:
    """Answers that make conditions true or false, as far as they can be had one condition at a time."""

    prospect: Prospect
    recipes: Recipes = field(init=False)
    _parts: dict[tuple[int, int, bool, bool], list[Part]] = field(default_factory=dict)
    _ways: dict[tuple[int, bool, bool], list[Given]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.recipes = recipes(self.prospect.program)

    # --- one condition

    def need(self, part: Part, given: Given) -> Given | None:
        """Return ``given`` with what makes a condition as it is wanted; None if no way was found."""
        expr, scope = part.expr, part.scope
        settled = self.prospect.still(expr, scope, red=part.red)
        if settled is not None:
            return given if settled is part.wanted else None
        match expr:
            case And(parts=parts) | Or(parts=parts):
                inner = self._inner(part, parts)
                return self._every(inner, given) if _needs_all(part) else self._some(inner, 1, given)
            case AtLeast(count=count, parts=parts):
                return self._some(self._inner(part, parts), count if part.wanted else len(parts) - count + 1, given)
            case Not(part=inside):
                return self.need(Part(inside, scope.turned or scope, part.red, not part.wanted), given)
            case Name(name=name, kind="definition"):
                return self.need(Part(self.prospect.program.definitions[name], scope, part.red, part.wanted), given)
            case Name(name=name, kind="conclusion"):
                return self._concluded(name, part, given)
        return next(self._leaf(part, given), None)

    def _every(self, parts: Iterable[Part], given: Given) -> Given | None:
        for part in parts:
            found = self.need(part, given)
            if found is None:
                return None
            given = found
        return given

    def _some(self, parts: Iterable[Part], count: int, given: Given) -> Given | None:
        met = 0
        for part in parts:
            if met == count:
                break
            found = self.need(part, given)
            if found is not None:
                given, met = found, met + 1
        return given if met == count else None

    def _concluded(self, name: str, part: Part, given: Given) -> Given | None:
        program = self.prospect.program
        rules = [program.rules[program.positions[rule]] for rule in program.conclusions[name]]
        if part.wanted:
            return next((found for rule in rules if (found := self.fire(rule, given)) is not None), None)
        return self._every([Part(rule.when, part.scope, rule.rule.red_flag, False) for rule in rules], given)

    def fire(self, node: RuleNode, given: Given) -> Given | None:
        """Return what makes a rule fire, with nothing that excludes it."""
        return self._every(_conditions(node, self.prospect.scope), given)

    def _inner(self, part: Part, parts: tuple[Expr, ...]) -> list[Part]:
        """Return the parts of a condition as it is wanted itself."""
        key = (id(part.expr), id(part.scope), part.red, part.wanted)
        found = self._parts.get(key)
        if found is None:
            found = self._parts[key] = [Part(each, part.scope, part.red, part.wanted) for each in parts]
        return found

    def _leaf(self, part: Part, given: Given, fact: str = "") -> Iterator[Given]:
        """Yield ways to make a condition as it is wanted; of those with an answer to ``fact``, if it is named."""
        for answers in self._answers(part):
            if (not fact or fact in answers or fact in given) and _agree(given, answers):
                yield {**given, **answers}

    def _answers(self, part: Part) -> list[Given]:
        """Return what of the ways to make a condition as it is wanted can still be answered."""
        key = (id(part.expr), part.red, part.wanted)
        found = self._ways.get(key)
        if found is None:
            open_ = self.prospect.open
            ways = self.recipes.ways(part.expr, part.wanted, red=part.red)
            found = [{fact: value for fact, value in way.items() if fact in open_} for way in ways]
            self._ways[key] = found
        return found

    # --- one fact that decides

    def turning(self, part: Part, fact: str, given: Given) -> Iterator[Given]:
        """Yield answers, that to ``fact`` among them, which make a condition as wanted only with that answer."""
        expr, scope = part.expr, part.scope
        if fact not in self.prospect.asked(expr, scope, red=part.red):
            return
        match expr:
            case And(parts=parts) | Or(parts=parts):
                yield from self._among(part, parts, len(parts) if _needs_all(part) else 1, fact, given)
            case AtLeast(count=count, parts=parts):
                yield from self._among(part, parts, count if part.wanted else len(parts) - count + 1, fact, given)
            case Not(part=inside):
                yield from self.turning(Part(inside, scope.turned or scope, part.red, not part.wanted), fact, given)
            case Name(name=name, kind="definition"):
                inside = self.prospect.program.definitions[name]
                yield from self.turning(Part(inside, scope, part.red, part.wanted), fact, given)
            case Name(name=name, kind="conclusion"):
                program = self.prospect.program
                for rule in program.conclusions[name]:
                    yield from self._firing(program.rules[program.positions[rule]], fact, given)
            case _:
                yield from self._leaf(part, given, fact)

    def _among(self, part: Part, parts: tuple[Expr, ...], count: int, fact: str, given: Given) -> Iterator[Given]:
        inner = self._inner(part, parts)
        for one in self._asking(inner, fact):
            others = [each for each in inner if each is not one]
            for found in self.turning(one, fact, given):
                made = self._every(others, found) if count == len(inner) else self._some(others, count - 1, found)
                if made is not None:
                    yield made

    def _asking(self, parts: Iterable[Part], fact: str) -> Iterator[Part]:
        """Yield the parts that can still depend on a fact."""
        asked = self.prospect.asked
        return (each for each in parts if fact in asked(each.expr, each.scope, red=each.red))

    def _firing(self, node: RuleNode, fact: str, given: Given) -> Iterator[Given]:
        """Yield answers with which a rule fires only because of the one to ``fact``."""
        parts = _conditions(node, self.prospect.scope)
        for one in self._asking(parts, fact):
            for found in self.turning(one, fact, given):
                made = self._every([each for each in parts if each is not one], found)
                if made is not None:
                    yield made

    def of_rule(self, live: Live, fact: str, given: Given) -> Iterator[Given]:
        """Yield answers with which a rule comes or goes because of the one to ``fact``."""
        for one in self._asking(live.parts, fact):
            wanted = [each for each in live.parts if each is not one and each.wanted]
            turned = one if one.wanted else Part(one.expr, one.scope, one.red, wanted=True)
            yield from self._with(turned, fact, wanted, given)
        program = self.prospect.program
        for name in live.node.silencers:
            for found in self._firing(program.rules[program.positions[name]], fact, given):
                made = self._every([each for each in live.parts if each.wanted], found)
                if made is not None:
                    yield made

    def _with(self, part: Part, fact: str, others: list[Part], given: Given) -> Iterator[Given]:
        for found in self.turning(part, fact, given):
            made = self._every(others, found)
            if made is not None:
                yield made

    def of_danger(self, live: Live, part: Part, fact: str, given: Given) -> Iterator[Given]:
        """Yield answers with which a rule fires and a condition of its medicine decides because of ``fact``."""
        yield from self._with(part, fact, [each for each in live.parts if each.wanted], given)


def _agree(given: Given, answers: Given) -> bool:
    """Return whether no answer is another than one that was given already."""
    for fact, value in answers.items():  # noqa: SIM110 - asked so often that it is written out
        if fact in given and given[fact] != value:
            return False
    return True


def _needs_all(part: Part) -> bool:
    return isinstance(part.expr, And) is part.wanted


def _conditions(node: RuleNode, scope: Scope) -> list[Part]:
    red = node.rule.red_flag
    parts = [] if node.applies is None else [Part(node.applies, scope, red, True)]
    parts.append(Part(node.when, scope, red, True))
    return parts if node.exclude is None else [*parts, Part(node.exclude, scope, red, False)]

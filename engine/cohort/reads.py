"""What of a case decides a condition, through definitions, conclusions and scores: nothing else of it is looked at."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from engine.compiler.program import Program, RuleNode, ScoreProgram
from engine.conditions import Expr, Includes, Known, Name, OfSeries, Since, nodes
from engine.facts import CaseFacts, CodeSet, FactValue, Missing, Series, Value

DAYS, LISTED = "days of ", "begun in "
"""Before the name of a fact: its measurements with their days are read, or when the treatments of a list began."""
Reads = frozenset[str]
NOTHING: Reads = frozenset()


@dataclass(slots=True)
class Cones:
    """Finds what conditions and rules read; what a name stands for is looked through once."""

    program: Program
    _named: dict[str, Reads] = field(default_factory=dict)  # by the nodes of the program's graph

    def of(self, expr: Expr) -> Reads:
        """Return all that can decide a condition: names of facts, those with ``DAYS`` and ``LISTED`` before them."""
        return NOTHING.union(*(self._node(node) for node in nodes(expr)))

    def rule(self, name: str) -> Reads:
        """Return all that can decide a rule, and the rules that silence it."""
        return self._known(f"rule:{name}")

    def _node(self, node: Expr) -> Reads:
        match node:
            case Name(name=name, kind="fact") | Includes(fact=name) | Known(fact=name):
                return frozenset((name,))
            case OfSeries():
                return self._series(node)
            case Name(name=name, kind="definition" | "conclusion"):
                return self._known(name)
            case Name(name=name, kind="score" | "band"):
                return self._known(f"score:{name}")
        return NOTHING

    def _series(self, node: OfSeries) -> Reads:
        own = frozenset((node.series, DAYS + node.series))
        if not isinstance(getattr(node, "window", None), Since):
            return own
        sets = (name for name, spec in self.program.edition.vocabulary.facts.items() if spec.type == "set")
        return own.union(*((name, LISTED + name) for name in sets))

    def _known(self, name: str) -> Reads:
        if not self._named:
            self._look()
        return self._named[name]

    def _look(self) -> None:
        """Look through everything that has a name, what it rests on first, however long the chain is."""
        for name in sorted(self.program.strata, key=self.program.strata.__getitem__):
            self._named[name] = NOTHING.union(*self._parts(name))

    def _parts(self, name: str) -> Iterator[Reads]:
        program = self.program
        kind, _, bare = name.partition(":")
        if kind == "rule":
            yield from self._of_rule(program.rules[program.positions[bare]])
        elif kind == "score":
            yield from self._of_score(program.scores[bare])
        elif name in program.definitions:
            yield self.of(program.definitions[name])
        else:
            yield from (self._named[f"rule:{each}"] for each in program.conclusions[name])

    def _of_rule(self, node: RuleNode) -> Iterator[Reads]:
        yield from (self.of(part) for part in node.conditions)
        yield from (self._named[f"rule:{each}"] for each in node.silencers)

    def _of_score(self, score: ScoreProgram) -> Iterator[Reads]:
        yield frozenset(("age",))
        for item in score.score.inputs.values():
            yield from () if item.bind is None else (self.of(item.bind),)
            yield from (frozenset((fact, DAYS + fact)) for fact in score.reads[item.name] if item.type == "series")


def said(value: FactValue) -> object:
    """Return what conditions can tell of a value: of equal returns they say the same. None: as if it was not asked."""
    if isinstance(value, Value):
        known = value.value
        return known.as_integer_ratio() if isinstance(known, Fraction) else known
    if isinstance(value, CodeSet):
        return value.codes, value.complete, value.mentioned
    if isinstance(value, Missing):
        return Missing if value.because == "queried" else None
    return Series  # its entries are read with their days


def days_said(case: CaseFacts, fact: str) -> object:
    """Return what conditions can tell of the measurements of a fact and of their days; None if there are none."""
    value, repeated = case.values.get(fact), case.series.get(fact)
    if value is None and repeated is None:
        return None
    series = value if isinstance(value, Series) else repeated
    listed = None if series is None else (series.values, series.dates, series.last)
    return listed, value.origin.dated if isinstance(value, Value) else type(value), case.as_of


def begun_said(case: CaseFacts, fact: str) -> object:
    """Return on which days the treatments of a list began."""
    value = case.values.get(fact)
    details = value.details if isinstance(value, CodeSet) else {}
    days = ((code, _day(each.get("start")), _day(each.get("date"))) for code, each in details.items())
    return frozenset(each for each in days if each[1:] != (None, None)) or None


def _day(value: object) -> object:
    """Return a day; of anything else that stands in its place, that it is something."""
    return value if value is None or isinstance(value, date) else bool(value)

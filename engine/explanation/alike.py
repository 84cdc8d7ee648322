"""What cases have in common before one rule: those alike in all it reads are decided once, for the first of them.

A rule reads some seven facts, most of them unknown in most cases, and of a number only on which side of its thresholds
it lies. What a rule comes to under further answers, on which of them that depends and which answers are worth trying is
therefore the same for many patients. It is kept with the program; nothing of whose case it was is kept.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

from engine.compiler.program import Program
from engine.conditions import OfSeries, Since, nodes
from engine.explanation.answers import Readings, readings
from engine.facts import CaseFacts, CodeSet, FactValue, Missing, Series, Value

Given = Mapping[str, FactValue]
Answered = frozenset[tuple[str, int]]  # facts and the identity of the answers to them
MOST = 12_000  # likenesses kept, some 25 MB: then the oldest tenth goes


@dataclass(slots=True)
class Common:
    """What holds of one rule in all cases that are alike to it; answers stand beside what they are kept by."""

    facts: frozenset[str] | None = None  # the open ones that decide whether it fires; None: it can't
    is_known: bool = False  # whether that was found
    states: dict[Answered, tuple[str, Given]] = field(default_factory=dict)
    guesses: dict[tuple[str, Answered], tuple[Given, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Alike:
    """Finds what is in common. ``by_day`` are the facts of which also matters on which days they were recorded."""

    program: Program
    known: Readings
    by_day: frozenset[str] = field(init=False)
    since: frozenset[str] = field(init=False)  # facts read since a treatment began, as the details of lists say
    reading: dict[str, tuple[tuple[str, bool], ...]] = field(default_factory=dict)
    met: dict[tuple[str, tuple[Hashable, ...]], Common] = field(default_factory=dict)

    def __post_init__(self) -> None:
        read = [each for expr in self.known.conditions() for each in nodes(expr) if isinstance(each, OfSeries)]
        facts = self.program.edition.vocabulary.facts.items()
        days = {each.series for each in read} | {name for name, spec in facts if spec.type == "series"}
        for score in self.program.scores.values():
            inputs = score.score.inputs.items()
            days |= {fact for name, item in inputs if item.type == "series" for fact in score.reads[name]}
        self.by_day = frozenset(days)
        self.since = frozenset(each.series for each in read if isinstance(getattr(each, "window", None), Since))

    def facts(self, rule: str) -> tuple[tuple[str, bool], ...]:
        """Return the facts a rule reads, each with whether its very value matters."""
        if rule not in self.reading:
            read = frozenset(self.known.rule_facts(rule))
            scored = (facts for facts in self.known.score_facts.values() if facts <= read)
            exact = self.known.loose.union(*scored)
            self.reading[rule] = tuple((fact, fact in exact) for fact in sorted(read))
        return self.reading[rule]

    def common(self, rule: str, likeness: tuple[Hashable, ...]) -> Common:
        """Return what holds of a rule in cases of one likeness; it is filled by whoever finds it out."""
        found = self.met.get((rule, likeness))
        if found is None:
            found = self.met[rule, likeness] = Common()
            if len(self.met) > MOST:
                for oldest in tuple(self.met)[: MOST // 10 + 1]:  # copied in one step: others may add meanwhile
                    self.met.pop(oldest, None)
        return found


@dataclass(slots=True)
class Likeness:
    """One case as each rule sees it; ``written`` are the facts of which the patient's own words speak."""

    alike: Alike
    case: CaseFacts
    written: frozenset[str] = frozenset()
    _seen: dict[tuple[str, bool], Hashable] = field(default_factory=dict)
    _found: dict[str, Common | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for fact, value in self.case.values.items():
            self._seen[fact, True] = _exactly(value)
            self._seen[fact, False] = self._roughly(fact, value)

    def _roughly(self, fact: str, value: FactValue) -> Hashable:
        known = value.value if isinstance(value, Value) else None
        if isinstance(known, Fraction):
            marks = self.alike.known.answers(fact).marks
            return bisect_left(marks, known), bisect_right(marks, known)
        return _exactly(value)

    def of(self, rule: str) -> Common | None:
        """Return what holds of a rule in all cases like this one; None if days or words make it like no other."""
        if rule not in self._found:
            facts = self.alike.facts(rule)
            own = any(fact in self.written or self._has_days(fact) for fact, _ in facts)
            self._found[rule] = None if own else self.alike.common(rule, tuple(map(self._seen.get, facts)))
        return self._found[rule]

    def _has_days(self, fact: str) -> bool:
        if fact not in self.alike.by_day:
            return False
        recorded = isinstance(self.case.values.get(fact), Value | Series) or fact in self.case.series
        return recorded or fact in self.alike.since


def _exactly(value: FactValue) -> Hashable:
    match value:
        case Value(value=known):
            return known
        case CodeSet():
            return value.codes, value.complete, value.mentioned
        case Missing():
            return (value.because,)
    return None  # a series: what reads it is kept apart


def alike(program: Program) -> Alike:
    """Return what is in common before a program's rules, kept with it."""
    found = program.kept.get("alike")
    if not isinstance(found, Alike):
        found = program.kept["alike"] = Alike(program, readings(program))
    return found


__all__ = ["MOST", "Alike", "Common", "Likeness", "alike"]

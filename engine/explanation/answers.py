"""What may be answered to a fact: one value for each part that the thresholds which read it tell apart."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import chain, combinations, pairwise

from engine.compiler.program import Program, ScoreProgram
from engine.conditions import (
    Compare,
    Expr,
    Includes,
    Known,
    Name,
    Number,
    OfSeries,
    Since,
    Summary,
    Within,
    children,
    nodes,
)
from engine.facts import CodeSet, FactSpec, FactValue, Origin, Scalar, Series, Value
from engine.formulary import SafetyCondition

HYPOTHESIS = Origin("hypothesis")
FEW = 32  # so many whole numbers are tried one by one
_FEW_CODES = 3  # of so many codes every selection is tried
_DAYS = 14  # as a diary is asked
_FALLBACK_STEP = Fraction(1, 10)


@dataclass(frozen=True, slots=True)
class Answers:
    """``values`` stand for all that may be answered if ``whole``; ``marks`` are the thresholds that read the fact."""

    values: tuple[FactValue, ...] = ()
    whole: bool = False
    marks: tuple[Fraction, ...] = ()
    step: Fraction = Fraction(1)
    loose: bool = False  # it is also read beside other facts or in a formula: no threshold of its own says where


@dataclass(slots=True)
class Resting:
    """What is worked out again when a fact is answered: named truths, scores, and conditions by their identity."""

    truths: set[tuple[str, bool]] = field(default_factory=set)
    scores: set[str] = field(default_factory=set)
    conditions: set[tuple[int, bool]] = field(default_factory=set)


@dataclass(slots=True)
class Readings:
    """How the conditions of a program read each fact; worked out once for all its cases."""

    program: Program
    marks: dict[str, set[Fraction]] = field(default_factory=dict)
    codes: dict[str, set[str]] = field(default_factory=dict)
    loose: set[str] = field(default_factory=set)
    scored: dict[str, list[tuple[ScoreProgram, int]]] = field(default_factory=dict)
    kept: dict[str, Answers] = field(default_factory=dict)
    behind: dict[int, tuple[Expr, frozenset[str]]] = field(default_factory=dict)
    turned: dict[int, tuple[Expr, frozenset[str]]] = field(default_factory=dict)
    rules_turned: dict[str, frozenset[str]] = field(default_factory=dict)
    resting: dict[str, Resting] = field(default_factory=dict)  # fact -> what must be decided anew when it is answered
    score_facts: dict[str, frozenset[str]] = field(default_factory=dict)
    acting: frozenset[str] = field(init=False)  # rules that put something into the plan
    guarding: frozenset[str] = field(init=False)  # facts that the safety of some medicine looks at
    brought: frozenset[str] = field(init=False)  # codes of items that the safety of some medicine brings with it

    def __post_init__(self) -> None:
        for expr in _conditions(self.program):
            if not isinstance(expr, Name):  # another name of a fact says nothing of how it is read
                self._read(expr)
        for score in self.program.scores.values():
            for index, item in enumerate(score.score.inputs.values()):
                if isinstance(item.bind, Name) and item.bind.kind == "fact":
                    self.scored.setdefault(item.bind.name, []).append((score, index))
                elif item.bind is not None:
                    self._read(item.bind)
        self._read_medicines()
        self.brought = frozenset(_brought(self.program))
        self.acting = frozenset(
            node.name
            for node in self.program.rules
            if any(action.kind not in {"conclude", "ask"} for action in node.rule.actions)
        )
        self.guarding = frozenset(self._guarding())
        self._read_resting()

    def answers(self, fact: str) -> Answers:
        """Return what may be answered to a fact."""
        if fact not in self.kept:
            spec = self.program.edition.vocabulary.facts.get(fact)
            self.kept[fact] = Answers() if spec is None else self._answers(spec)
        return self.kept[fact]

    def _answers(self, spec: FactSpec) -> Answers:
        if spec.type == "yes_no":
            return Answers((_value(True), _value(False)), whole=True)
        if spec.type == "choice":
            return Answers(tuple(_value(code) for code in sorted(spec.choices)), whole=True)
        if spec.type == "set":
            return self._lists(spec)
        if spec.type == "series":
            ends = sorted({*self.marks.get(spec.name, ()), *(spec.range or ())})
            return Answers(tuple(Series((each,) * _DAYS, HYPOTHESIS) for each in ends))
        return self._numbers(spec) if spec.type in {"integer", "decimal", "quantity"} else Answers()

    def _lists(self, spec: FactSpec) -> Answers:
        codes = sorted(self.codes.get(spec.name, ()))
        most = len(codes) if len(codes) <= _FEW_CODES else 1
        chosen = chain.from_iterable(combinations(codes, size) for size in range(most + 1))
        return Answers(tuple(CodeSet(frozenset(each), HYPOTHESIS) for each in chosen), whole=most == len(codes))

    def _numbers(self, spec: FactSpec) -> Answers:
        whole = spec.type == "integer"
        step = spec.step or (Fraction(1) if whole else _FALLBACK_STEP)
        marks, loose = tuple(sorted(self.marks.get(spec.name, ()))), spec.name in self.loose
        scored = self.scored.get(spec.name, [])
        low, high = spec.range or (None, None)
        if (scored or loose) and whole and low is not None and high is not None and (high - low) / step <= FEW:
            every = tuple(_value(low + i * step) for i in range(int((high - low) / step) + 1))
            return Answers(every, whole=True, marks=marks, step=step, loose=True)
        found = set(cells(marks, (low, high), step))
        for score, index in scored:
            of_score = (step * (each // step) + up for each in _of_score(score, index, spec) for up in (0, step))
            found |= {each for each in of_score if _is_inside(each, low, high)}
        if scored or loose:
            found |= {each for each in (low, high) if each is not None}
        every = tuple(_value(each) for each in sorted(found))
        return Answers(every, whole=not (scored or loose), marks=marks, step=step, loose=bool(scored or loose))

    # --- reading

    def _read(self, expr: Expr) -> None:
        if isinstance(expr, Compare | Within):
            parts = [self.meaning(part) for part in children(expr)]
            numbers = {part.value for part in parts if isinstance(part, Number)}
            names = [part for part in parts if isinstance(part, Name) and part.kind == "fact"]
            if len(names) == 1 and len(numbers) == len(parts) - 1:
                self.marks.setdefault(names[0].name, set()).update(numbers)
                return
        if isinstance(expr, Includes):
            self.codes.setdefault(expr.fact, set()).update({expr.code, *expr.members})
        elif isinstance(expr, OfSeries):
            threshold = getattr(expr, "threshold", None)
            self.marks.setdefault(expr.series, set()).update(() if threshold is None else {threshold})
            self.loose.add(expr.series)
        elif isinstance(expr, Name) and isinstance(meant := self.meaning(expr), Name) and meant.kind == "fact":
            self.loose.add(meant.name)  # of a yes/no fact or a choice nobody asks
        for part in children(expr):
            self._read(part)

    def _read_medicines(self) -> None:
        lists, drugs = self.program.edition.vocabulary.lists, self.program.drugs
        allergies, taken = lists.get("allergies", "allergy"), lists.get("medications", "medication")
        for drug in self.program.edition.formulary.medicines:
            self.codes.setdefault(allergies, set()).update(drugs.allergens.get(drug, ()))
            sides = [side for _, side in drugs.interactions.get(drug, ())]
            self.codes.setdefault(taken, set()).update(sides)

    def conditions(self) -> Iterable[Expr]:
        """Return every condition of the program, and what scores are bound to."""
        program = self.program
        binds = [item.bind for score in program.scores.values() for item in score.score.inputs.values()]
        return {id(each): each for each in (*_conditions(program), *binds) if each is not None}.values()

    def _read_resting(self) -> None:
        program = self.program
        for expr in self.conditions():
            for node in nodes(expr):
                for fact in self.facts(node):
                    self._rest(fact).conditions |= {(id(node), False), (id(node), True)}
        named = {f"rule {node.name}": frozenset(self.rule_facts(node.name)) for node in program.rules}
        named |= {name: self.facts(expr) for name, expr in program.definitions.items()}
        named |= {name: self.facts(Name(name, "conclusion")) for name in program.conclusions}
        for name, facts in named.items():
            for fact in facts:
                self._rest(fact).truths |= {(name, False), (name, True)}
        for name in program.scores:
            self.score_facts[name] = self.facts(Name(name, "score"))
            for fact in self.score_facts[name]:
                self._rest(fact).scores.add(name)

    def _guarding(self) -> Iterator[str]:
        lists = self.program.edition.vocabulary.lists
        yield from ("age", lists.get("allergies", "allergy"), lists.get("medications", "medication"))
        for safety in _guards(self.program):
            for condition in safety:
                yield from self.facts(condition.when)

    def _rest(self, fact: str) -> Resting:
        return self.resting.setdefault(fact, Resting())

    def meaning(self, expr: Expr) -> Expr:
        """Return what a name of a definition stands for."""
        while isinstance(expr, Name) and expr.kind == "definition":
            expr = self.program.definitions[expr.name]
        return expr

    # --- what a condition rests on

    def facts(self, expr: Expr) -> frozenset[str]:
        """Return every fact a condition rests on, through definitions, conclusions and scores."""
        known = self.behind.get(id(expr))
        if known is None or known[0] is not expr:
            known = self.behind[id(expr)] = expr, frozenset(self._facts(expr))
        return known[1]

    def _facts(self, expr: Expr) -> Iterator[str]:
        match expr:
            case Name(name=name, kind="fact") | Includes(fact=name) | Known(fact=name) | OfSeries(series=name):
                yield name
                if isinstance(getattr(expr, "window", None), Since):
                    yield from self._lists_of_treatments()
            case Name(name=name, kind="definition"):
                yield from self.facts(self.program.definitions[name])
            case Name(name=name, kind="conclusion"):
                for rule in self.program.conclusions[name]:
                    yield from self.rule_facts(rule)
            case Name(name=name, kind="score" | "band"):
                score = self.program.scores[name]
                yield from chain.from_iterable(score.reads.values())
                yield from ("age",) if score.score.adults_only else ()
                for item in score.score.inputs.values():  # one may be bound to what another score says
                    yield from () if item.bind is None else self.facts(item.bind)
        for part in children(expr):
            yield from self.facts(part)

    def _lists_of_treatments(self) -> Iterator[str]:
        facts = self.program.edition.vocabulary.facts
        return (name for name, spec in facts.items() if spec.type == "set")

    def rule_facts(self, rule: str) -> Iterator[str]:
        """Yield every fact that decides a rule, those of the rules that silence it too."""
        node = self.program.rules[self.program.positions[rule]]
        for part in node.conditions:
            yield from self.facts(part)
        for silencer in node.silencers:
            yield from self.rule_facts(silencer)

    def turning(self, expr: Expr) -> frozenset[str]:
        """Return the facts whose answer may take back what a condition says, because it reads that they are unknown."""
        known = self.turned.get(id(expr))
        if known is None or known[0] is not expr:
            known = self.turned[id(expr)] = expr, frozenset(self._turning(expr))
        return known[1]

    def rule_turning(self, rule: str) -> frozenset[str]:
        """Return the facts whose answer may take back what a rule comes to, or one that silences it."""
        if rule not in self.rules_turned:
            node = self.program.rules[self.program.positions[rule]]
            found = [self.turning(part) for part in node.conditions] + [
                self.rule_turning(each) for each in node.silencers
            ]
            self.rules_turned[rule] = frozenset().union(*found)
        return self.rules_turned[rule]

    def _turning(self, expr: Expr) -> Iterator[str]:
        match expr:
            case Known(fact=name) | Summary(series=name, function="recorded"):
                yield name
            case Name(name=name, kind="definition"):
                yield from self.turning(self.program.definitions[name])
            case Name(name=name, kind="conclusion"):
                for rule in self.program.conclusions[name]:
                    yield from self.rule_turning(rule)
            case Name(name=name, kind="score" | "band"):
                yield from self._turning_score(self.program.scores[name])
        for part in children(expr):
            yield from self.turning(part)

    def _turning_score(self, score: ScoreProgram) -> Iterator[str]:
        """Yield the facts of inputs that a score does without, that may contradict others, or that it may refuse."""
        facts = self.program.edition.vocabulary.facts
        for name, item in score.score.inputs.items():
            reads = score.reads[name]
            ranges = [facts[each].range for each in reads if each in facts]
            narrow = item.range is not None and any(each is None or not _holds(item.range, each) for each in ranges)
            if name in score.optional or score.doubts or (narrow and item.type not in {"yes_no", "choice"}):
                yield from reads
            yield from () if item.bind is None else self.turning(item.bind)


def readings(program: Program) -> Readings:
    """Return how a program reads its facts, kept with it."""
    found = program.kept.get("readings")
    if not isinstance(found, Readings):
        found = program.kept["readings"] = Readings(program)
    return found


def cells(
    marks: Iterable[Fraction], limits: tuple[Fraction | None, Fraction | None], step: Fraction
) -> Iterator[Fraction]:
    """Yield one value at each threshold and one between each two, below the first and above the last."""
    low, high = limits
    inside = [mark for mark in marks if _is_inside(mark, low, high)]
    ends = [low if low is not None else min(inside, default=Fraction(0)) - 10 * step, *inside]
    ends.append(high if high is not None else max(inside, default=Fraction(0)) + 10 * step)
    yield from (each for each in ends if each % step == 0 or each in (low, high))
    for below, above in pairwise(ends):
        between = step * ((below + above) / 2 // step)
        if below < between < above:
            yield between
        elif below < between + step < above:
            yield between + step


def _conditions(program: Program) -> Iterator[Expr]:
    yield from program.definitions.values()
    for node in program.rules:
        yield from node.conditions
    yield from (condition.when for conditions in _guards(program) for condition in conditions)


def _guards(program: Program) -> list[tuple[SafetyCondition, ...]]:
    formulary = program.edition.formulary
    medicines = [each.safety for each in formulary.medicines.values()]
    return medicines + [each.safety for each in formulary.regimens.values()]


def _brought(program: Program) -> Iterator[str]:
    yield from (code for conditions in _guards(program) for condition in conditions for code in condition.add)
    yield from (code for interaction in program.edition.formulary.interactions for code in interaction.add)


def _of_score(score: ScoreProgram, index: int, spec: FactSpec) -> Iterator[Fraction]:
    """Yield the values of an input that a score tells apart, in the unit of the fact."""
    item = score.score.inputs[score.names[index]]
    factor = Fraction(1) if spec.unit is None or spec.unit == item.unit else item.units.get(spec.unit, Fraction(1))
    for each in score.choices[index]:
        if isinstance(each, int | Fraction) and not isinstance(each, bool):
            yield Fraction(each) / factor


def _is_inside(value: Fraction, low: Fraction | None, high: Fraction | None) -> bool:
    return (low is None or value >= low) and (high is None or value <= high)


def _holds(outer: tuple[Fraction, Fraction], inner: tuple[Fraction, Fraction]) -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _value(value: Scalar) -> Value:
    return Value(value, HYPOTHESIS)


__all__ = ["FEW", "HYPOTHESIS", "Answers", "Readings", "cells", "readings"]

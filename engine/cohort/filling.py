"""Turns cases into a block: columns hold what is read once; what they cannot is asked once of all who are alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engine.cohort.answers import NAN, Answers
from engine.cohort.columns import Block, Rails, flags, narrow, packed
from engine.cohort.rails import CohortProgram, Kind
from engine.cohort.reads import Cones, said
from engine.cohort.running import SIGNS
from engine.compiler.mentions import mentions_of
from engine.compiler.program import Scope
from engine.compiler.walk import scope_of
from engine.facts import CaseFacts, FactValue, Mention, Missing, Value

ByCase = Callable[[Scope, Sequence[int]], Sequence[str]]
"""What the evaluator says some rules of a case come to: proposed, held, open, excluded or silent."""


@dataclass(slots=True)
class Numbers:
    """The numbers of one fact: which cases of the block have one, and what it is."""

    codes: Mapping[str, float]
    cases: list[int] = field(default_factory=list)
    values: list[float] = field(default_factory=list)

    def add(self, case: int, value: Value) -> None:
        known = value.value
        self.cases.append(case)
        if isinstance(known, str):
            self.values.append(self.codes.get(known, -1.0))
        else:
            self.values.append(float(known.toordinal() if isinstance(known, date) else known))

    def column(self, size: int) -> NDArray[np.float64]:
        found = np.full(size, NAN)
        found[self.cases] = self.values
        return found


@dataclass(slots=True)
class Filler:
    """Collects cases. Rules that read what a free text mentions are decided by ``by_case``: no column knows that."""

    code: CohortProgram
    by_case: ByCase
    size: int = 0
    numbers: dict[str, Numbers] = field(default_factory=dict)
    recorded: dict[str, list[int]] = field(default_factory=dict)
    walked: dict[int, Mapping[int, int]] = field(default_factory=dict)
    answers: Answers = field(init=False)
    _told: frozenset[str] = field(init=False)
    _cones: Cones = field(init=False)
    _readers: dict[str, list[int]] = field(default_factory=dict)  # fact -> the rules that it can decide

    def __post_init__(self) -> None:
        self._cones = Cones(self.code.program)
        self.answers = Answers.of(self.code.program, self.code.tests, self._cones)
        self._told = self.answers.facts
        self.clear()

    def clear(self) -> None:
        """Forget the cases, for the next block."""
        self.size, self.walked = 0, {}
        choices = self.code.program.choices
        read = facts_read(self.code, "flag", "below", "up to", "equal")
        self.numbers = {name: Numbers(choices.get(name, {})) for name in read}
        self.recorded = {name: [] for name in facts_read(self.code, "recorded")}
        self.answers.clear()

    def add(self, case: CaseFacts, mentions: tuple[Mention, ...] | None = None) -> None:
        """Add a case; ``mentions`` are what its free text speaks of, if it was read already."""
        program = self.code.program
        told: dict[str, object] = {}
        for name, value in case.values.items():
            self._note(name, value, told)
        self.answers.add(case, told, cache(lambda: scope_of(program, case, ())))
        written = mentions_of(program, case) if mentions is None else mentions
        if written:
            self._walk(case, written)
        self.size += 1

    def _note(self, name: str, value: FactValue, told: dict[str, object]) -> None:
        if name in self._told:
            told[name] = said(value)
        if name in self.numbers and isinstance(value, Value):
            self.numbers[name].add(self.size, value)
        if name in self.recorded and not isinstance(value, Missing):
            self.recorded[name].append(self.size)

    def _walk(self, case: CaseFacts, mentions: tuple[Mention, ...]) -> None:
        """Decide by the evaluator every rule that can come out otherwise by what the free text mentions."""
        scope = scope_of(self.code.program, case, mentions)
        changed = {name for name, value in scope.values.items() if case.values.get(name) is not value}
        rules = self._reading(changed | scope.unconfirmed)
        if rules:
            words = self.by_case(scope, rules)
            self.walked[self.size] = {rule: SIGNS[word] for rule, word in zip(rules, words, strict=True)}

    def _reading(self, facts: Iterable[str]) -> list[int]:
        """Return the positions of the rules that some facts can decide."""
        if not self._readers:
            for place, node in enumerate(self.code.program.rules):
                for name in self._cones.rule(node.name):
                    self._readers.setdefault(name, []).append(place)
        return sorted({place for name in facts for place in self._readers.get(name, ())})

    def block(self) -> Block:
        """Return the cases as columns."""
        read = {name: each.column(self.size) for name, each in self.numbers.items()}
        return Block(
            size=self.size,
            columns={name: narrow(read[name]) for name in facts_read(self.code, "below", "up to", "equal")},
            flags={name: flags(read[name]) for name in facts_read(self.code, "flag")},
            recorded={name: _known(cases, self.size) for name, cases in self.recorded.items()},
            tests=tuple(map(flags, self.answers.columns())),
            walked=dict(self.walked),
        )


def facts_read(code: CohortProgram, *kinds: Kind) -> tuple[str, ...]:
    """Return the facts that leaves of some kinds read, each once."""
    return tuple(dict.fromkeys(leaf.fact for leaf in code.leaves if leaf.kind in kinds))


def _known(cases: list[int], size: int) -> Rails:
    given = np.zeros(size, dtype=np.bool_)
    given[cases] = True
    return Rails(packed(given), packed(~given))

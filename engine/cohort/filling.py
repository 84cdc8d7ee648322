"""Turns cases into a block: what columns hold is read once, what they cannot hold is answered case by case."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from engine.cohort.columns import Block, Rails, flags, narrow, packed
from engine.cohort.rails import CohortProgram, Kind
from engine.compiler.program import Program, Scope
from engine.compiler.reading import included, is_known
from engine.compiler.walk import scope_of, truth
from engine.conditions import Includes
from engine.facts import CaseFacts, CodeSet, FactValue, Value
from engine.plan import Truth

NAN = float("nan")
ByCase = Callable[[Scope], tuple[Truth, ...]]
"""What the evaluator says every rule of a case comes to: true, false, or None for open and held."""


LISTS = 50_000  # answers about lists remembered from block to block: lists of real patients seldom repeat for ever


@dataclass(slots=True)
class Filler:
    """Collects cases. A case whose free text mentions something is decided by ``by_case``: no column knows that."""

    code: CohortProgram
    by_case: ByCase
    size: int = 0
    numbers: dict[str, list[float]] = field(default_factory=dict)
    recorded: dict[str, list[bool]] = field(default_factory=dict)
    answers: list[list[float]] = field(default_factory=list)
    walked: dict[int, tuple[Truth, ...]] = field(default_factory=dict)
    _members: dict[tuple[int, frozenset[str], bool, frozenset[str]], float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        """Forget the cases, for the next block."""
        self.size, self.walked = 0, {}
        if len(self._members) > LISTS:
            self._members.clear()
        self.numbers = {name: [] for name in facts_read(self.code, "flag", "below", "up to", "equal")}
        self.recorded = {name: [] for name in facts_read(self.code, "recorded")}
        self.answers = [[] for _ in self.code.tests]

    def add(self, case: CaseFacts) -> None:
        """Add a case."""
        program = self.code.program
        scope = scope_of(program, case)
        if scope.mentions:
            self.walked[self.size] = self.by_case(scope)
        for name, column in self.numbers.items():
            column.append(number_of(program, name, case.values.get(name)))
        for name, known in self.recorded.items():
            known.append(is_known(name, scope))
        if self.size in self.walked:
            for answer in self.answers:
                answer.append(NAN)
        else:
            self._answer(scope)
        self.size += 1

    def _answer(self, scope: Scope) -> None:
        for number, (expr, red) in enumerate(self.code.tests):
            if isinstance(expr, Includes):
                self.answers[number].append(self._member(number, expr, scope))
            else:
                self.answers[number].append(_as_number(truth(expr, scope, red=red)))

    def _member(self, number: int, expr: Includes, scope: Scope) -> float:
        """Return whether a list holds a code: the same list of another case has the same answer."""
        value = scope.values.get(expr.fact)
        if not isinstance(value, CodeSet):
            return NAN
        key = number, value.codes, value.complete, value.mentioned
        if key not in self._members:
            self._members[key] = _as_number(included(expr, scope))
        return self._members[key]

    def block(self) -> Block:
        """Return the cases as columns."""
        read = {name: np.array(values, dtype=np.float64) for name, values in self.numbers.items()}
        return Block(
            size=self.size,
            columns={name: narrow(read[name]) for name in facts_read(self.code, "below", "up to", "equal")},
            flags={name: flags(read[name]) for name in facts_read(self.code, "flag")},
            recorded={name: _known(values) for name, values in self.recorded.items()},
            tests=tuple(flags(np.array(values, dtype=np.float64)) for values in self.answers),
            walked=dict(self.walked),
        )


def facts_read(code: CohortProgram, *kinds: Kind) -> tuple[str, ...]:
    """Return the facts that leaves of some kinds read, each once."""
    return tuple(dict.fromkeys(leaf.fact for leaf in code.leaves if leaf.kind in kinds))


def number_of(program: Program, name: str, value: FactValue | None) -> float:
    """Return a recorded value as the number that stands for it in a column, NaN if it is not known."""
    if not isinstance(value, Value):
        return NAN
    known = value.value
    if isinstance(known, str):
        return program.choices.get(name, {}).get(known, -1.0)
    return float(known.toordinal() if isinstance(known, date) else known)


def _as_number(known: Truth) -> float:
    return NAN if known is None else float(known)


def _known(values: list[bool]) -> Rails:
    given = np.array(values, dtype=np.bool_)
    return Rails(packed(given), packed(~given))

"""Answers that no column holds, such as scores: asked once of all cases that say the same of what decides them."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count

import numpy as np
from numpy.typing import NDArray

from engine.cohort.reads import DAYS, LISTED, Cones, begun_said, days_said
from engine.compiler.program import Program, Scope
from engine.compiler.walk import truth
from engine.conditions import Expr
from engine.facts import CaseFacts
from engine.plan import Truth

KEPT = 50_000  # answers remembered from block to block: lists and values of real patients seldom repeat for ever
NAN = float("nan")
Question = tuple[Expr, bool]  # a condition, and whether missing days may still count


@dataclass(slots=True)
class Group:
    """Conditions that the same facts decide. ``rows``: of each case of the block, the number of its answers."""

    facts: tuple[str, ...]
    questions: tuple[Question, ...]
    places: tuple[int, ...]  # which of all the questions they are
    known: dict[tuple[object, ...], int] = field(default_factory=dict)
    answers: list[list[float]] = field(default_factory=list)
    rows: list[int] = field(default_factory=list)

    def ask(self, told: Mapping[str, object], scope: Callable[[], Scope]) -> None:
        """Note the answers for a case that tells so much; only a case unlike all before it is looked into."""
        key = tuple(map(told.get, self.facts))
        row = self.known.get(key)
        if row is None:
            row = self.known[key] = len(self.answers)
            self.answers.append([as_number(truth(expr, scope(), red=red)) for expr, red in self.questions])
        self.rows.append(row)

    def columns(self) -> Iterator[tuple[int, NDArray[np.float64]]]:
        """Yield the number of each question with its answers, case by case."""
        table = np.array(self.answers, dtype=np.float64).reshape(len(self.answers), len(self.questions))
        yield from zip(self.places, table[self.rows].T, strict=True)

    def forget(self) -> None:
        """Forget all answers, not only the cases."""
        self.known.clear()
        self.answers.clear()


@dataclass(slots=True)
class Answers:
    """The questions of a program, in groups."""

    program: Program
    groups: tuple[Group, ...]
    special: tuple[str, ...]
    """What is to be told of a case beside the values of its facts."""

    @classmethod
    def of(cls, program: Program, questions: Iterable[Question], cones: Cones) -> "Answers":
        together: dict[tuple[str, ...], list[tuple[int, Question]]] = {}
        for place, (expr, red) in zip(count(), questions, strict=False):
            together.setdefault(tuple(sorted(cones.of(expr))), []).append((place, (expr, red)))
        groups = tuple(
            Group(facts, tuple(each for _, each in asked), tuple(place for place, _ in asked))
            for facts, asked in together.items()
        )
        read = dict.fromkeys(name for group in groups for name in group.facts)
        return cls(program, groups, tuple(name for name in read if name.startswith((DAYS, LISTED))))

    @property
    def facts(self) -> frozenset[str]:
        """Return the facts of which something is to be told."""
        return frozenset(name for group in self.groups for name in group.facts).difference(self.special)

    def add(self, case: CaseFacts, told: dict[str, object], scope: Callable[[], Scope]) -> None:
        """Note the answers for a case; ``told``: what it says of its facts, where it says something."""
        for name in self.special:
            told[name] = _special(case, name)
        for group in self.groups:
            group.ask(told, scope)

    def columns(self) -> list[NDArray[np.float64]]:
        """Return the answers to all questions, case by case."""
        found = dict(column for group in self.groups for column in group.columns())
        return [found[place] for place in range(len(found))]

    def clear(self) -> None:
        """Forget the cases, for the next block; and what was answered, once it is much."""
        full = sum(len(group.answers) * (len(group.facts) + len(group.places)) for group in self.groups) > KEPT * 10
        for group in self.groups:
            group.rows.clear()
            if full:
                group.forget()


def _special(case: CaseFacts, name: str) -> object:
    if name.startswith(DAYS):
        return days_said(case, name.removeprefix(DAYS))
    return begun_said(case, name.removeprefix(LISTED))


def as_number(known: Truth) -> float:
    return NAN if known is None else float(known)

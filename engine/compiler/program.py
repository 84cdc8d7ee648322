"""What an edition becomes once compiled: rules in the order they are decided, formulas, and the index of medicines."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from engine.compiler.intervals import ANYTHING, Interval, Real
from engine.conditions import Expr, OfSeries
from engine.facts import Conflict, Entry, FactValue, Mention, Series
from engine.formulary import Interaction
from engine.language.documents import Edition, Protocol, Rule, Score
from engine.lexicon import TextReader
from engine.plan import ScoreResult, Truth

Total = bool | str | Real | tuple[Entry | None, ...] | None  # one completed input of a score
Outcome = tuple[Real | str | tuple[Real | bool | str, ...] | None, str | None]  # value (or the record's) and band
Formula = Callable[[Sequence[Total]], Outcome]
Test = Callable[[int], Truth]
Note = Callable[[int], None]
Get = Callable[[str, float], float]
Decide = Callable[[Get, Test, Note, Note, Note], tuple[tuple[bool, ...], tuple[bool, ...]]]
"""Tells the rules that are proposed, that wait, and that are indicated and stopped; all others are known false.

Returned are the rails, known true and known false, of the definitions in ``named``."""


@dataclass(frozen=True, slots=True)
class Unknown:
    """An input without a value."""


UNKNOWN = Unknown()
Given = Total | Unknown


@dataclass(frozen=True, slots=True)
class Analysis:
    """``missing``: the unknown inputs that can still change value or band, in input order; ``named`` as printed."""

    outcome: Outcome
    missing: tuple[str, ...]
    value: Interval
    codes: frozenset[str] | None
    bands: frozenset[str | None] | None  # None: any
    named: tuple[str, ...] = ()

    @property
    def band(self) -> str | None:
        return next(iter(self.bands)) if self.bands is not None and len(self.bands) == 1 else None


@dataclass(frozen=True, slots=True)
class RuleNode:
    """A rule with its protocol. ``silencers`` are the rules that, proposed, keep this one from being so."""

    name: str  # qualified: reflux.ppi_trial
    protocol: Protocol
    rule: Rule
    applies: Expr | None
    when: Expr
    exclude: Expr | None
    silencers: tuple[str, ...] = ()

    @property
    def conditions(self) -> tuple[Expr, ...]:
        """Return the conditions that decide it, in the order an explanation shows them."""
        return tuple(part for part in (self.applies, self.when, self.exclude) if part is not None)


@dataclass(frozen=True, slots=True)
class Doubt:
    """The input ``name`` is asked about when ``holds`` of the inputs at ``reads``: it contradicts them."""

    name: str
    reads: tuple[int, ...]
    holds: Callable[..., object]


@dataclass(frozen=True, slots=True)
class ScoreProgram:
    """A score as a function of completed inputs.

    ``choices`` holds per input the values that stand for all it may take (one of each class that no part of
    the formula tells apart); ``rising`` whether the value only rises (1) or falls (-1) with it, stays (0), does one
    or the other as the other inputs have it (2), or none of these (None); ``discrete``
    whether those values are all that matter, with nothing between two of them.
    """

    score: Score
    names: tuple[str, ...]
    formula: Formula
    choices: tuple[tuple[Total, ...], ...]
    rising: tuple[int | None, ...]
    discrete: tuple[bool, ...]
    optional: frozenset[str]  # inputs whose absence the formula deals with itself
    source: str
    marks: Mapping[str, tuple[Fraction, ...]] = field(default_factory=dict)  # limits that entries of a list meet
    doubts: tuple[Doubt, ...] = ()
    reads: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # input -> the facts it is bound to
    settled: dict[tuple[Given, ...], Analysis] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class ScoreState:
    """What is known of a score: the printed result, and the values and bands that are still possible."""

    result: ScoreResult
    value: Interval = ANYTHING
    codes: frozenset[str] | None = None
    bands: frozenset[str | None] | None = None
    waiting: tuple[str, ...] = ()  # facts behind its missing inputs


@dataclass(frozen=True, slots=True)
class DrugIndex:
    """Who belongs to what among medicines, so that safety asks only for set membership."""

    classes: Mapping[str, tuple[str, ...]]  # ingredient -> its classes and those above, nearest first
    members: Mapping[str, frozenset[str]]  # ingredient or class -> every recorded code that means it
    allergens: Mapping[str, frozenset[str]]  # ingredient -> every recorded allergy that forbids it
    interactions: Mapping[str, tuple[tuple[Interaction, str], ...]]  # ingredient -> interaction and its other side


Side = Literal["code", "condition", "number"]
Sides = tuple[Expr, Expr, Expr, Side]  # a comparison, what stands on its left and on its right, and what they are


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled edition: immutable, so it may be kept by ``digest``."""

    edition: Edition
    digest: str
    definitions: Mapping[str, Expr]
    applies: Mapping[str, Expr]  # protocol -> for whom it is
    rules: tuple[RuleNode, ...]
    positions: Mapping[str, int]  # qualified rule -> index in rules and in the rails
    conclusions: Mapping[str, tuple[str, ...]]  # qualified conclusion -> rules that draw it
    strata: Mapping[str, int]
    scores: Mapping[str, ScoreProgram]
    tests: tuple[tuple[Expr, bool], ...]  # conditions decided by walking; True: missing days count (red flags)
    decide: Decide
    source: str
    drugs: DrugIndex
    choices: Mapping[str, Mapping[str, float]]  # choice fact -> code -> its number in the rails
    inputs: tuple[str, ...]  # facts the rails read
    named: tuple[str, ...]  # definitions whose rails are returned
    diaries: tuple[OfSeries, ...]  # what is read from diaries, each window once
    reader: TextReader  # of free text
    sides: dict[int, Sides] = field(default_factory=dict, compare=False, repr=False)  # of comparisons, by identity
    kept: dict[str, object] = field(
        default_factory=dict, compare=False, repr=False
    )  # what others worked out of it once


@dataclass(slots=True)
class Scope:
    """One case before one program, with what has been worked out so far.

    A case whose free text mentions something is read in three ways that know each other: this calm one, where a
    mention is unknown, ``danger`` where it counts as true, and ``turned`` below a ``not`` of that one.
    """

    program: Program
    values: Mapping[str, FactValue]
    adult: Truth = None
    repeated: Mapping[str, Series] = field(default_factory=dict)  # measurements of several days
    today: int | None = None  # number of the day of the case
    truths: dict[tuple[str, bool], Truth] = field(default_factory=dict)
    states: dict[str, ScoreState] = field(default_factory=dict)
    decided: dict[tuple[int, bool], Truth] = field(default_factory=dict)  # by the identity of the program's nodes
    waiting: dict[tuple[int, bool], tuple[str, ...]] = field(default_factory=dict)  # likewise
    mentions: tuple[Mention, ...] = ()
    unconfirmed: frozenset[str] = frozenset()  # facts that only a free text says
    text_conflicts: tuple[Conflict, ...] = ()  # between a free text and an answer
    danger: "Scope | None" = None
    turned: "Scope | None" = None
    calm: "Scope | None" = None  # of the one where mentions are true: where they are not

    @property
    def alarmed(self) -> "Scope":
        """Return how red flags, exclusions and safety conditions read the case."""
        return self.danger or self

    @property
    def excluding(self) -> "Scope":
        """Return how what is to be ruled out is read from here; below a ``not``, and in what it denies, it turns."""
        return self.danger or self.turned or self


def number_text(value: Fraction) -> str:
    """Return a fraction as Python source that gives the nearest float."""
    return repr(float(value))

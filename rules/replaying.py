"""Stored cases put to two sets of texts: only those whose plan may be another are worked out in full.

Every rule is decided by columns first. An item rests on the rules that are proposed or held and on what they say to
do; safety adds what the formulary says of the case. So where both sets decide all rules alike, none that says to do
something else takes part, and everything beside the protocols is the same, the items are the same.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidTag

from engine.cohort import FIRED, HELD, Filler, Runner, compiled
from engine.compiler import Program
from engine.compiler.mentions import mentions_of
from engine.compiler.program import RuleNode
from engine.errors import PautaError
from engine.evaluator import evaluate
from engine.evaluator.output import item_json
from engine.evaluator.truths import walked_outcomes
from engine.facts import CaseFacts, Mention
from engine.language.cases import read_case
from engine.language.documents import Edition
from engine.language.library import edition as edition_of
from rules import reading
from rules.selectors import ShelfError

Case = Mapping[str, Any]
Items = Sequence[Mapping[str, Any]]
Fit = Callable[[Case, Edition], Case]
UNREADABLE = (PautaError, ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError, InvalidTag)
TAKES_PART = frozenset((FIRED, HELD))


@dataclass(frozen=True, slots=True)
class Read:
    """A case as a set reads it, with what its free text mentions."""

    facts: CaseFacts
    mentions: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """What comes of one case by the older and by the newer set; None where a set cannot read it."""

    before: Items
    after: Items


class Set:
    """One set of texts: its program, and what decides its rules for many cases."""

    def __init__(self, program: Program) -> None:
        code, self._runner = compiled(program)
        self.program = program
        self._filler = Filler(code, walked_outcomes)

    def read(self, case: Case, fit: Fit) -> Read:
        """Return a case as this set reads it; raise one of UNREADABLE."""
        edition = self.program.edition
        facts = read_case(fit(case, edition), edition.vocabulary, edition.formulary)
        return Read(facts, mentions_of(self.program, facts))

    def rows(self, cases: Sequence[Read]) -> list[bytes]:
        """Return what every rule comes to in every case, a byte a rule."""
        for each in cases:
            self._filler.add(each.facts, each.mentions)
        try:
            return _run(self._runner, self._filler) if cases else []
        finally:
            self._filler.clear()

    def items(self, case: Read) -> Items:
        """Return what the plan of a case holds."""
        return [item_json(each) for each in evaluate(self.program, case.facts).items]


def _run(runner: Runner, filler: Filler) -> list[bytes]:
    return runner.run(filler.block()).rows()


class Pair:
    """Two sets of texts, the older first, and what of their rules cannot be told by how they are decided."""

    def __init__(self, before: Mapping[str, str], after: Mapping[str, str]) -> None:
        self.old, self.new = (Set(_program(texts)) for texts in (before, after))
        self._alike = _besides(self.old.program.edition) == _besides(self.new.program.edition)
        nodes = [{node.name: node for node in each.program.rules} for each in (self.old, self.new)]
        places = [{name: place for place, name in enumerate(each)} for each in nodes]
        self._common = [(places[0][name], places[1][name]) for name in nodes[0] if name in nodes[1]]
        other = {name for name in nodes[0] if name not in nodes[1] or _says(nodes[0][name]) != _says(nodes[1][name])}
        self._of_old = sorted(places[0][name] for name in other)
        self._of_new = sorted(places[1][name] for name in nodes[1] if name in other or name not in nodes[0])

    def compare(self, cases: Sequence[Case], fit: Fit) -> Iterator[Compared | None]:
        """Yield, in order, what both sets say where it may differ, the same nothing where it cannot; None: unread."""
        read = [self._read(case, fit) for case in cases]
        known = [each for each in read if each is not None]
        rows = [one.rows([each[side] for each in known]) for side, one in enumerate((self.old, self.new))]
        decided = iter(zip(*rows, strict=True))
        for each in read:
            yield None if each is None else self._compared(each, *next(decided))

    def _read(self, case: Case, fit: Fit) -> tuple[Read, Read] | None:
        try:
            old = self.old.read(case, fit)
            return old, old if self._alike else self.new.read(case, fit)
        except UNREADABLE:
            return None

    def _compared(self, read: tuple[Read, Read], old: bytes, new: bytes) -> Compared | None:
        if self._alike and self._decide_alike(old, new):
            return Compared((), ())
        try:
            return Compared(self.old.items(read[0]), self.new.items(read[1]))
        except UNREADABLE:
            return None

    def _decide_alike(self, old: bytes, new: bytes) -> bool:
        if any(old[place] in TAKES_PART for place in self._of_old):
            return False
        if any(new[place] in TAKES_PART for place in self._of_new):
            return False
        return all(old[mine] == new[other] for mine, other in self._common)


def _says(node: RuleNode) -> tuple[object, ...]:
    """Return what a rule brings into a plan, beside when it does."""
    rule = node.rule
    return rule.actions, rule.red_flag, rule.paediatric, node.silencers


def _besides(edition: Edition) -> tuple[object, ...]:
    """Return everything a plan rests on beside the protocols."""
    return edition.vocabulary, edition.formulary, edition.lexicon, edition.scores


def _program(texts: Mapping[str, str]) -> Program:
    library, problems = reading.checked(texts)
    if library is None:
        raise ShelfError("R010", f"the set does not check: {problems[0] if problems else ''}", "Mend the text first.")
    return reading.compiled(edition_of(library))

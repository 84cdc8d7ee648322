"""For whom two versions of a library give different plans: shown by a patient each, or that there is nobody."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

import z3

from engine.analysis.aspects import Pair, Version
from engine.analysis.changes import Changed, changed
from engine.analysis.conditions import Encoder, encoder_of
from engine.analysis.items import Plans
from engine.analysis.partial import say_partial
from engine.analysis.people import People
from engine.analysis.search import Answer, Search
from engine.analysis.sharing import share
from engine.analysis.witness import Witness
from engine.compiler.program import Program, Scope

Aspect = Literal["state", "urgency", "dose", "days", "open"]
Sought = Literal[Aspect, "sure"]  # ``sure``: proposed in one version alone
ASPECTS: tuple[Aspect, ...] = ("state", "urgency", "dose", "days")
FEW = 2  # patients looked at for one aspect of one item: there are many items
MOST = 60  # items looked at: a change that reaches more is read with more time
Told = Callable[[int, int], None]
QUIET = ("held", "open", "absent")  # differences among these are told apart: nothing is given or kept from anybody


@dataclass(frozen=True, slots=True)
class Difference:
    """One item that one version gives otherwise than the other to the patient ``witness``."""

    code: str
    aspect: Aspect
    old: str
    new: str
    witness: Witness


@dataclass(frozen=True, slots=True)
class Compared:
    """``undecided``: items with why nothing is known of them; what is not named is the same for all patients."""

    changed: Changed
    differences: tuple[Difference, ...]
    undecided: tuple[tuple[str, str], ...]

    @property
    def equivalent(self) -> bool:
        return not self.differences and not self.undecided


def compare(old: Program, new: Program, most: int | None = MOST, told: Told = lambda count, number: None) -> Compared:
    """Return for whom two versions differ, item by item; of more than ``most`` items the rest is left undecided.

    ``told`` is called with each item, how many were looked at and how many there are.
    """
    what = changed(old, new)
    both = Both.of(old, new, what)
    codes = both.differing(sorted(what.codes))
    chosen = codes if most is None else codes[:most]
    found: list[Difference] = []
    undecided: list[tuple[str, str]] = []
    for count, code in enumerate(chosen, start=1):
        told(count, len(chosen))
        mine, why = both.differences(code)
        found += mine
        undecided += [(code, why)] if why else []
    undecided += [(code, f"not looked into: more than {most} items may differ") for code in codes[len(chosen) :]]
    return Compared(what, tuple(found), tuple(undecided))


@dataclass(slots=True)
class Both:
    """Two versions over the same patients."""

    pair: Pair
    search: Search = field(init=False)
    people: People = field(init=False)
    wanted: dict[tuple[str, Sought], z3.BoolRef] = field(default_factory=dict)
    likely: set[tuple[str, Sought]] = field(default_factory=set)  # what may be, as far as the solver knows

    def __post_init__(self) -> None:
        old, new = self.pair.old.plans, self.pair.new.plans
        self.people = People(old.encoder.program, new.encoder.program)
        self.search = Search(old, new.encoder, FEW)

    @staticmethod
    def of(old: Program, new: Program, what: Changed) -> "Both":
        first = encoder_of(old)
        second = Encoder(first.world.beside(new, what.apart), Scope(new, {}))
        for encoder in (first, second):
            _say_more(encoder, what.apart)
        before = Version(Plans(first, what.beside))
        share(first, second, what.differing)
        return Both(Pair(before, Version(Plans(second, what.beside))))

    def differing(self, codes: Iterable[str]) -> list[str]:
        """Return the items of which something may differ as far as the solver knows; of the others nothing does."""
        self.wanted = {(code, aspect): term for code in codes for aspect, term in self._wanted(code).items()}
        loud = {key: term for key, term in self.wanted.items() if key[1] != "open"}
        self.likely = self.search.possible(loud)
        given = {code for code, _ in self.likely}
        quiet = {key: term for key, term in self.wanted.items() if key[1] == "open" and key[0] not in given}
        self.likely |= self.search.possible(quiet) | {(code, "open") for code in given}
        return [code for code in codes if (code, "open") in self.likely]

    def _wanted(self, code: str) -> dict[Sought, z3.BoolRef]:
        """Return of whom each aspect of an item differs."""
        return {
            "sure": self.pair.sure(code), "state": self.pair.state(code), "urgency": self.pair.urgency(code),
            "dose": self.pair.dose(code), "days": self.pair.days(code), "open": self.pair.quiet(code),
        }  # fmt: skip

    def differences(self, code: str) -> tuple[list[Difference], str]:
        """Return how an item differs, one patient for each aspect, and why nothing is known if nothing is.

        Who was looked at for another item comes first: often the same patient shows several.
        """
        answers: list[tuple[Aspect, Answer]] = [(aspect, self._somebody(code, aspect)) for aspect in ASPECTS]
        if not any(answer.found == "somebody" for _, answer in answers):
            answers.append(("open", self._somebody(code, "open")))
        found = [self._told(code, aspect, answer) for aspect, answer in answers if answer.found == "somebody"]
        why = [answer.why for _, answer in answers if answer.found == "open"]
        return found, "" if found or not why else why[0]

    def _somebody(self, code: str, aspect: Aspect) -> Answer:
        """Return somebody who shows how an item differs, rather one who gets it in one version alone."""
        if (code, aspect) not in self.likely:
            return Answer("nobody")
        met = self._met(code, aspect)
        if met is not None:
            return met
        if aspect == "state" and (sure := self._find(code, aspect, "sure")).found == "somebody":
            return sure
        return self._find(code, aspect, aspect)

    def _met(self, code: str, aspect: Aspect) -> Answer | None:
        """Return somebody looked at before who shows how an item differs; who gets it in one version alone first."""
        showing = [each for each in self.people.all() if self._confirmed(code, aspect, each)]
        if aspect == "state":
            showing.sort(key=lambda each: not self._is_given_in_one(code, each))
        return Answer("somebody", showing[0]) if showing else None

    def _is_given_in_one(self, code: str, witness: Witness) -> bool:
        seen = self.people.seen(code, witness)
        return seen is not None and (seen[0]["state"] == "proposed") != (seen[1]["state"] == "proposed")

    # --- as the evaluator sees it

    def _find(self, code: str, aspect: Aspect, sought: Sought) -> Answer:
        if (code, sought) not in self.likely:
            return Answer("nobody")
        wanted = self.wanted[code, sought]
        return self.search.find(wanted, lambda witness: self._confirmed(code, aspect, witness), likely=True)

    def _confirmed(self, code: str, aspect: Aspect, witness: Witness) -> bool:
        seen = self.people.seen(code, witness)
        if seen is None:
            return False
        one, other = seen
        quiet = one["state"] in QUIET and other["state"] in QUIET
        if aspect in ("state", "open"):
            return one["state"] != other["state"] and quiet == (aspect == "open")
        there = all(each["state"] in ("proposed", "held") for each in seen)
        return there and one[aspect] != other[aspect]

    def _told(self, code: str, aspect: Aspect, answer: Answer) -> Difference:
        seen = None if answer.witness is None else self.people.seen(code, answer.witness)
        if answer.witness is None or seen is None:
            raise ValueError("somebody without a witness")
        key = "state" if aspect == "open" else aspect
        return Difference(code, aspect, seen[0][key], seen[1][key], answer.witness)


def _say_more(encoder: Encoder, apart: frozenset[str]) -> None:
    """Say of half-known patients too what the scores come to that one version has otherwise."""
    for name in sorted(encoder.program.scores):
        if f"score {name}" in apart:
            terms = encoder.score(name)
            encoder.world.say((terms.name,), *say_partial(terms, encoder.program.scores[name]))

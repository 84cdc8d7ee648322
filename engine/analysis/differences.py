"""For whom two versions of a library give different plans: shown by a patient each, or that there is nobody."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

import z3

from engine.analysis.aspects import Pair, Version
from engine.analysis.changes import Changed, changed
from engine.analysis.conditions import Encoder, encoder_of
from engine.analysis.items import Plans
from engine.analysis.partial import say_partial
from engine.analysis.people import People
from engine.analysis.rails import some
from engine.analysis.search import Answer, Search
from engine.analysis.witness import Witness
from engine.compiler.program import Program, Scope

Aspect = Literal["state", "urgency", "dose", "days", "open"]
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
    found: list[Difference] = []
    undecided: list[tuple[str, str]] = []
    both = Both.of(old, new, what)
    codes = [code for code in sorted(what.codes) if both.may_differ(code)]
    chosen = codes if most is None else codes[:most]
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
    wanted: dict[str, dict[Aspect, z3.BoolRef]] = field(default_factory=dict)

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
        return Both(Pair(*(Version(Plans(encoder, what.beside)) for encoder in (first, second))))

    def may_differ(self, code: str) -> bool:
        """Return whether anything of an item is said otherwise in one version than in the other."""
        return any(not z3.is_false(each) for each in self._wanted(code).values())

    def _wanted(self, code: str) -> dict[Aspect, z3.BoolRef]:
        """Return of whom each aspect of an item differs."""
        if code not in self.wanted:
            self.wanted[code] = {
                "state": self.pair.state(code), "urgency": self.pair.urgency(code), "dose": self.pair.dose(code),
                "days": self.pair.days(code), "open": self.pair.quiet(code),
            }  # fmt: skip
        return self.wanted[code]

    def differences(self, code: str) -> tuple[list[Difference], str]:
        """Return how an item differs, one patient for each aspect, and why nothing is known if nothing is.

        Who was looked at for another item comes first: often the same patient shows several.
        """
        wanted = self._wanted(code)
        met = {aspect: each for aspect in ASPECTS if (each := self._met(code, aspect)) is not None}
        if not met and not self.search.can_be(some(wanted.values())):
            return [], ""
        answers: list[tuple[Aspect, Answer]] = [("state", met.get("state") or self._of_state(code, wanted["state"]))]
        answers += [(each, met.get(each) or self._find(code, each, wanted[each])) for each in ASPECTS[1:]]
        found = [self._told(code, aspect, answer) for aspect, answer in answers if answer.found == "somebody"]
        if not found:
            answers += [("open", self._met(code, "open") or self._find(code, "open", wanted["open"]))]
            found = [self._told(code, "open", answer) for _, answer in answers[-1:] if answer.found == "somebody"]
        why = [answer.why for _, answer in answers if answer.found == "open"]
        return found, "" if found or not why else why[0]

    def _of_state(self, code: str, wanted: z3.BoolRef) -> Answer:
        """Return somebody whose item is in another state, rather one who gets it in one version alone."""
        given = self._find(code, "state", self.pair.sure(code))
        return given if given.found == "somebody" else self._find(code, "state", wanted)

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

    def _find(self, code: str, aspect: Aspect, wanted: z3.BoolRef) -> Answer:
        if z3.is_false(wanted):
            return Answer("nobody")
        return self.search.find(wanted, lambda witness: self._confirmed(code, aspect, witness))

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

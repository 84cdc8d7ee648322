"""For whom two versions of a library give different plans: shown by a patient each, or that there is nobody."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

import z3

from engine.analysis.changes import Changed, changed, plain
from engine.analysis.conditions import Encoder, encoder_of
from engine.analysis.items import Plans
from engine.analysis.partial import say_partial
from engine.analysis.people import People
from engine.analysis.rails import NO, every, no, some
from engine.analysis.search import Answer, Search
from engine.analysis.stated import Given, Stated, shown
from engine.analysis.witness import Witness
from engine.compiler.program import Program, Scope
from engine.merge import meetings
from engine.urgency import URGENCIES

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
    codes = sorted(what.codes)
    chosen = codes if most is None else codes[:most]
    for count, code in enumerate(chosen, start=1):
        told(count, len(chosen))
        mine, why = both.differences(code)
        found += mine
        undecided += [(code, why)] if why else []
    undecided += [(code, f"not looked into: more than {most} items may differ") for code in codes[len(chosen) :]]
    return Compared(what, tuple(found), tuple(undecided))


Marks = Mapping[object, z3.BoolRef]  # what is compared of an item in one version, by what it says
Marked = Callable[[Plans], Marks]


@dataclass(slots=True)
class Both:
    """Two versions over the same patients."""

    old: Plans
    new: Plans
    search: Search = field(init=False)
    people: People = field(init=False)

    def __post_init__(self) -> None:
        self.people = People(self.old.encoder.program, self.new.encoder.program)
        self.search = Search(self.old, self.new.encoder, FEW)

    @staticmethod
    def of(old: Program, new: Program, what: Changed) -> "Both":
        first = encoder_of(old)
        second = Encoder(first.world.beside(new, what.apart), Scope(new, {}))
        for encoder in (first, second):
            _say_more(encoder, what.apart)
        return Both(Plans(first, what.beside), Plans(second, what.beside))

    def differences(self, code: str) -> tuple[list[Difference], str]:
        """Return how an item differs, one patient for each aspect, and why nothing is known if nothing is.

        Who was looked at for another item comes first: often the same patient shows several.
        """
        wanted = {aspect: self._wanted(aspect, code) for aspect in (*ASPECTS, "open")}
        anything = some((*wanted.values(), self._differ(code, lambda plans: _inputs(code, plans))))
        met = {aspect: each for aspect in ASPECTS if (each := self._met(code, aspect)) is not None}
        if not met and not self.search.can_be(anything):
            return [], ""
        answers: list[tuple[Aspect, Answer]] = [("state", met.get("state") or self._of_state(code, wanted["state"]))]
        shown = bool(met) or answers[0][1].found == "somebody"  # what else differs is looked for less long
        answers += [(each, met.get(each) or self._find(code, each, wanted[each], brief=shown)) for each in ASPECTS[1:]]
        found = [self._told(code, aspect, answer) for aspect, answer in answers if answer.found == "somebody"]
        if not found:
            answers += [("open", self._met(code, "open") or self._find(code, "open", wanted["open"]))]
            found = [self._told(code, "open", answer) for _, answer in answers[-1:] if answer.found == "somebody"]
        if found:
            return found, ""
        why = [answer.why for _, answer in answers if answer.found == "open"]
        return ([], why[0]) if why else self._last(code, anything)

    def _of_state(self, code: str, wanted: z3.BoolRef) -> Answer:
        given = self._find(code, "state", self._differ(code, lambda plans: _given(code, plans)))
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

    def _last(self, code: str, anything: z3.BoolRef) -> tuple[list[Difference], str]:
        """Look for anybody whose item rests on something else: where doses decide, the state alone may not show it."""
        items = [plans.items.get(code) for plans in (self.old, self.new)]
        if not any(item is not None and item.drugs for item in items):
            return [], ""
        found: list[Aspect] = []

        def confirms(witness: Witness) -> bool:
            found[:] = [aspect for aspect in (*ASPECTS, "open") if self._confirmed(code, aspect, witness)]
            return bool(found)

        answer = self.search.find(anything, confirms)
        if answer.found == "somebody":
            return [self._told(code, found[0], answer)], ""
        return [], "" if answer.found == "nobody" else "what it rests on differs, and nobody was found for whom it does"

    # --- as the solver sees it

    def _wanted(self, aspect: Aspect, code: str) -> z3.BoolRef:
        """Return of whom an aspect may differ."""
        if aspect == "state":
            return self._differ(code, lambda plans: _state(code, plans))
        if aspect == "open":
            return self._differ(code, lambda plans: _quiet(code, plans))
        there = every(_shown(code, plans) for plans in (self.old, self.new))
        return every((there, self._differ(code, lambda plans: _marks(aspect, code, plans))))

    def _differ(self, code: str, marks: Marked) -> z3.BoolRef:
        one, other = marks(self.old), marks(self.new)
        keys = dict.fromkeys((*one, *other))
        return some(_apart(one.get(key, NO), other.get(key, NO)) for key in keys)

    # --- as the evaluator sees it

    def _find(self, code: str, aspect: Aspect, wanted: z3.BoolRef, *, brief: bool = False) -> Answer:
        if z3.is_false(wanted):
            return Answer("nobody")
        return self.search.find(wanted, lambda witness: self._confirmed(code, aspect, witness), brief=brief)

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


def _apart(one: z3.BoolRef, other: z3.BoolRef) -> z3.BoolRef:
    return NO if one.eq(other) else z3.Xor(one, other)


# --- marks: what an aspect rests on, by what is said


def _given(code: str, plans: Plans) -> Marks:
    """Return when an item is proposed: a patient who gets it in one version alone says most."""
    item, added = plans.items.get(code), some(plans.added.get(code, ()))
    return {"proposed": added if item is None else some((item.proposed, added))}


def _state(code: str, plans: Plans) -> Marks:
    item = plans.items.get(code)
    return {**_given(code, plans), "blocked": NO if item is None else item.blocked}


def _quiet(code: str, plans: Plans) -> Marks:
    item = plans.items.get(code)
    return {
        "there": _shown(code, plans),
        "open": NO if item is None else some(_is_open(each, plans) for each in item.given),
    }


def _is_open(given: Given, plans: Plans) -> z3.BoolRef:
    """Return that a rule waits for its indication, or for the age that its doses need."""
    indicated, barred = plans.encoder.indicated(given.node), plans.encoder.barred(given.node)
    waits = every((no(indicated.true), no(indicated.false), no(barred.true)))
    proposed, held = plans.outcome(given.node)
    return some((waits, every((some((proposed, held)), no(some((given.proposed, given.held)))))))


def _shown(code: str, plans: Plans) -> z3.BoolRef:
    item, added = plans.items.get(code), some(plans.added.get(code, ()))
    return added if item is None else shown(item, added)


def _marks(aspect: Aspect, code: str, plans: Plans) -> Marks:
    item = plans.items.get(code)
    if item is None:
        return {}
    if aspect == "dose":
        return dict(_doses(item, plans))
    found: dict[object, z3.BoolRef] = {}
    for each in item.given:
        for key in _levels(each) if aspect == "urgency" else [_days(each)]:
            found[key] = some((found.get(key, NO), each.proposed, each.held))
    return found


def _levels(given: Given) -> tuple[str, ...]:
    """Return the urgencies that an item has at least reached with what a rule gives."""
    return URGENCIES[1 : URGENCIES.index(given.action.urgency) + 1]


def _days(given: Given) -> object:
    return given.action.after_days, given.action.within_days, given.action.with_questionnaire


def _doses(item: Stated, plans: Plans) -> Iterator[tuple[object, z3.BoolRef]]:
    """Yield what decides the doses of an item: its own, those safety gives instead, and other items that give more."""
    found: dict[object, z3.BoolRef] = {}
    for each in item.given:
        dose = tuple((drug, given.dose, given.frequency, given.route) for drug, given in sorted(each.doses.items()))
        found[dose] = some((found.get(dose, NO), item.counts(each)))
    for hazard in item.hazards:
        if hazard.instead:
            found[hazard.instead] = some((found.get(hazard.instead, NO), every((hazard.here, hazard.rails.true))))
    program = plans.encoder.program
    for drug in item.drugs:
        maximum = program.edition.formulary.medicines[drug].max_daily
        found["maximum", drug, maximum, program.drugs.members[drug]] = item.present
    yield from found.items()
    for other in plans.items.values():
        if other is not item and (set(other.drugs) & set(item.drugs) or _meet(item, other, plans)):
            yield ("beside", other.code), other.present
            yield ("before", other.code), other.asked


def _meet(item: Stated, other: Stated, plans: Plans) -> bool:
    return bool(item.drugs and other.drugs and meetings(item.drugs, other.drugs, plans.encoder.program))


def _inputs(code: str, plans: Plans) -> Marks:
    """Return all that an item rests on: where none of it differs, nothing of the item does."""
    item = plans.items.get(code)
    if item is None:
        return {}
    found: dict[object, z3.BoolRef] = {}
    for each in item.given:
        for state, so in (("proposed", each.proposed), ("held", each.held)):
            key = plain(each.action), state
            found[key] = some((found.get(key, NO), so))
    for hazard in item.hazards:
        rails = hazard.rails
        for truth, so in (("true", rails.true), ("unknown", every((no(rails.true), no(rails.false))))):
            said = hazard.severity, hazard.add, hazard.instead, truth
            found[said] = some((found.get(said, NO), every((hazard.here, so))))
    return found | dict(_doses(item, plans))

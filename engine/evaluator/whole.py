"""A whole plan beside what is already taken, checked five ways: each finds nothing, finds something, or cannot tell.

What cannot be told is named: a check that could not be made is never a check that found nothing.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations
from math import ceil
from typing import Literal

from engine.compiler.program import Program, Scope
from engine.compiler.walk import scope_of
from engine.doses import is_as_needed, read_dose, shown
from engine.evaluator.safety import list_fact
from engine.facts import CaseFacts, CodeSet, Text
from engine.maximum import DailySum, daily_sums
from engine.merge import current
from engine.plan import Item, Plan

Name = Literal["interactions", "duplicates", "doses", "diet", "burden"]
State = Literal["clear", "found", "unknown"]
PAIR = "+"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a check found: in words of the formulary where it has some, and the items or medicines it is about."""

    about: tuple[str, ...]  # codes of items, or ingredients
    because: Text
    amounts: str = ""  # of a sum: what is given and what is the most


@dataclass(frozen=True, slots=True)
class Check:
    """One check of the whole plan; ``missing`` are facts, ``unread`` medicines of which something cannot be told."""

    name: Name
    found: tuple[Finding, ...] = ()
    missing: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    counted: int = 0  # what was looked at: medicines, sums, diets; of the burden, pieces on a full day

    @property
    def state(self) -> State:
        """What it comes to; what was found stands before what could not be told."""
        if self.found:
            return "found"
        return "unknown" if self.missing or self.unread else "clear"


@dataclass(frozen=True, slots=True)
class _Desk:
    """What the checks look at: the items that are not blocked, what is taken, and the fact that says so."""

    program: Program
    items: tuple[Item, ...]
    taken: CodeSet | None
    fact: str

    @property
    def given(self) -> dict[str, str]:
        """Every ingredient the plan gives, with the item that gives it."""
        return {dose.ingredient: item.code for item in self.items for dose in item.doses}

    @property
    def drugs(self) -> tuple[str, ...]:
        """Return the medicines already taken, by ingredient."""
        known, brands = self.program.edition.formulary.medicines, self.program.edition.formulary.brands
        codes = sorted(self.taken.codes) if self.taken is not None else []
        parts = (brands[code].ingredients if code in brands else (code,) for code in codes)
        return tuple(dict.fromkeys(drug for each in parts for drug in each if drug in known))

    @property
    def unlisted(self) -> tuple[str, ...]:
        """Return the list of medicines taken where nobody asked for it, or where it is not whole."""
        return () if self.taken is not None and self.taken.complete else (self.fact,)


def checks(program: Program, case: CaseFacts, plan: Plan) -> tuple[Check, ...]:
    """Return the five checks of a plan, always in the same order; what is blocked is no part of it."""
    scope = scope_of(program, case)
    fact = list_fact("medications", scope)
    items = tuple(item for item in plan.items if item.state != "blocked")
    desk = _Desk(program, items, current(scope.alarmed.values, fact), fact)
    return _interactions(desk), _duplicates(desk), _doses(desk, scope), _diet(desk), _burden(desk)


def _interactions(desk: _Desk) -> Check:
    """Return the pairs that meet, in the plan and with what is taken; one whose other side is not known is missing."""
    pairs = [(item, each) for item in desk.items for each in item.safety if PAIR in each.subject]
    found: dict[frozenset[str], Finding] = {}
    for _item, each in pairs:
        if each.truth:
            sides = tuple(each.subject.split(PAIR))
            found.setdefault(frozenset(sides), Finding(sides, each.because))
    missing = [fact for _item, each in pairs if each.truth is None for fact in each.facts or (desk.fact,)]
    missing += desk.unlisted if desk.given else ()
    return Check("interactions", tuple(found.values()), _once(missing), counted=len(desk.given))


def _duplicates(desk: _Desk) -> Check:
    """Return what is given twice: an ingredient, or two of one class, in the plan or with what is taken."""
    found = [*_twice_in_plan(desk), *_twice_with_taken(desk)]
    missing = desk.unlisted if desk.given else ()
    return Check("duplicates", tuple(found), _once(missing), counted=len(desk.given))


def _twice_in_plan(desk: _Desk) -> Iterator[Finding]:
    for (first, one), (second, other) in combinations(sorted(desk.given.items()), 2):
        shared = _class_of(desk.program, first)
        if one != other and shared and shared == _class_of(desk.program, second):
            yield Finding((first, second), desk.program.edition.formulary.classes[shared].title)


def _twice_with_taken(desk: _Desk) -> Iterator[Finding]:
    medicines = desk.program.edition.formulary.medicines
    for drug in sorted(desk.given):
        for other in desk.drugs:
            shared = _class_of(desk.program, drug)
            if other == drug:
                yield Finding((drug, drug), medicines[drug].title)
            elif shared and shared == _class_of(desk.program, other):
                yield Finding((drug, other), desk.program.edition.formulary.classes[shared].title)


def _class_of(program: Program, drug: str) -> str:
    medicine = program.edition.formulary.medicines.get(drug)
    first = medicine.classes[0] if medicine is not None and medicine.classes else ""
    return first if first in program.edition.formulary.classes else ""


def _doses(desk: _Desk, scope: Scope) -> Check:
    """Return the sums of a day above their maximum; a sum or a maximum nobody knows is told as unread."""
    doses = [dose for item in desk.items for dose in item.doses]
    sums = daily_sums(doses, scope.program, desk.taken, desk.fact)
    found = [Finding((each.ingredient,), _title(desk.program, each.ingredient), _amounts(each)) for each in sums
             if each.is_above]  # fmt: skip
    missing = [fact for each in sums for fact in each.waiting]
    unread = [each.ingredient for each in sums if not each.is_above and (each.total is None or each.most is None)]
    return Check("doses", tuple(found), _once(missing), _once(unread), counted=len(sums))


def _amounts(each: DailySum) -> str:
    return f"{shown(each.total)} > {shown(each.most)}" if each.total and each.most else ""


def _title(program: Program, drug: str) -> Text:
    medicine = program.edition.formulary.medicines.get(drug)
    return medicine.title if medicine is not None else {}


def _diet(desk: _Desk) -> Check:
    """Return what the plan says about eating that contradicts something else it says, or a medicine taken."""
    specs = desk.program.edition.vocabulary.codes
    found: dict[frozenset[str], Finding] = {}
    for item in desk.items:
        for conflict in item.conflicts:
            kind, _, other = conflict.partition(":")
            if kind == "opposed" and "diet" in (item.kind, other.partition(":")[0]):
                title = specs[item.code].title if item.code in specs else item.title
                found.setdefault(frozenset((item.code, other)), Finding((item.code, other), title))
    diets = [item for item in desk.items if item.kind == "diet"]
    against_drugs = any(
        each.startswith("drug:") for item in diets if item.code in specs for each in specs[item.code].opposed
    )
    return Check("diet", tuple(found.values()), desk.unlisted if against_drugs else (), counted=len(diets))


def _burden(desk: _Desk) -> Check:
    """Return how many pieces there are to take on a full day, at the least: one an intake.

    What is taken as needed is not counted; what says no frequency is told as unread.
    """
    pieces, unread = 0, []
    for drug, dose, often in _to_take(desk):
        if is_as_needed(dose, often):
            continue
        times = read_dose(dose, often).per_day
        if times is None:
            unread.append(drug)
        else:
            pieces += ceil(times)
    return Check("burden", (), desk.unlisted, _once(unread), counted=pieces)


def _to_take(desk: _Desk) -> Iterator[tuple[str, str, str]]:
    """Yield each medicine of the plan, and of those taken each that the plan does not give, with its dose."""
    for item in desk.items:
        yield from ((dose.ingredient, dose.dose, dose.frequency) for dose in item.doses)
    details = desk.taken.details if desk.taken is not None else {}
    for drug in desk.drugs:
        if drug not in desk.given:
            yield drug, str(details.get(drug, {}).get("dose") or ""), ""


def _once(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(names))


__all__ = ["Check", "Finding", "checks"]

"""A dose that is one of a few, each with when it is the one: merging and safety are followed through all of them."""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import Literal, NamedTuple

import z3

from engine.analysis.rails import NO, YES, every, no, some
from engine.doses import in_unit, is_as_needed, read_dose
from engine.merge import daily_of, higher, lowered
from engine.plan import Dose


class Amount(NamedTuple):
    """A dose as a plan says it, without its texts."""

    dose: str
    frequency: str
    route: str
    days: int | None

    def __str__(self) -> str:
        return f"{self.dose} {self.frequency}"


Choice = Mapping[Amount | None, z3.BoolRef]
"""Every dose of a medicine that an item may come to, each with when it is the one; None: the item gives none."""
NOTHING: Choice = {None: YES}
Sum = Literal["clear", "none", "told", "above"]


def amount_of(dose: Dose) -> Amount:
    return Amount(dose.dose, dose.frequency, dose.route, dose.duration_days)


def _dose(amount: Amount) -> Dose:
    return Dose("", amount.dose, amount.frequency, amount.route, {}, amount.days)


@lru_cache(4096)
def gives_more(one: Amount, other: Amount) -> bool:
    """Return whether the second of two doses is taken where both are given."""
    first, second = _dose(one), _dose(other)
    return higher(first, second) is second


@lru_cache(4096)
def instead(known: Amount, dose: str) -> Amount:
    """Return what is given where safety asks for a dose in place of another."""
    return amount_of(lowered(_dose(known), dose))


@lru_cache(4096)
def daily(amount: Amount, unit: str) -> Fraction | None:
    """Return what a dose comes to in a day, None if nobody can tell."""
    found = daily_of(_dose(amount))
    return None if found is None else in_unit(found, unit)


@lru_cache(4096)
def is_single(amount: Amount, limit: tuple[Fraction, str]) -> bool:
    """Return whether a dose is taken as needed and within its daily maximum by itself."""
    text = read_dose(amount.dose, amount.frequency)
    if text.amount is None or text.unit is None or not is_as_needed(amount.dose, amount.frequency):
        return False
    own = in_unit((text.amount, text.unit), limit[1])
    return own is not None and own <= limit[0]


def changed(choice: Choice, when: z3.BoolRef, become: Callable[[Amount | None], Amount | None]) -> Choice:
    """Return what a dose is after ``become`` changed it, if ``when`` is so."""
    if z3.is_false(when):
        return choice
    found: dict[Amount | None, list[z3.BoolRef]] = {}
    for amount, here in choice.items():
        other = become(amount)
        found.setdefault(other, []).append(here if other == amount else every((here, when)))
        if other != amount:
            found.setdefault(amount, []).append(every((here, no(when))))
    return {amount: some(parts) for amount, parts in found.items() if not z3.is_false(some(parts))}


def joined(choice: Choice, when: z3.BoolRef, own: Amount) -> Choice:
    """Return the dose where a rule that gives ``own`` comes to those before it, if ``when`` is so."""
    return changed(choice, when, lambda known: own if known is None or gives_more(known, own) else known)


def given(choice: Choice) -> z3.BoolRef:
    """Return that a medicine is given at all."""
    return no(choice[None]) if None in choice else YES


def differ(one: Choice, other: Choice) -> z3.BoolRef:
    """Return that two versions give another dose."""
    keys = dict.fromkeys((*one, *other))
    return some(apart(one.get(key, NO), other.get(key, NO)) for key in keys)


def apart(one: z3.BoolRef, other: z3.BoolRef) -> z3.BoolRef:
    """Return that one of two is so and the other is not."""
    return NO if one.eq(other) else z3.Xor(one, other)

"""Where a value lies of which one end alone is known: only what holds of every value it may be is said of it."""

from fractions import Fraction

from engine.facts import FactSpec
from webapp.patients.bounds import Bound
from webapp.results.catalogue import Analyte, Limits, canonical
from webapp.results.flags import Flag


def side_of(bound: Bound, limits: Limits, spec: FactSpec | None) -> Flag:
    """Return the side of a range on which every such value lies; UNSURE where some would lie on another."""
    if _all_below(bound, limits.low):
        return Flag.LOW
    if _all_above(bound, limits.high):
        return Flag.HIGH
    low, high = (_least(spec, limits.unit), bound.end) if bound.is_below else (bound.end, None)
    above = limits.low is None or (low is not None and low >= limits.low)
    below = limits.high is None or (high is not None and high <= limits.high)
    return Flag.NORMAL if above and below else Flag.UNSURE


def critical_of(bound: Bound, known: Analyte, spec: FactSpec | None, unit: str) -> Flag | None:
    """Return whether every such value is critical, or only some are, which a doctor has to hear of as well."""
    end = canonical(spec, bound.end, unit)
    if known.critical is None or end is None:
        return None
    told, (low, high) = Bound(bound.comparator, end), _critical_ends(known.critical, spec)
    if _all_below(told, low):
        return Flag.CRITICAL_LOW
    if _all_above(told, high):
        return Flag.CRITICAL_HIGH
    some = low is not None if told.is_below else high is not None
    return Flag.MAYBE_CRITICAL if some else None


def _critical_ends(limits: Limits, spec: FactSpec | None) -> list[Fraction | None]:
    return [None if end is None else canonical(spec, end, limits.unit) for end in (limits.low, limits.high)]


def _all_below(bound: Bound, limit: Fraction | None) -> bool:
    if limit is None or not bound.is_below:
        return False
    return bound.end < limit or (bound.is_strict and bound.end == limit)


def _all_above(bound: Bound, limit: Fraction | None) -> bool:
    if limit is None or bound.is_below:
        return False
    return bound.end > limit or (bound.is_strict and bound.end == limit)


def _least(spec: FactSpec | None, unit: str) -> Fraction | None:
    """Return the least that is measured: nothing, where no value below nothing is possible; None where one is."""
    rule = spec.units.get(unit) if spec else None
    span = rule.plausible if rule else spec.range if spec else None
    return Fraction(0) if span is not None and span[0] >= 0 else None

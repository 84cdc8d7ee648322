"""What is known of each analyte beside the vocabulary: kind, the range of adults, critical limits, words proposed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from engine.facts import FactSpec
from webapp.results.models import Kind

FILE = Path(__file__).with_name("analytes.yaml")
WORDS = 60  # of an explanation, at most
Sexes = {"female": "F", "male": "M"}


@dataclass(frozen=True, slots=True)
class Limits:
    """Two ends in a unit; None is open."""

    low: Fraction | None
    high: Fraction | None
    unit: str

    @property
    def is_open(self) -> bool:
        return self.low is None and self.high is None


@dataclass(frozen=True, slots=True)
class Analyte:
    """One analyte. ``usual``: by sex, "F", "M" or "any"; ``marked``: words that count as out of range."""

    name: str
    kind: str
    usual: Sequence[tuple[str, Limits]] = ()
    critical: Limits | None = None
    marked: frozenset[str] = frozenset()
    proposed: Mapping[str, str] | None = None


@lru_cache(maxsize=1)
def analytes() -> Mapping[str, Analyte]:
    """Return all of them by name."""
    told = yaml.safe_load(FILE.read_text(encoding="utf-8"))["analytes"]
    return {name: _analyte(name, given) for name, given in told.items()}


def analyte(name: str) -> Analyte:
    """Return one; of an analyte nobody described, blood without range, limits or words."""
    return analytes().get(name) or Analyte(name, Kind.BLOOD)


def _analyte(name: str, given: Mapping[str, Any]) -> Analyte:
    return Analyte(
        name,
        Kind(given["kind"]),
        tuple((one["sex"], _limits(one)) for one in given.get("usual", ())),
        _limits(given["critical"]) if "critical" in given else None,
        frozenset(given.get("marked", ())),
        given.get("proposed"),
    )


def _limits(given: Mapping[str, Any]) -> Limits:
    low, high = (_exact(given.get(end)) for end in ("low", "high"))
    return Limits(low, high, given["unit"])


def _exact(value: Any) -> Fraction | None:
    """Return a number as it is written, not as a float holds it."""
    return None if value is None else Fraction(str(value))


def canonical(spec: FactSpec | None, value: Fraction, unit: str) -> Fraction | None:
    """Return a value in the unit of the vocabulary; None where nobody knows how to convert it."""
    if spec is None or unit in ("", spec.unit):
        return value
    rule = spec.units.get(unit)
    return value * rule.factor + rule.offset if rule else None


def converted(spec: FactSpec | None, value: Fraction, unit: str, wanted: str) -> Fraction | None:
    """Return a value in another unit of the same analyte; None where nobody knows how."""
    if unit == wanted:
        return value
    plain = canonical(spec, value, unit)
    if plain is None or spec is None or wanted in ("", spec.unit):
        return plain
    rule = spec.units.get(wanted)
    return (plain - rule.offset) / rule.factor if rule else None

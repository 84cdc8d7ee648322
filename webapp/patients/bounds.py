"""A value of which a laboratory tells one end alone: "<30" or ">=1000". It is kept as such, and is no number.

The comparators are those of FHIR (``valueQuantity.comparator``). Whoever needs a number takes such a value for unknown.
"""

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}
_SPELLED = {"=<": "<=", "=>": ">=", "≤": "<=", "≥": ">=", "⩽": "<=", "⩾": ">="}
_TYPED = re.compile(r"\s*(<=|=<|>=|=>|[<>≤≥⩽⩾])\s*(.*)", re.DOTALL)
_KEPT = re.compile(r"(<=|>=|<|>)(\d{1,13}(?:\.\d{1,20})?)")


@dataclass(frozen=True, slots=True)
class Bound:
    """One end of a value: the value lies below it, above it, or at most or at least on it."""

    comparator: str
    end: Fraction

    @property
    def is_below(self) -> bool:
        return self.comparator.startswith("<")

    @property
    def is_strict(self) -> bool:
        return not self.comparator.endswith("=")

    @property
    def sign(self) -> str:
        return SIGNS[self.comparator]


def typed(text: str) -> tuple[str, str] | None:
    """Return the comparator that a typed value begins with, and the rest; None for a value without one."""
    found = _TYPED.match(text)
    return (_SPELLED.get(found[1], found[1]), found[2]) if found else None


def bound_of(value: Any) -> Bound | None:
    """Return the end that a kept value tells; None for a number, and for words."""
    found = _KEPT.fullmatch(value) if isinstance(value, str) else None
    return Bound(found[1], Fraction(found[2])) if found else None

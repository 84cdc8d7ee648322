"""Numbers and units as people write them, exact: no float ever moves a value off its threshold.

A unit belongs to a dimension; inside one dimension the conversion is a plain ratio. Whatever depends on the
substance (creatinine mg/dL to umol/L) is declared with the fact in the vocabulary, never here.
"""

import re
from collections.abc import Mapping
from fractions import Fraction
from functools import lru_cache
from types import MappingProxyType

from engine.errors import PautaError

Unit = str
COUNT = "count"
_HOUR, _DAY = Fraction(3600), Fraction(86400)
_MONTH = _DAY * Fraction(487, 16)  # 30.4375 days: a twelfth of 365.25

# dimension -> unit -> how many base units it holds
_DIMENSIONS: Mapping[str, Mapping[Unit, Fraction]] = {
    COUNT: dict.fromkeys(("points", "points_0_100", "days_in_last_7", "ratio", "count", "times"), Fraction(1)),
    "label": dict.fromkeys(
        ("bool", "category", "qualitative", "bristol_types_by_day", "score_1_5_by_day"), Fraction(1)
    ),
    "percent": {"%": Fraction(1), "%points": Fraction(1)},
    "parts per million": {"ppm": Fraction(1)},
    "parts per thousand": {"permil": Fraction(1)},
    "time": {
        "ms": Fraction(1, 1000), "s": Fraction(1), "min": Fraction(60), "hours": _HOUR, "days": _DAY,
        "weeks": 7 * _DAY, "months": _MONTH, "years": 12 * _MONTH,
    },
    "mass": {
        "kg": Fraction(1000), "g": Fraction(1), "mg": Fraction(1, 10**3), "ug": Fraction(1, 10**6),
        "ng": Fraction(1, 10**9), "pg": Fraction(1, 10**12),
    },
    "length": {"m": Fraction(1), "cm": Fraction(1, 100), "mm": Fraction(1, 1000)},
    "volume": {"L": Fraction(1), "dL": Fraction(1, 10), "mL": Fraction(1, 1000)},
    "cell volume": {"fL": Fraction(1)},
    "mass concentration": {
        "g/L": Fraction(1), "g/dL": Fraction(10), "mg/L": Fraction(1, 10**3), "mg/dL": Fraction(1, 100),
        "ug/L": Fraction(1, 10**6), "ug/dL": Fraction(1, 10**5), "ug/mL": Fraction(1, 10**3),
        "ng/mL": Fraction(1, 10**6), "ng/dL": Fraction(1, 10**8), "ng/L": Fraction(1, 10**9),
        "pg/mL": Fraction(1, 10**9),
    },
    "urea nitrogen": {"mg/dL_BUN": Fraction(1)},
    "urea (mass)": {"mg/dL_urea": Fraction(1)},
    "urea (substance)": {"mmol/L_urea": Fraction(1)},
    "substance concentration": {
        "mol/L": Fraction(1000), "mmol/L": Fraction(1), "umol/L": Fraction(1, 10**3), "nmol/L": Fraction(1, 10**6),
        "pmol/L": Fraction(1, 10**9),
    },
    "charge concentration": {"mEq/L": Fraction(1)},
    "substance ratio": {"mmol/mol": Fraction(1)},
    "osmolality": {"mOsm/kg": Fraction(1)},
    "activity": {"U": Fraction(1), "kU": Fraction(1000)},
    "activity concentration": {
        "U/mL": Fraction(1000), "kU/L": Fraction(1000), "U/L": Fraction(1), "mU/L": Fraction(1, 1000),
        "uU/mL": Fraction(1, 1000),
    },
    "times the upper limit": {"xULN": Fraction(1)},
    "cells": {
        "10^12/L": Fraction(1000), "10^6/uL": Fraction(1000), "10^9/L": Fraction(1), "10^3/uL": Fraction(1),
        "/uL": Fraction(1, 1000), "/mm3": Fraction(1, 1000),
    },
    "mass fraction": {"mg/g": Fraction(1000), "ug/g": Fraction(1), "mg/kg": Fraction(1)},
    "haemoglobin in faeces": {"ugHb/g": Fraction(1)},
    "haemoglobin in buffer": {"ngHb/mL": Fraction(1)},
    "pressure": {"mmHg": Fraction(1)},
    "temperature": {"degC": Fraction(1)},
    "sedimentation": {"mm/h": Fraction(1)},
    "body mass index": {"kg/m2": Fraction(1)},
    "flow": {"mL/min": Fraction(1)},
    "indexed flow": {"mL/min/1.73m2": Fraction(1)},
    "energy": {"kcal": Fraction(1)},
    "rate": {"/min": 24 * Fraction(60), "/hour": Fraction(24), "/day": Fraction(1), "/week": Fraction(1, 7)},
    "daily mass": {"g/day": Fraction(1000), "mg/day": Fraction(1), "ug/day": Fraction(1, 1000)},
}  # fmt: skip

SIZES: Mapping[Unit, tuple[str, Fraction]] = MappingProxyType(
    {unit: (dimension, size) for dimension, units in _DIMENSIONS.items() for unit, size in units.items()}
)
ALIASES: Mapping[str, Unit] = MappingProxyType({
    "year": "years", "month": "months", "mo": "months", "week": "weeks", "wk": "weeks", "day": "days", "d": "days",
    "hour": "hours", "h": "hours", "minutes": "min", "minute": "min", "seconds": "s", "second": "s", "msec": "ms",
    "percent": "%", "mcg": "ug", "mcg/L": "ug/L", "mcg/g": "ug/g", "l": "L", "ml": "mL", "dl": "dL",
    "mg/dl": "mg/dL", "g/dl": "g/dL", "g/l": "g/L", "mg/l": "mg/L", "mmol/l": "mmol/L", "umol/l": "umol/L",
    "ng/ml": "ng/mL", "pg/ml": "pg/mL", "U/l": "U/L", "IU": "U", "IU/L": "U/L", "UI/L": "U/L", "IU/mL": "U/mL",
    "mIU/L": "mU/L", "cells/uL": "/uL", "x10^9/L": "10^9/L", "10*9/L": "10^9/L", "10*3/uL": "10^3/uL",
    "[ppm]": "ppm", "[pH]": "ratio", "1": "ratio", "INR": "ratio", "mm[Hg]": "mmHg", "Cel": "degC", "°C": "degC",
    "bpm": "/min", "{beats}/min": "/min", "ug Hb/g": "ugHb/g", "ng Hb/mL": "ngHb/mL", "mg/d": "mg/day",
    "‰": "permil", "xUNL": "xULN", "kg/m^2": "kg/m2",
})  # fmt: skip

NUMBER = r"[0-9]+(?:\.[0-9]+)?"  # \d would take the digits of every script
_PLAIN = re.compile(r"[+-]?\d{1,15}(?:\.\d{1,15})?(?:[eE][+-]?\d{1,2})?", re.ASCII)
_RATIO = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,15})?)\s*/\s*(\d{1,15}(?:\.\d{1,15})?)", re.ASCII)
_AMOUNT = re.compile(r"([+-]?\d{1,15}(?:\.\d{1,15})?)\s*(\S.*)?", re.ASCII | re.DOTALL)
_BETWEEN = re.compile(r"(.+?)\s*\.\.\s*(.+)", re.DOTALL)


class UnitError(PautaError):
    """A number or a unit that cannot be read, or two units that measure different things."""


def spelled(text: str) -> Unit | None:
    """Return the one spelling we use for a unit (``µg/dl`` is ``ug/dL``), or None if nobody knows it."""
    plain = text.strip().replace("µ", "u").replace("μ", "u").replace("²", "2").replace("⁹", "^9")
    return plain if plain in SIZES else ALIASES.get(plain)


def unit_words() -> tuple[str, ...]:
    """Return every way to write a unit, longest first, for the number token of expressions and hints."""
    return tuple(sorted({*SIZES, *ALIASES, "µg", "µg/g", "µg/L"}, key=lambda unit: (-len(unit), unit)))


def dimension(unit: Unit | None) -> str:
    """Return what a unit measures; no unit is a count."""
    return COUNT if unit is None else SIZES[unit][0]


def comparable(left: Unit | None, right: Unit | None) -> bool:
    """Return whether two units measure the same thing."""
    return dimension(left) == dimension(right)


def ratio(source: Unit | None, target: Unit | None) -> Fraction:
    """Return the exact factor from ``source`` to ``target``; raise UnitError if they measure different things."""
    if not comparable(source, target):
        raise UnitError("P108", f"{source or 'a count'} and {target or 'a count'} measure different things")
    size = Fraction(1) if source is None else SIZES[source][1]
    return size if target is None else size / SIZES[target][1]


def convert(value: Fraction, source: Unit | None, target: Unit | None) -> Fraction:
    """Return ``value`` in ``target``; exact."""
    return value * ratio(source, target)


@lru_cache(maxsize=4096)
def number(text: str) -> Fraction:
    """Return a decimal number as an exact fraction; raise UnitError for anything else, NaN and infinity included."""
    plain = text.strip()
    if not _PLAIN.fullmatch(plain):
        raise UnitError("P110", f'"{plain[:40]}" is not a number', _comma_hint(plain))
    return Fraction(plain)


def factor(text: str) -> Fraction:
    """Return a conversion factor: a decimal (``88.4``) or an exact ratio (``1/88.4``)."""
    found = _RATIO.fullmatch(text.strip())
    if found is None:
        return number(text)
    below = Fraction(found[2])
    if not below:
        raise UnitError("P110", f'"{text.strip()}" divides by zero')
    return Fraction(found[1]) / below


def amount(text: str) -> tuple[Fraction, Unit | None]:
    """Return number and unit of a text such as ``13 g/dL``; raise UnitError if either cannot be read."""
    found = _AMOUNT.fullmatch(text.strip())
    if found is None:
        raise UnitError("P110", f'"{text.strip()[:40]}" is not a number', _comma_hint(text))
    value = number(found[1])
    if found[2] is None:
        return value, None
    unit = spelled(found[2])
    if unit is None:
        raise UnitError("P110", f'"{found[2][:40]}" is not a known unit', _comma_hint(text))
    return value, unit


def span(text: str) -> tuple[Fraction, Fraction]:
    """Return both ends of a range such as ``30 .. 220``; raise UnitError if it is none or runs backwards."""
    found = _BETWEEN.fullmatch(text.strip())
    if found is None:
        raise UnitError("P110", f'"{text.strip()[:40]}" is not a range', "Write low .. high, for example 30 .. 220.")
    low, high = number(found[1]), number(found[2])
    if low > high:
        raise UnitError("P122", f"the range {text.strip()} runs backwards", "Write the lower end first.")
    return low, high


def days(text: str) -> int:
    """Return a duration such as ``8 weeks`` in whole days (a month counts 30.4375); raise UnitError if it is none."""
    value, unit = amount(text)
    return whole_days(value, unit)


def whole_days(value: Fraction, unit: Unit | None) -> int:
    """Return a duration in whole days; raise UnitError if the unit is not one of time or the duration is negative."""
    if unit is None or dimension(unit) != "time" or value < 0:
        raise UnitError("P108", "this is not a duration", "Write for example 8 weeks.")
    return round(convert(value, unit, "days"))


def written(value: Fraction, places: int = 4) -> str:
    """Return a number as people write it: ``5``, ``2.67``, ``0.3333``."""
    if value.denominator == 1:
        return str(value.numerator)
    text = f"{float(value):.{places}f}".rstrip("0").rstrip(".")
    return text if text not in {"0", "-0"} else f"{float(value):.3g}"


def _comma_hint(text: str) -> str:
    return "Write decimals with a point: 12.5, not 12,5." if re.search(r"\d,\d", text) else ""

"""The diary of a case: one entry a day, null where nothing was filled in; its figures are computed again."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from engine.facts import Conflict, Origin, Series, Value
from engine.language.case_values import Reading, day, exact

SERIES = {"pain_0_10": "diary_pain", "bloating_0_10": "diary_bloating", "heartburn_0_10": "diary_heartburn"}
STOOLS = "diary_stools"
_KEYS = ("days", "until", "stools_bristol", "derived", *SERIES)
_ROUNDED = Fraction(51, 1000)  # a percentage given with one decimal

Stools = list[tuple[int, ...] | None]


def put_diary(reading: Reading, raw: object) -> None:
    """Read the diary; its derived figures are recomputed, and a difference is shown as a conflict."""
    _put_days_filled(reading, 0)  # no diary on file is known: none of its days was filled in
    if raw is None:
        return
    if not isinstance(raw, Mapping):
        reading.refuse("C007", "the diary is not an object", "Send null if there is no diary.")
        return
    for key in raw:
        if key not in _KEYS:
            reading.refuse("C002", f'diary: the name "{str(key)[:40]}" is not known', f"Use: {', '.join(_KEYS)}.")
    days = _days(reading, raw)
    until = day(reading, raw.get("until"), "diary.until") or reading.as_of
    for key in SERIES:
        _put_series(reading, key, raw.get(key), days, until)
    stools = _stools(reading, raw.get("stools_bristol"), days)
    if stools is not None:
        _put_stools(reading, stools, until)
        _put_derived(reading, stools, raw.get("derived"))


def _put_days_filled(reading: Reading, days: int) -> None:
    if "diary_days_filled" in reading.vocabulary.facts:
        reading.values["diary_days_filled"] = Value(Fraction(days), Origin("diary", given="computed from the days"))


def _days(reading: Reading, raw: Mapping[str, object]) -> int | None:
    days = raw.get("days")
    if days is None:
        return next((len(value) for key in _KEYS if isinstance(value := raw.get(key), list)), None)
    if isinstance(days, bool) or not isinstance(days, int) or not 0 < days <= 400:
        reading.refuse("C007", "diary.days: a number of days is expected")
        return None
    return days


def _list(reading: Reading, raw: object, days: int | None, key: str) -> list[object] | None:
    if raw is None:
        return None
    if not isinstance(raw, list) or (days is not None and len(raw) != days):
        hint = "Send one entry a day; null is a day not filled in."
        reading.refuse("C007", f"diary.{key}: a list of {days or 'all'} days is expected", hint)
        return None
    return raw


def _put_series(reading: Reading, key: str, raw: object, days: int | None, until: date | None) -> None:
    values = _list(reading, raw, days, key)
    if values is None:
        return
    read = [None if value is None else exact(reading, value, f"diary.{key}") for value in values]
    if any(value is not None and not 0 <= value <= 10 for value in read):
        reading.refuse("C007", f"diary.{key}: a day lies outside 0 to 10", "Send numbers from 0 to 10, or null.")
    fact = SERIES[key]
    if fact in reading.vocabulary.facts:
        reading.values[fact] = Series(tuple(read), Origin("diary", given=f"{_filled(read)} days"), until)


def _put_stools(reading: Reading, stools: Stools, until: date | None) -> None:
    """Keep the stools of each day as a series that may hold several values a day."""
    if STOOLS in reading.vocabulary.facts:
        entries = tuple(None if kinds is None else tuple(map(Fraction, kinds)) for kinds in stools)
        filled = sum(entry is not None for entry in entries)
        reading.values[STOOLS] = Series(entries, Origin("diary", given=f"{filled} days"), until)


def _filled(days: list[Fraction | None]) -> int:
    return sum(value is not None for value in days)


def _stools(reading: Reading, raw: object, days: int | None) -> Stools | None:
    entries = _list(reading, raw, days, "stools_bristol")
    if entries is None:
        return None
    stools: Stools = []
    for entry in entries:
        if entry is None:
            stools.append(None)
        elif isinstance(entry, list) and all(_bristol(kind) for kind in entry):
            stools.append(tuple(entry))
        else:
            hint = "Send a list of Bristol types 1 to 7 a day: [] is a day without stool, null one not filled in."
            reading.refuse("C007", "diary.stools_bristol: a day cannot be read", hint)
            return None
    return stools


def _bristol(kind: object) -> bool:
    return isinstance(kind, int) and not isinstance(kind, bool) and 1 <= kind <= 7


def _put_derived(reading: Reading, stools: Stools, given: object) -> None:
    types = [kind for kinds in stools if kinds is not None for kind in kinds]
    figures: dict[str, Fraction] = {
        "days_filled": Fraction(sum(kinds is not None for kinds in stools)),
        "n_stools": Fraction(len(types)),
    }
    if types:
        figures["pct_bristol_1_2"] = Fraction(100 * sum(kind <= 2 for kind in types), len(types))
        figures["pct_bristol_6_7"] = Fraction(100 * sum(kind >= 6 for kind in types), len(types))
    claimed = given if isinstance(given, Mapping) else {}
    for name, value in figures.items():
        origin = Origin("diary", given="computed from the days")
        if f"diary_{name}" in reading.vocabulary.facts:
            reading.values[f"diary_{name}"] = Value(value, origin)
        _compare(reading, name, value, claimed.get(name))


def _compare(reading: Reading, name: str, value: Fraction, claimed: object) -> None:
    """Note a derived figure that differs from what the days say by more than its rounding."""
    if claimed is None:
        return
    said = exact(reading, claimed, f"diary.derived.{name}")
    if said is not None and abs(said - value) > (_ROUNDED if name.startswith("pct") else 0):
        first = Origin("diary", given="computed from the days")
        reading.conflicts.append(Conflict(f"diary_{name}", first, Origin("diary.derived", given=str(claimed))))

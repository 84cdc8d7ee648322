"""One value of a case: read by the type of its fact, made canonical, queried when it cannot be right."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine import units
from engine.errors import CaseError, PautaError
from engine.facts import (
    CodeSet,
    Conflict,
    Entry,
    FactSpec,
    FactValue,
    Missing,
    Origin,
    Series,
    UnitRule,
    UnknownBecause,
    Value,
    Vocabulary,
    fold,
)
from engine.formulary import Formulary
from engine.language.spelling import nearest

NUMERIC = ("integer", "decimal", "quantity")
DONT_KNOW = ("dont_know", "don't know", "unknown", "no lo sé", "no_se")
_WORDS = {"yes": True, "no": False, "true": True, "false": False, "sí": True, "si": True}
_COMPARATOR = re.compile(r"\s*[<>≤≥]=?\s*\d")
_NO_UNIT = ("qualitative", "category", "bool")
_LIMIT = Fraction(10**15)


@dataclass
class Reading:
    """A case while it is read: what was found, and every slip of it."""

    vocabulary: Vocabulary
    formulary: Formulary
    as_of: date | None = None
    values: dict[str, FactValue] = field(default_factory=dict)
    series: dict[str, Series] = field(default_factory=dict)
    queries: list[str] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    errors: list[tuple[str, str, str]] = field(default_factory=list)

    def refuse(self, code: str, message: str, hint: str = "") -> None:
        """Note a slip; the case is refused once all of them are known. Never with a patient's value."""
        self.errors.append((code, message, hint))

    def query(self, fact: str) -> None:
        """Note that a value or its unit must be asked about."""
        if fact not in self.queries:
            self.queries.append(fact)

    def raise_errors(self) -> None:
        """Raise one CaseError with every slip, if there is any."""
        if self.errors:
            hints = dict.fromkeys(hint for _, _, hint in self.errors if hint)
            said = "; ".join(
                f"{message} ({code})" if i else message for i, (code, message, _) in enumerate(self.errors)
            )
            raise CaseError(self.errors[0][0], said, " ".join(hints))

    def spec(self, name: str, section: str) -> FactSpec | None:
        """Return the fact a name of a case stands for; ``visit2_alt`` is alt at visit 2."""
        facts = self.vocabulary.facts
        spec = facts.get(name) or facts.get(re.sub(r"^visit[1-9]\d?_", "", name))
        if spec is None:
            hint = nearest(name, facts) or "Use the names of the vocabulary."
            self.refuse("C002", f'{section}: the name "{name[:60]}" is not known', hint)
            return None
        return spec if spec.name == name else replace(spec, name=name)

    def put(self, name: str, value: FactValue) -> None:
        """Record a value; a second one that differs is a conflict, and then neither is taken."""
        first = self.values.get(name)
        if first is None or isinstance(first, Missing):
            self.values[name] = value
        elif isinstance(first, Value) and isinstance(value, Value) and first.value != value.value:
            self.clash(name, first.origin, value.origin)

    def note_queries(self) -> None:
        """Fill the facts ``<name>_queried`` that the vocabulary declares: whether a value must be asked about."""
        for name in self.vocabulary.queried:
            if name not in self.values:
                asked = name.removesuffix("_queried") in self.queries
                self.values[name] = Value(asked, Origin("case", given="checked on reading"))

    def clash(self, name: str, first: Origin, second: Origin) -> None:
        """Record that two sources disagree: the fact is unknown until somebody says which is right."""
        self.conflicts.append(Conflict(name, first, second))
        self.query(name)
        self.values[name] = Missing("queried", first, was=f"{first.given} / {second.given}")


def put_answer(reading: Reading, name: str, raw: object, section: str) -> None:
    """Read one named value of a section: plain, or an object with value, unit and date."""
    spec = reading.spec(name, section)
    given, unit, dated = unpacked(reading, raw, f"{section}.{name}")
    if spec is None or given is None:
        return
    value = read_value(reading, spec, given, Origin(section, dated, _shown(given), unit))
    if value is not None:
        reading.put(name, value)
        put_grade(reading, spec, given, value)


def unpacked(reading: Reading, raw: object, where: str) -> tuple[Any, str | None, date | None]:
    """Return value, unit and date of an answer."""
    if not isinstance(raw, Mapping):
        return raw, None, None
    for key in raw:
        if key not in ("value", "unit", "date", "name", "note", "status"):
            reading.refuse("C002", f'{where}: the key "{str(key)[:40]}" is not known', "Use value, unit and date.")
    unit = raw.get("unit")
    if unit is not None and not isinstance(unit, str):
        reading.refuse("C003", f"{where}: the unit is not a text")
        unit = None
    return raw.get("value"), unit, day(reading, raw.get("date"), where)


def day(reading: Reading, raw: object, where: str) -> date | None:
    """Return a date; one that cannot be read or lies after the case is a slip."""
    if raw is None:
        return None
    found = _iso(raw)
    if found is None:
        reading.refuse("C006", f"{where}: the date cannot be read", "Write dates as 2026-01-31.")
    elif reading.as_of is not None and found > reading.as_of:
        reading.refuse("C006", f"{where}: the date lies after as_of", "Correct the date, or as_of.")
        return None
    return found


def _iso(raw: object) -> date | None:
    if isinstance(raw, date):
        return raw
    if not isinstance(raw, str) or not re.match(r"\d{4}-\d\d-\d\d($|[T ])", raw):
        return None
    try:
        return date.fromisoformat(raw[:10])
    except ValueError:
        return None


def read_value(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    """Return a value by the type of its fact, Missing if it must be asked about or is too old, None if it is a slip."""
    value = read_of_any_day(reading, spec, given, origin)
    return value if value is None or isinstance(value, Missing) else fresh(reading, spec, value)


def read_of_any_day(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    """Return a value by the type of its fact, however old it is."""
    if isinstance(given, str) and given.strip().casefold() in DONT_KNOW and given not in spec.choices:
        return Missing("dont_know", origin)
    return _READERS[spec.type](reading, spec, given, origin)


def fresh(reading: Reading, spec: FactSpec, value: FactValue) -> FactValue:
    """Return the value, or Missing if it is too old on the day of the case."""
    origin = value.origin
    if reading.as_of is None or spec.fresh_for_days is None or origin is None or origin.dated is None:
        return value
    if not isinstance(value, Value) or (reading.as_of - origin.dated).days <= spec.fresh_for_days:
        return value
    positive = spec.red_flag and value.value is True
    return Missing("stale", origin, was=origin.given, positive_before=positive)


def _where(spec: FactSpec, origin: Origin) -> str:
    return f"{origin.section}.{spec.name}"


def _wrong(reading: Reading, spec: FactSpec, origin: Origin, expected: str, hint: str = "") -> None:
    reading.refuse("C003", f"{_where(spec, origin)}: {expected} is expected", hint)


def _yes_no(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    if isinstance(given, bool):
        return Value(given, origin)
    if isinstance(given, str) and given.strip().casefold() in _WORDS:
        return Value(_WORDS[given.strip().casefold()], origin)
    if isinstance(given, str) and not re.fullmatch(r"\s*\d+\s*", given):
        _wrong(reading, spec, origin, "yes or no")
        return None
    number = exact(reading, given, _where(spec, origin))
    return None if number is None else Value(number > 0, origin)


def put_grade(reading: Reading, spec: FactSpec, given: Any, value: FactValue) -> None:
    """Keep the number a yes/no answer was given as, in the fact that holds grades."""
    grade = reading.vocabulary.facts.get(spec.grade or "")
    if grade is None or isinstance(given, bool) or not isinstance(value, Value) or str(given).casefold() in _WORDS:
        return
    number = read_value(reading, grade, given, value.origin)
    if number is not None:
        reading.put(grade.name, number)


def exact(reading: Reading, given: Any, where: str) -> Fraction | None:
    """Return a number exactly as written; NaN, infinity and numbers beyond all bounds are slips."""
    if isinstance(given, bool) or not isinstance(given, int | float | Decimal | Fraction | str):
        reading.refuse("C003", f"{where}: a number is expected")
        return None
    if isinstance(given, float) and not math.isfinite(given):
        reading.refuse("C004", f"{where}: NaN and infinity are no values", "Send null if it is unknown.")
        return None
    try:
        number = Fraction(given) if isinstance(given, int | Fraction) else units.number(_plain(given))
    except PautaError as error:
        reading.refuse("C003", f"{where}: a number is expected", error.hint)
        return None
    if abs(number) >= _LIMIT:
        reading.refuse("C004", f"{where}: the number is out of all bounds", "Send null if it is unknown.")
        return None
    return number


def _plain(given: float | Decimal | str) -> str:
    return repr(given) if isinstance(given, float) else str(given)


def _number(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    if isinstance(given, str):
        return _written(reading, spec, given, origin)
    number = exact(reading, given, _where(spec, origin))
    return None if number is None else canonical(reading, spec, number, origin)


def _written(reading: Reading, spec: FactSpec, given: str, origin: Origin) -> FactValue | None:
    """Read a number given as text: ``13 g/dL``; a laboratory's "<30" is kept and asked about."""
    if _COMPARATOR.match(given):
        return queried(reading, spec, origin)
    number, _, unit = given.strip().partition(" ")
    value = exact(reading, number, _where(spec, origin))
    if value is None:
        return None
    return canonical(reading, spec, value, replace(origin, unit=unit.strip()) if unit.strip() else origin)


def queried(reading: Reading, spec: FactSpec, origin: Origin, because: UnknownBecause = "queried") -> Missing:
    """Return an unknown that must be asked about, and note it."""
    reading.query(spec.name)
    return Missing(because, origin, was=f"{origin.given} {origin.unit or ''}".strip())


def canonical(reading: Reading, spec: FactSpec, number: Fraction, origin: Origin) -> FactValue | None:
    """Return a number in the unit of its fact; what is implausible or in an unknown unit is queried, not converted."""
    rule = _rule(spec, origin)
    if rule is None:
        return queried(reading, spec, origin)
    value = number * rule.factor + rule.offset
    outside = spec.range is not None and not spec.range[0] <= value <= spec.range[1]
    implausible = rule.plausible is not None and not rule.plausible[0] <= number <= rule.plausible[1]
    if outside or implausible:
        return queried(reading, spec, origin)
    if spec.type == "integer" and value.denominator != 1:
        _wrong(reading, spec, origin, "a whole number")
        return None
    return Value(value, origin)


def _rule(spec: FactSpec, origin: Origin) -> UnitRule | None:
    """Return how the given unit becomes canonical; without a unit only a laboratory value is in doubt."""
    own = spec.units.get(spec.unit or "") or UnitRule(spec.unit or "", Fraction(1))
    if origin.unit is None or origin.unit in _NO_UNIT:
        doubtful = origin.section == "labs" and spec.unit is not None and units.dimension(spec.unit) != units.COUNT
        return None if doubtful else own
    unit = units.spelled(origin.unit)
    if unit is None:
        return None
    if unit == spec.unit or (units.dimension(spec.unit) == units.COUNT and _is_count(unit)):
        return own
    return spec.units.get(unit)


def _is_count(unit: str) -> bool:
    return units.dimension(unit) in (units.COUNT, "label", "percent", "time", "rate")


def _choice(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    if not isinstance(given, str):
        _wrong(reading, spec, origin, "a choice")
        return None
    found = given if given in spec.choices else next((code for code in spec.choices if fold(given) == code), None)
    if found is None:
        hint = f"Use one of: {', '.join(spec.choices)}."
        reading.refuse("C008", f"{_where(spec, origin)}: this is not one of its choices", hint)
        return None
    return Value(found, origin)


def _text(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    if not isinstance(given, str):
        _wrong(reading, spec, origin, "a text")
        return None
    return Value(given, origin)


def _date(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    found = _iso(given)
    if found is None:
        reading.refuse("C006", f"{_where(spec, origin)}: the date cannot be read", "Write dates as 2026-01-31.")
        return None
    return Value(found, origin)


def _set(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    if not isinstance(given, list | tuple) or not all(isinstance(code, str) for code in given):
        _wrong(reading, spec, origin, "a list of codes", "Send [] if there is none, null if nobody asked.")
        return None
    for code in given:
        if spec.choices and code not in spec.choices:
            hint = f"Use: {', '.join(spec.choices)}."
            reading.refuse("C008", f"{_where(spec, origin)}: this is not one of its choices", hint)
    return CodeSet(frozenset(given), origin)


def _series(reading: Reading, spec: FactSpec, given: Any, origin: Origin) -> FactValue | None:
    if not isinstance(given, list | tuple):
        _wrong(reading, spec, origin, "a list with one value a day", "null is a day not recorded.")
        return None
    where = _where(spec, origin)
    days = tuple(_day_entry(reading, spec, entry, where) for entry in given)
    every = [value for day in days if day is not None for value in (day if isinstance(day, tuple) else (day,))]
    if spec.range is not None and not all(spec.range[0] <= value <= spec.range[1] for value in every):
        reading.refuse("C007", f"{where}: a day lies outside the scale", f"Use {_span(spec.range)}.")
    return Series(days, origin, origin.dated or reading.as_of)


def _day_entry(reading: Reading, spec: FactSpec, entry: Any, where: str) -> Entry | None:
    """Return one day of a series: null is a day not recorded, [] one on which there was nothing."""
    if entry is None:
        return None
    if not spec.several:
        return exact(reading, entry, where)
    if not isinstance(entry, list | tuple):
        reading.refuse("C007", f"{where}: a list of values a day is expected", "null is a day not recorded.")
        return None
    numbers = (exact(reading, each, where) for each in entry)
    return tuple(number for number in numbers if number is not None)


def _span(ends: tuple[Fraction, Fraction]) -> str:
    return f"{units.written(ends[0])} .. {units.written(ends[1])}"


def _shown(given: object) -> str:
    if isinstance(given, bool):
        return "yes" if given else "no"
    return str(given)


_READERS = {
    "yes_no": _yes_no, "integer": _number, "decimal": _number, "quantity": _number, "choice": _choice, "text": _text,
    "date": _date, "set": _set, "series": _series,
}  # fmt: skip

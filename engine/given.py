"""Facts written in a protocol's own tests ("age: 40 years"), read by the vocabulary into a case."""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from engine.errors import CaseError
from engine.facts import CaseFacts, CodeSet, FactSpec, FactValue, Origin, Series, Value, Vocabulary, fold
from engine.formulary import Formulary
from engine.units import amount, comparable, convert

_YES_NO = {"yes": True, "no": False, "true": True, "false": False}
_ORIGIN = Origin("test")


def given_case(name: str, given: Mapping[str, object], vocabulary: Vocabulary, formulary: Formulary) -> CaseFacts:
    """Return a case from facts by name, as a test gives them; what is not given is unknown.

    Raises CaseError for a name or a value that cannot be read. A male patient is neither pregnant nor breastfeeding.
    """
    values: dict[str, FactValue] = {}
    for fact, raw in given.items():
        if fact not in vocabulary.facts:
            raise CaseError("C021", f'there is no fact "{fact}"', "Give facts by their name in the vocabulary.")
        spec = vocabulary.facts[fact]
        if raw is not None and str(raw) not in {"unknown", "null"}:
            values |= _read(spec, raw, vocabulary, formulary)
    sex = values.get("sex")
    if isinstance(sex, Value) and sex.value == "male":
        no = Value(value=False, origin=_ORIGIN)
        values = {**{fact: no for fact in ("pregnant", "breastfeeding") if fact in vocabulary.facts}, **values}
    return CaseFacts(name, None, values)


def _read(spec: FactSpec, raw: object, vocabulary: Vocabulary, formulary: Formulary) -> dict[str, FactValue]:
    """Return the fact, and with a yes/no given as a number also its grade."""
    origin = Origin("test", given=str(raw))
    if spec.type == "set":
        return {spec.name: _set(spec, raw, formulary)}
    if spec.type == "series":
        days = tuple(None if str(day) in {"None", "null"} else Fraction(str(day)) for day in _list(raw))
        return {spec.name: Series(days, origin)}
    if spec.type == "yes_no" and str(raw).lower() not in _YES_NO:
        grade = _number(spec, str(raw))
        found: dict[str, FactValue] = {spec.name: Value(grade > 0, origin)}
        if spec.grade is not None and spec.grade in vocabulary.facts:
            found[spec.grade] = Value(grade, origin)
        return found
    return {spec.name: Value(_scalar(spec, str(raw)), origin)}


def _scalar(spec: FactSpec, text: str) -> bool | Fraction | str | date:
    match spec.type:
        case "yes_no":
            return _YES_NO[text.lower()]
        case "choice":
            if text not in spec.choices:
                raise _unread(spec, text, f"Use one of: {', '.join(spec.choices)}.")
            return text
        case "date":
            return date.fromisoformat(text)
        case "text":
            return text
    return _number(spec, text)


def _number(spec: FactSpec, text: str) -> Fraction:
    """Return a number in the fact's own unit."""
    try:
        value, unit = amount(text)
    except ValueError as problem:
        raise _unread(spec, text, str(problem)) from problem
    if unit is None or unit == spec.unit:
        return value
    rule = spec.units.get(unit)
    if rule is not None:
        return value * rule.factor + rule.offset
    if not comparable(unit, spec.unit):
        raise _unread(spec, text, f"It is kept in {spec.unit or 'counts'}.")
    return convert(value, unit, spec.unit)


def _set(spec: FactSpec, raw: object, formulary: Formulary) -> CodeSet:
    codes: dict[str, Mapping[str, object]] = {}
    for entry in _list(raw):
        details = dict(entry) if isinstance(entry, Mapping) else {}
        word = str(details.get("drug") or details.get("code") or details.get("name") or entry)
        code = word if word in spec.choices else formulary.names.get(fold(word))
        if code is None:
            raise _unread(spec, word, "Use a choice of the fact, or a medicine, class or brand of the formulary.")
        codes[code] = details
    return CodeSet(frozenset(codes), Origin("test", given=str(raw)), details=codes)


def _list(raw: object) -> list[object]:
    if isinstance(raw, (list, tuple)):
        return list(raw)
    text = str(raw).strip()
    return [] if text in {"", "[]", "none"} else [part.strip() for part in text.strip("[]").split(",")]


def _unread(spec: FactSpec, text: str, hint: str) -> CaseError:
    return CaseError("C022", f'"{text}" is not a value of "{spec.name}"', hint)

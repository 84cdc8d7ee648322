"""Scores of a plan, scores at a visit, and one score by its own inputs as the score command gives them."""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal
from fractions import Fraction
from math import isfinite

from engine.compiler.doubts import doubted
from engine.compiler.program import UNKNOWN, Given, Program, Scope, ScoreProgram, Total, Unknown
from engine.compiler.reading import fits, is_known, padded_end
from engine.compiler.score_results import score_result
from engine.compiler.scoring import analyse, total
from engine.compiler.walk import score_state
from engine.errors import CaseError
from engine.evaluator.written import alarmed_score
from engine.facts import Entry, FactValue, Missing, Value
from engine.language.documents import ScoreInput
from engine.plan import ScoreResult
from engine.units import COUNT, UnitError, amount, dimension, spelled

_EVERYBODY = frozenset({"age", "sex", "pregnant", "breastfeeding", "weight_kg", "height_cm", "bmi"})
_LISTS = frozenset({"allergy", "medication", "history", "family_history"})
_VISIT = re.compile(r"visit(\d{1,3})_(.+)")
_MEASURED = frozenset({"labs", "vitals"})
_YES, _NO = frozenset({"yes", "true", "sí", "si"}), frozenset({"no", "false"})


def case_scores(scope: Scope) -> dict[str, ScoreResult]:
    """Return every score that the case says something about, visits included."""
    results: dict[str, ScoreResult] = {}
    for name, program in scope.program.scores.items():
        if _is_for_adults(program, scope):
            continue
        said = scope.alarmed
        if any(is_known(fact, said) or _is_queried(said.values.get(fact)) for fact in _own_facts(program)):
            result = alarmed_score(name, scope)
            if _says_something(result, program, said):
                results[name] = result
        results |= {result.name: result for result in _visits(program, scope)}
    return dict(sorted(results.items()))


def _is_for_adults(program: ScoreProgram, scope: Scope) -> bool:
    return program.score.adults_only and scope.adult is False


def _is_queried(value: FactValue | None) -> bool:
    return isinstance(value, Missing) and value.because == "queried"


def _facts(program: ScoreProgram) -> frozenset[str]:
    return frozenset(fact for facts in program.reads.values() for fact in facts)


def _own_facts(program: ScoreProgram) -> frozenset[str]:
    """Return the facts that make a score worth showing: what everybody's record holds does not."""
    facts = _facts(program)
    return facts - _EVERYBODY - _LISTS or facts


def _says_something(result: ScoreResult, program: ScoreProgram, scope: Scope) -> bool:
    """Return whether a score is worth a line: decided, mostly answered, or about something the patient has.

    A haemoglobin alone would otherwise show every score of bleeding, each with nearly all of it missing.
    """
    if result.status != "incomplete" or result.band is not None:
        return True
    own = _own_facts(program)
    reading = [facts for facts in program.reads.values() if own.intersection(facts)]
    return 2 * len(result.missing) <= len(reading) or any(_is_told(scope.values.get(fact)) for fact in own)


def _is_told(value: FactValue | None) -> bool:
    """Return whether somebody told of it, and did not say no or none: measured values are everybody's."""
    if not isinstance(value, Value) or (value.origin.section in _MEASURED):
        return False
    return value.value > 0 if isinstance(value.value, bool | Fraction) else True


def _visits(program: ScoreProgram, scope: Scope) -> Iterator[ScoreResult]:
    """Yield the score at each visit that brought one of its values; values of another date are not mixed in."""
    facts = _facts(program)
    dated: dict[int, dict[str, FactValue]] = {}
    for name, value in scope.values.items():
        found = _VISIT.fullmatch(name)
        if found and found[2] in facts and not (isinstance(value, Missing) and value.because == "not_asked"):
            dated.setdefault(int(found[1]), {})[found[2]] = value
    elsewhere = {fact for values in dated.values() for fact in values}
    for visit in sorted(dated):
        kept = {name: value for name, value in scope.values.items() if _keeps(name, value, elsewhere)}
        there = Scope(scope.program, {**kept, **dated[visit]}, scope.adult)
        yield score_state(program, there, f"{program.score.name}_visit{visit}").result


def _keeps(name: str, value: FactValue, elsewhere: set[str]) -> bool:
    origin = value.origin
    return name not in elsewhere and (origin is None or origin.section not in _MEASURED)


class Queried(Exception):
    """A value that must be asked about before it is used."""


def score(program: Program, name: str, inputs: Mapping[str, object]) -> ScoreResult:
    """Return one score from its own inputs, ``{"value":, "unit":}`` each, or bare values in the score's own unit.

    Raises CaseError for a score or an input nobody declared. A value that is implausible, out of range or
    in a unit the score does not accept is queried, never converted silently.
    """
    known = program.scores.get(name)
    if known is None:
        raise CaseError("C010", f'there is no score "{name}"', _names(program.scores))
    for key in inputs:
        if key not in known.score.inputs:
            raise CaseError("C010", f'score "{name}" has no input "{key}"', _names(known.score.inputs))
    given: list[Given] = []
    queried: list[str] = []
    for item in known.score.inputs.values():
        try:
            given.append(_given(item, inputs.get(item.name), known))
        except Queried:
            queried.append(item.name)
    asked = tuple(queried) or doubted(known, given)
    if asked:
        return ScoreResult(name, None, None, "reject_or_query", query=asked)
    return _result(known, given, name)


def _names(known: Mapping[str, object]) -> str:
    return f"Known names: {', '.join(sorted(known))}."


def _result(program: ScoreProgram, given: list[Given], name: str) -> ScoreResult:
    result = score_result(program, analyse(program, given), name)
    if result.status == "ok" and result.value is None and program.score.value is not None:
        numbers = [item for item, value in zip(program.names, given, strict=True) if not isinstance(value, Unknown)]
        return ScoreResult(name, None, None, "reject_or_query", query=tuple(numbers))
    return result


def _given(item: ScoreInput, raw: object, program: ScoreProgram) -> Given:
    """Return one input in the unit of the score; raise Queried if it must be asked about."""
    value, unit = (raw.get("value"), raw.get("unit")) if isinstance(raw, Mapping) else (raw, item.unit)
    if value is None or value == "unknown":
        return None if item.name in program.optional else UNKNOWN
    if item.type == "yes_no":
        return _yes_no(value)
    if item.type == "choice":
        return _choice(item, value)
    if item.type == "series":
        return _entries(item, value, unit)
    return _checked(item, _number(item, value, unit), program)


def _yes_no(value: object) -> Total:
    if isinstance(value, bool):
        return value
    if isinstance(value, (int, float, Decimal)) and isfinite(value) and value >= 0:
        return value > 0  # a yes/no answer given as a number is its grade
    word = str(value).strip().lower()
    if word in _YES | _NO:
        return word in _YES
    raise Queried


def _choice(item: ScoreInput, value: object) -> Total:
    if isinstance(value, str) and value in item.choices:
        return value
    raise Queried


def _entries(item: ScoreInput, value: object, unit: object) -> Total:
    """Return a list in the order of time; a shorter one than the score looks at has days that were not filled in."""
    if not isinstance(value, (list, tuple)) or (item.days is not None and len(value) > item.days):
        raise Queried
    entries = [None if entry is None else _entry(item, entry, unit) for entry in value]
    return padded_end(tuple(entries), item.days)


def _entry(item: ScoreInput, entry: object, unit: object) -> Entry:
    if not item.several:
        return _listed(item, entry, unit)
    if not isinstance(entry, (list, tuple)):
        raise Queried
    return tuple(_listed(item, each, unit) for each in entry)


def _listed(item: ScoreInput, value: object, unit: object) -> Fraction:
    known = _number(item, value, item.unit if unit is None else unit)
    if not fits(known, item):
        raise Queried
    return known


def _number(item: ScoreInput, value: object, unit: object) -> Fraction:
    """Return a number in the score's unit, within what is plausible in the unit it was given in."""
    if isinstance(value, str):
        value, unit = _written(value, unit)
    if isinstance(value, bool) or not isinstance(value, (int, float, Decimal, Fraction)) or not isfinite(value):
        raise Queried
    exact = value if isinstance(value, Fraction) else Fraction(str(value))
    name = _unit_name(item, unit)
    plausible = item.plausible.get(name)
    if plausible is not None and not plausible[0] <= exact <= plausible[1]:
        raise Queried
    return exact * item.units.get(name, Fraction(1))


def _written(text: str, unit: object) -> tuple[object, object]:
    try:
        value, own = amount(text)
    except UnitError as problem:
        raise Queried from problem
    return value, own or unit


def _unit_name(item: ScoreInput, unit: object) -> str:
    """Return the accepted unit a value is in. Without one, a quantity that knows several units must be asked about."""
    own = item.unit or ""
    if unit is None:
        if len({own, *item.units}) > 1:
            raise Queried
        return own
    for name in (str(unit), spelled(str(unit))):
        if name is not None and (name == own or name in item.units):
            return name
    known = spelled(str(unit))
    if known is None or dimension(known) != COUNT or dimension(item.unit) != COUNT:
        raise Queried
    return own  # counts have many names: points, ratio, days of the last seven


def _checked(item: ScoreInput, value: Fraction, program: ScoreProgram) -> Total:
    if item.type == "integer" and value.denominator != 1:
        raise Queried
    if item.range is not None and not item.range[0] <= value <= item.range[1]:
        raise Queried
    if item.name == "age" and program.score.adults_only and value < 18:
        raise Queried  # no adult score under 18
    return total(value)

"""A past case as a patient of a test: what the protocol reads and no more, its days moved, its age in a band.

Free text, names, numbers and days of the calendar are left out by construction: only facts of the vocabulary are
written, in their own units and codes, and a day only by how far it lies before the case.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from fractions import Fraction
from typing import Any

from engine.cohort.reads import DAYS, LISTED, Cones
from engine.compiler import Program
from engine.errors import PautaError
from engine.facts import CaseFacts, CodeSet, FactSpec, FactValue, Series, Value
from engine.language.cases import read_case, read_example
from engine.units import written
from webapp.plans import case as cases
from webapp.studio import new_tests

AS_OF = date(2026, 1, 1)  # the day every case is moved to
BAND, OLD, GROWN = 5, 90, 18  # years
ALWAYS = frozenset({"sex"})
SAFETY = ("allergy", "medication")  # what stops a medicine is read there
UNKNOWN_ENTRY = {"name": None, "text": "?"}
Given = dict[str, Any]


def given_of(case: Mapping[str, Any], program: Program, protocol: str) -> Given:
    """Return a stored case as the ``given`` of a test of one protocol; raise PautaError where it cannot be read."""
    edition = program.edition
    facts = read_case(cases.fit(case, edition), edition.vocabulary, edition.formulary)
    read = _read_by(program, protocol)
    given = dict(_entries(facts, read, program))
    if any(_has_days(facts.values.get(name), facts, name) for name in given):
        given = {"as_of": AS_OF.isoformat(), **given}
    return _banded(given, program, protocol)


def _read_by(program: Program, protocol: str) -> frozenset[str]:
    """Return the facts that can decide a rule of the protocol, and what makes its medicines unsafe."""
    cones = Cones(program)
    rules = [node.name for node in program.rules if node.protocol.name == protocol]
    found = frozenset[str]().union(*(cones.rule(name) for name in rules))
    plain = {name.removeprefix(DAYS).removeprefix(LISTED) for name in found}
    return frozenset((*plain, *ALWAYS, *SAFETY))


def _entries(facts: CaseFacts, read: frozenset[str], program: Program) -> Iterator[tuple[str, Any]]:
    moved = (facts.as_of - AS_OF) if facts.as_of else timedelta(0)
    for name, spec in program.edition.vocabulary.facts.items():
        if name not in read or spec.type == "text":
            continue
        several = facts.series.get(name)
        said = _said(several if several is not None and several.dates else facts.values.get(name), spec, moved)
        if said is not None:
            yield name, said


def _has_days(value: FactValue | None, facts: CaseFacts, name: str) -> bool:
    several = facts.series.get(name)
    of_days = several is not None and bool(several.dates)
    return of_days or (isinstance(value, Value) and isinstance(value.value, date))


def _said(value: FactValue | None, spec: FactSpec, moved: timedelta) -> Any:
    """Return a value as a test writes it, None for what is unknown."""
    match value:
        case Value():
            return _scalar(value, spec, moved)
        case CodeSet():
            return [*sorted(value.codes), *([] if value.complete else [UNKNOWN_ENTRY])]
        case Series(dates=()):
            return [_one(each) for each in value.values]
        case Series():
            pairs = zip(value.values, value.dates, strict=True)
            return [{"value": _number(each, spec), "date": (day - moved).isoformat()} for each, day in pairs]
    return None


def _scalar(value: Value, spec: FactSpec, moved: timedelta) -> Any:
    match value.value:
        case bool():
            return "yes" if value.value else "no"
        case Fraction():
            return _number(value.value, spec)
        case date():
            return (value.value - moved).isoformat()
    return value.value if spec.type == "choice" else None  # any other text is in somebody's words


def _number(value: Any, spec: FactSpec) -> str:
    return f"{written(value)} {spec.unit}" if spec.unit else written(value)


def _one(entry: Any) -> Any:
    if isinstance(entry, Sequence):
        return [written(one) for one in entry]
    return None if entry is None else written(entry)


def _banded(given: Given, program: Program, protocol: str) -> Given:
    """Return a patient with the age of a band where that brings the same; nobody is told to be older than ninety."""
    age = given.get("age", "")
    years = int(age.partition(" ")[0]) if isinstance(age, str) and age.partition(" ")[0].isdecimal() else None
    if years is None:
        return given
    banded = given | {"age": f"{min(years - years % BAND, OLD)} years"}
    if years >= GROWN and _brings(banded, program, protocol) == _brings(given, program, protocol):
        return banded
    return given | {"age": f"{min(years, OLD)} years"}


def _brings(given: Given, program: Program, protocol: str) -> Mapping[str, Any] | None:
    try:
        read_example(given, program.edition.vocabulary, program.edition.formulary)
        return new_tests.expected(program, protocol, given)
    except PautaError:
        return None

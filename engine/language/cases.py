"""One case as the clinic sends it, read into facts: units made canonical, doubtful values queried, nothing guessed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from engine import units
from engine.errors import CaseError, PautaError
from engine.facts import CaseFacts, FactSpec, Missing, Origin, Series, Value, Vocabulary
from engine.formulary import Formulary
from engine.language.case_diary import put_diary
from engine.language.case_lists import doubt_allergies, put_list
from engine.language.case_treatments import FACTS as TREATMENT_FACTS
from engine.language.case_treatments import SECTION as TREATMENTS
from engine.language.case_treatments import put_named, put_treatments
from engine.language.case_values import (
    NUMERIC,
    Reading,
    canonical,
    fresh,
    put_answer,
    put_grade,
    read_of_any_day,
    unpacked,
)
from engine.language.case_values import day as read_day
from engine.language.spelling import nearest

LISTS = ("allergies", "medications", "history", "family_history")
FREE_TEXT = ("alcohol", "diet", "medicines_badly_tolerated", "other", "plans", "stools", "weight")
ANSWERS = ("questionnaire", "free_text", "labs", "vitals", "diary", "decided")
SECTIONS = ("id", "as_of", "patient", *LISTS, TREATMENTS, *ANSWERS)
# What sample cases carry for people; the engine does not read it.
REMARKS = ("title", "traps", "expected", "rationale", "sources", "source", "note", "kind")
_PATIENT = {"age_years": "age"}
CHILDBEARING = (12, 55)
"""Years of age, both inclusive, in which a woman is asked about pregnancy and breastfeeding before it is judged."""


def read_case(raw: Mapping[str, object], vocabulary: Vocabulary, formulary: Formulary) -> CaseFacts:
    """Return the facts of a case; raise CaseError with every slip of it in one message.

    Null and absent are unknown. A list ``[]`` means asked and none. Values with a date are judged on ``as_of``.
    """
    reading = Reading(vocabulary, formulary)
    if not isinstance(raw, Mapping):
        raise CaseError("C001", "the case is not an object", "Send one JSON object a line.")
    _refuse_sections(reading, raw)
    reading.as_of = _as_of(reading, raw.get("as_of"))
    _put_patient(reading, raw.get("patient"))
    for section in LISTS:
        put_list(reading, section, raw.get(section))
    for section in ("questionnaire", "vitals"):
        for name, value in _object(reading, raw.get(section), section).items():
            put_answer(reading, name, value, section)
    put_treatments(reading, raw.get(TREATMENTS))
    doubt_allergies(reading)
    _put_labs(reading, raw.get("labs"))
    put_diary(reading, raw.get("diary"))
    free_text = _free_text(reading, raw.get("free_text"))
    decided = _decided(reading, raw.get("decided"))
    return replace(_finished(reading, _id(reading, raw.get("id")), free_text), decided=decided)


def read_example(given: Mapping[str, object], vocabulary: Vocabulary, formulary: Formulary) -> CaseFacts:
    """Return the facts of a protocol's own test: values as text by fact name, lists by the name of their set.

    ``hb: 13 g/dL``, ``dysphagia: no``, ``medication: [warfarin]``; what is not given is unknown.
    Raises CaseError with every slip.
    """
    reading = Reading(vocabulary, formulary)
    reading.as_of = _as_of(reading, given.get("as_of"))
    for name, value in given.items():
        if name == TREATMENTS:
            put_treatments(reading, value)
        if name in ("as_of", TREATMENTS) or value is None:
            continue
        spec = reading.spec(name, "given")
        if spec is not None and spec.type == "set" and isinstance(value, list):
            _put_set(reading, spec, value)
        elif spec is not None and spec.type in NUMERIC and isinstance(value, list):
            _put_labs(reading, [_measured(name, each) for each in value])
        elif spec is not None:
            put_answer(reading, name, value, "given")
    _complete(reading)
    return _finished(reading, "", {})


def _measured(name: str, entry: object) -> object:
    """Return one of several values of a test, ``{value: 13 g/dL, date: 2026-01-31}``, as a laboratory sends it."""
    if not isinstance(entry, Mapping):
        return {"name": name, "value": entry}
    number, _, unit = str(entry.get("value", "")).partition(" ")
    return {"name": name, "value": number, "unit": unit or None, **{k: v for k, v in entry.items() if k != "value"}}


def score_inputs(given: Mapping[str, object]) -> dict[str, object]:
    """Return the inputs of a score's own test as the score command takes them: name -> value and unit."""
    return {name: _score_input(value) for name, value in given.items()}


def _score_input(value: object) -> dict[str, object]:
    if isinstance(value, Mapping):
        return {**_score_input(value.get("value")), **({"unit": value["unit"]} if value.get("unit") else {})}
    if not isinstance(value, str):
        return {"value": value, "unit": None}
    if value in ("yes", "no"):
        return {"value": value == "yes", "unit": None}
    try:
        number, unit = units.amount(value)
    except PautaError:
        return {"value": value, "unit": None}
    exact = number.numerator if number.denominator == 1 else Decimal(number.numerator) / number.denominator
    return {"value": exact, "unit": unit}


def _refuse_sections(reading: Reading, raw: Mapping[str, object]) -> None:
    for key in raw:
        if key not in SECTIONS and key not in REMARKS:
            hint = nearest(str(key), SECTIONS) or f"Use: {', '.join(SECTIONS)}."
            reading.refuse("C002", f'the section "{str(key)[:40]}" is not known', hint)


def _id(reading: Reading, raw: object) -> str:
    if raw is None:
        return ""
    if isinstance(raw, bool) or not isinstance(raw, str | int):
        reading.refuse("C001", "the id is neither a text nor a number", "Send a text.")
    return str(raw)


def _as_of(reading: Reading, raw: object) -> date | None:
    return read_day(reading, raw, "as_of")


def _object(reading: Reading, raw: object, section: str) -> dict[str, Any]:
    if raw is None:
        return {}
    if not isinstance(raw, Mapping):
        reading.refuse("C003", f"{section}: an object is expected", "Send {} or null if there is nothing.")
        return {}
    return {str(name): value for name, value in raw.items()}


def _free_text(reading: Reading, raw: object) -> dict[str, str]:
    found = {}
    for name, value in _object(reading, raw, "free_text").items():
        spec = reading.vocabulary.facts.get(name)
        if name not in FREE_TEXT and (spec is None or spec.type != "text"):
            hint = nearest(name, FREE_TEXT) or f"Use: {', '.join(FREE_TEXT)}."
            reading.refuse("C002", f'free_text: the name "{name[:40]}" is not known', hint)
        elif value is not None and not isinstance(value, str):
            reading.refuse("C003", f"free_text.{name}: a text is expected")
        elif value:
            found[name] = value
            if spec is not None and spec.type == "text":
                put_answer(reading, name, value, "free_text")
    return found


def _decided(reading: Reading, raw: object) -> frozenset[str]:
    """Return the facts that somebody of the clinic settled after reading what the patient wrote."""
    if raw is None:
        return frozenset()
    if not isinstance(raw, list | tuple) or not all(isinstance(name, str) for name in raw):
        reading.refuse("C003", "decided: a list of names is expected", "Send [] or null if there is none.")
        return frozenset()
    for name in raw:
        reading.spec(name, "decided")
    return frozenset(raw)


# --- the patient


def _put_patient(reading: Reading, raw: object) -> None:
    given = _object(reading, raw, "patient")
    born = given.pop("birth_date", None)
    for name, value in given.items():
        fact = _PATIENT.get(name, name)
        if value is not None or fact not in reading.vocabulary.facts:
            put_answer(reading, fact, value, "patient")
    if born is not None:
        _put_age(reading, born)
    _complete(reading)


def _put_age(reading: Reading, born: object) -> None:
    """Compute the age in whole years on the day of the case; a stated age that differs is a conflict."""
    birthday = read_day(reading, born, "patient.birth_date")
    if birthday is None or reading.as_of is None or "age" not in reading.vocabulary.facts:
        return
    today = reading.as_of
    years = today.year - birthday.year - ((today.month, today.day) < (birthday.month, birthday.day))
    stated = reading.values.get("age")
    if isinstance(stated, Value) and isinstance(stated.value, Fraction) and stated.value // 1 == years:
        return
    put_answer(reading, "age", years, "patient.birth_date")


def _complete(reading: Reading) -> None:
    """Add what follows from what is recorded: a man is not pregnant, weight and height give the body mass index."""
    for name in ("pregnant", "breastfeeding"):
        if name in reading.vocabulary.facts:
            _put_not_childbearing(reading, name)
    weight, height = _known(reading, "weight_kg"), _known(reading, "height_cm")
    spec = reading.vocabulary.facts.get("bmi")
    if spec is not None and weight and height and "bmi" not in reading.values:
        origin = Origin("patient", given="weight_kg and height_cm")
        value = canonical(reading, spec, weight / (height / 100) ** 2, origin)
        if value is not None:
            reading.values["bmi"] = value


def _put_not_childbearing(reading: Reading, name: str) -> None:
    """Record "no" for a man, and for an age outside 12 to 55 if nobody said otherwise: a recorded yes always stands."""
    sex, age, said = reading.values.get("sex"), _known(reading, "age"), reading.values.get(name)
    if isinstance(sex, Value) and sex.value == "male":
        reading.put(name, Value(False, Origin("patient", given="sex: male")))
        return
    open_question = said is None or (isinstance(said, Missing) and said.because != "queried")
    if open_question and age is not None and not CHILDBEARING[0] <= age < CHILDBEARING[1] + 1:
        reading.put(name, Value(False, Origin("patient", given="age outside 12 to 55 years")))


def _known(reading: Reading, name: str) -> Fraction | None:
    value = reading.values.get(name)
    return value.value if isinstance(value, Value) and isinstance(value.value, Fraction) else None


# --- laboratory


def _put_labs(reading: Reading, raw: object) -> None:
    """Read the laboratory values: the latest of each counts; two of one day that differ are a conflict."""
    if raw is None:
        return
    if not isinstance(raw, list | tuple):
        reading.refuse("C003", "labs: a list is expected", "Send [] or null if there is none.")
        return
    every: dict[str, list[Value | Missing]] = {}
    for number, entry in enumerate(raw):
        found = _lab(reading, entry, f"labs[{number}]")
        if found is not None:
            every.setdefault(found[0], []).append(found[1])
    for name, values in every.items():
        spec = reading.spec(name, "labs")
        if spec is not None:
            _put_repeated(reading, name, values)
            _put_newest(reading, name, [_aged(reading, spec, value) for value in values])


def _aged(reading: Reading, spec: FactSpec, value: Value | Missing) -> Value | Missing:
    aged = value if isinstance(value, Missing) else fresh(reading, spec, value)
    return aged if isinstance(aged, Value | Missing) else value


def _put_repeated(reading: Reading, name: str, values: list[Value | Missing]) -> None:
    """Keep the numbers of several days as a series, however old they are: a change over time reads them all."""
    found: dict[date, set[Fraction]] = {}
    for value in values:
        if isinstance(value, Value) and isinstance(value.value, Fraction) and value.origin.dated is not None:
            found.setdefault(value.origin.dated, set()).add(value.value)
    dated = {day: said.pop() for day, said in found.items() if len(said) == 1}  # two that differ: nobody knows which
    if dated:
        days = tuple(sorted(dated))
        origin = Origin("labs", days[-1], f"{len(days)} values")
        reading.series[name] = Series(tuple(dated[day] for day in days), origin, dates=days)


def _lab(reading: Reading, entry: object, where: str) -> tuple[str, Value | Missing] | None:
    if not isinstance(entry, Mapping) or not isinstance(entry.get("name"), str):
        reading.refuse("C003", f"{where}: an object with name, value and unit is expected")
        return None
    name = str(entry["name"])
    spec = reading.spec(name, where)
    given, unit, dated = unpacked(reading, entry, where)
    if spec is None or given is None:
        return None
    asked = len(reading.queries)
    value = read_of_any_day(reading, spec, given, Origin("labs", dated, str(given), unit))
    del reading.queries[asked:]  # an older value that looks wrong asks nothing: the newest is judged below
    if value is None or not isinstance(value, Value | Missing):
        return None
    put_grade(reading, spec, given, value)
    return name, value


def _put_newest(reading: Reading, name: str, values: list[Value | Missing]) -> None:
    """Put the value of the latest day; an undated value is current, so it comes after every dated one."""
    latest = max(values, key=_day_of)
    same = [value for value in values if _day_of(value) == _day_of(latest)]
    first = same[0]
    for other in same[1:]:
        if _said(other) != _said(first) and first.origin and other.origin:
            reading.clash(name, first.origin, other.origin)
            return
    if isinstance(first, Missing) and first.because == "queried":
        reading.query(name)
    reading.put(name, first)


def _day_of(value: Value | Missing) -> date:
    return value.origin.dated if value.origin and value.origin.dated else date.max


def _said(value: Value | Missing) -> object:
    return value.value if isinstance(value, Value) else value.was


# --- the end


def _put_set(reading: Reading, spec: FactSpec, value: list[object]) -> None:
    if spec.name in TREATMENT_FACTS:
        put_named(reading, spec.name, value)
        return
    section = next((name for name, fact in reading.vocabulary.lists.items() if fact == spec.name), None)
    if section is None:
        put_answer(reading, spec.name, value, "given")
    else:
        put_list(reading, section, value)


def _finished(reading: Reading, name: str, free_text: dict[str, str]) -> CaseFacts:
    reading.raise_errors()
    reading.note_queries()
    return CaseFacts(
        id=name,
        as_of=reading.as_of,
        values=reading.values,
        queries=tuple(reading.queries),
        conflicts=tuple(reading.conflicts),
        free_text=free_text,
        series=reading.series,
    )

"""Allergies, medications, history and family history of a case: by ingredient, class and brand."""

from collections.abc import Mapping
from typing import Any

from engine.facts import CodeSet, Conflict, FactSpec, Origin, Value, fold
from engine.language.case_values import Reading, day
from engine.language.spelling import nearest

NAMES = ("drug", "substance", "code", "name", "allergen")
DAYS = ("date", "start", "end")  # of a diagnosis or a treatment
Entries = dict[str, dict[str, object]]


def put_list(reading: Reading, section: str, raw: object) -> None:
    """Read one list: null is not asked, [] is asked and none; what nobody knows makes the list incomplete."""
    if raw is None:
        return
    spec = reading.vocabulary.facts.get(reading.vocabulary.lists.get(section, ""))
    if spec is None:
        if raw != []:
            reading.refuse("C002", f'the list "{section}" is not declared', "Declare it under lists in the vocabulary.")
        return
    if not isinstance(raw, list | tuple):
        reading.refuse("C003", f"{section}: a list is expected", "Send [] if there is none, null if nobody asked.")
        return
    codes, complete = read_entries(reading, spec, raw, section)
    origin = Origin(section, given=", ".join(sorted(codes)) or "none")
    reading.values[spec.name] = CodeSet(frozenset(codes), origin, complete, codes)
    for code, details in codes.items():
        _put_details(reading, code, details, section)


def _put_details(reading: Reading, code: str, details: Mapping[str, object], section: str) -> None:
    """Fill the facts declared for a detail of a code: the regimen of ``h_pylori_eradication`` and the like."""
    for key, value in details.items():
        spec = reading.vocabulary.facts.get(f"{code}_{key}")
        for said in several(value):
            if spec is not None and fold(said) in spec.choices:
                reading.put(spec.name, Value(fold(said), Origin(section, given=said)))


def several(value: object) -> tuple[str, ...]:
    """Return the texts that the entries of one code give for one detail."""
    return value if isinstance(value, tuple) else (value,) if isinstance(value, str) else ()


def _merged(known: Mapping[str, object], new: Mapping[str, object]) -> dict[str, object]:
    """Return the details of two entries of one code: the later of each, but every regimen that was taken."""
    regimens = dict.fromkeys((*several(known.get("regimen")), *several(new.get("regimen"))))
    return {**known, **new, **({"regimen": tuple(regimens)} if len(regimens) > 1 else {})}


def doubt_allergies(reading: Reading, declared: str = "drug_allergies_declared") -> None:
    """Take an empty list of allergies as incomplete if the patient said there are some: both are shown."""
    name = reading.vocabulary.lists.get("allergies", "")
    answer, recorded = reading.values.get(declared), reading.values.get(name)
    if not (isinstance(answer, Value) and answer.value is True and isinstance(recorded, CodeSet)) or recorded.codes:
        return
    reading.values[name] = CodeSet(frozenset(), recorded.origin, complete=False)
    reading.conflicts.append(Conflict(name, answer.origin, recorded.origin))


def read_entries(reading: Reading, spec: FactSpec, raw: Any, section: str) -> tuple[Entries, bool]:
    """Return the codes of a list with their details, and whether every entry was recognised."""
    codes: Entries = {}
    complete = True
    for number, entry in enumerate(raw):
        found = _entry(reading, spec, entry, f"{section}[{number}]")
        complete = complete and bool(found)
        for code, details in found.items():
            codes[code] = _merged(codes.get(code, {}), details)
    return codes, complete


def _entry(reading: Reading, spec: FactSpec, entry: object, where: str) -> Entries:
    """Return what one entry records; nothing if it is free text that nobody has coded yet."""
    if isinstance(entry, str):
        return _named(reading, spec, entry, where, {})
    if not isinstance(entry, Mapping):
        reading.refuse("C003", f"{where}: a name or an object is expected")
        return {}
    details = {key: value for key, value in entry.items() if key not in NAMES and value is not None}
    for key in DAYS:
        if key in details:
            details[key] = day(reading, details[key], where)
    name = next((entry[key] for key in NAMES if entry.get(key)), None)
    if name is not None and not isinstance(name, str):
        reading.refuse("C003", f"{where}: the name is not a text")
        return {}
    if name is not None:
        return _named(reading, spec, name, where, details)
    text = entry.get("text")
    return _recorded(reading, spec, text, details) or {} if isinstance(text, str) else {}


def _named(reading: Reading, spec: FactSpec, name: str, where: str, details: dict[str, object]) -> Entries:
    found = _recorded(reading, spec, name, details)
    if found is not None:
        return found
    options = spec.choices or reading.formulary.names
    hint = nearest(fold(name), options) or 'Send {"drug": null, "text": ...} for what has no code.'
    reading.refuse("C005", f"{where}: this name is not known", hint)
    return {}


def _recorded(reading: Reading, spec: FactSpec, name: str, details: dict[str, object]) -> Entries | None:
    """Return the codes a name records: a brand is all its ingredients and itself; None if nobody knows it."""
    folded = fold(name)
    if spec.choices:
        return {folded: details} if folded in spec.choices else None
    code = reading.formulary.names.get(folded)
    if code is None:
        return None
    brand = reading.formulary.brands.get(code)
    if brand is None:
        return {code: details}
    return {code: details} | {ingredient: {**details, "brand": brand.name} for ingredient in brand.ingredients}

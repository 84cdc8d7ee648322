"""One value as somebody types it or a file holds it: which analyte, how much, in which unit, in which range."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from engine.facts import FactSpec, Vocabulary, fold
from webapp.patients.bounds import bound_of
from webapp.patients.services import PatientError
from webapp.plans.terms import Terms, unit_words
from webapp.results import measuring
from webapp.results.catalogue import canonical
from webapp.results.judging import exact
from webapp.results.services import Value

OF_A_VISIT = re.compile(r"visit\d+_")  # the same analyte under the name a score asks for it by

Book = Mapping[str, FactSpec]


class UnitAsked(PatientError):
    """A value whose unit is missing or cannot be meant; ``fits`` are those in which the number is possible."""

    def __init__(self, text: str, fits: Sequence[str]) -> None:
        super().__init__(text)
        self.fits = tuple(fits)


@dataclass(frozen=True, slots=True)
class Typed:
    """One row as it was typed."""

    name: str
    value: str
    unit: str = ""
    low: str = ""
    high: str = ""


def analytes_in(vocabulary: Vocabulary) -> list[FactSpec]:
    """Return what a laboratory measures, of all the vocabulary knows."""
    facts = vocabulary.facts.values()
    ours = (spec for spec in facts if spec.place.file.endswith(measuring.LABORATORY) and spec.type in measuring.TYPES)
    return [spec for spec in ours if not OF_A_VISIT.match(spec.name)]


def book_of(terms: Terms) -> Book:
    """Return the analytes by every name they have: title in either language, name of the vocabulary, LOINC."""
    found: dict[str, FactSpec] = {}
    for spec in analytes_in(terms.edition.vocabulary):
        for name in filter(None, (spec.name, *spec.title.values(), spec.codes.get("loinc", ""))):
            found.setdefault(fold(name), spec)
    return found


def names_of(terms: Terms) -> list[str]:
    """Return what the analytes are called in the reader's language, to choose from."""
    return sorted({terms.fact(spec.name) for spec in analytes_in(terms.edition.vocabulary)}, key=str.casefold)


def units_of(terms: Terms) -> list[str]:
    """Return every unit in which some analyte is given."""
    found = {unit_words(unit) for spec in analytes_in(terms.edition.vocabulary) for unit in units_for(spec)}
    return sorted(filter(None, found), key=str.casefold)


def units_for(spec: FactSpec) -> list[str]:
    return list(dict.fromkeys([*([spec.unit] if spec.unit else []), *spec.units]))


def spec_of(typed: Typed, book: Book) -> FactSpec:
    """Return the analyte of a row; raise PatientError where nobody knows the name."""
    spec = book.get(fold(typed.name))
    if spec is None:
        raise PatientError(_("No analyte has this name. Choose one of the list."))
    return spec


def value_of(typed: Typed, book: Book, terms: Terms) -> Value:
    """Return a row as it is kept; raise UnitAsked where the unit is in doubt, PatientError for what cannot be."""
    spec = spec_of(typed, book)
    several = [unit for unit in units_for(spec) if unit_words(unit)]
    if not typed.unit.strip() and len(several) > 1:
        fits = _fitting(spec, typed, terms) or several
        raise UnitAsked(_("In which unit? %(units)s.") % {"units": _listed(fits)}, fits)
    try:
        value, unit = measuring.value_of(spec, typed.value, typed.unit.strip(), terms)
    except PatientError as problem:
        raise _asked(problem, spec, typed, terms) from None
    return Value(spec.name, value, unit, _ends(typed))


def _asked(problem: PatientError, spec: FactSpec, typed: Typed, terms: Terms) -> PatientError:
    fits = [unit for unit in _fitting(spec, typed, terms) if unit != typed.unit]
    return UnitAsked(str(problem), fits) if fits else problem


def _fitting(spec: FactSpec, typed: Typed, terms: Terms) -> list[str]:
    """Return the units in which the number is possible."""
    return [unit for unit in units_for(spec) if spec.type != "choice" and _is_possible(spec, typed.value, unit, terms)]


def _is_possible(spec: FactSpec, text: str, unit: str, terms: Terms) -> bool:
    try:
        measuring.value_of(spec, text, unit, terms)
    except PatientError:
        return False
    return True


def _listed(units: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(unit_words(unit) or unit for unit in units))


def _ends(typed: Typed) -> tuple[float | None, float | None] | tuple[()]:
    low, high = (_end(text) for text in (typed.low, typed.high))
    if low is not None and high is not None and low > high:
        raise PatientError(_("The range runs backwards: its lower end is above its upper end."))
    return (low, high) if (low, high) != (None, None) else ()


def _end(text: str) -> float | None:
    if not text.strip():
        return None
    return float(measuring.number_of(text))


def plain(spec: FactSpec | None, value: object, unit: str) -> object:
    """Return a value as two are compared, whatever their units: rounded a little, since a conversion is not exact."""
    bound = bound_of(value)
    number = bound.end if bound else exact(value)
    if number is None:
        return value
    found = canonical(spec, number, unit)
    return value if found is None else f"{bound.comparator if bound else ''}{float(found):.5g}"

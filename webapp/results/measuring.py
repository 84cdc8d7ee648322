"""A measurement as somebody types it: which thing, a number or one of its words, in a unit that fits.

A laboratory's number may have a comparator before it ("<30"), which is kept with it.
"""

import re
from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from engine.facts import FactSpec, fold
from webapp.patients import bounds
from webapp.patients.services import PatientError, Reading
from webapp.plans.terms import Terms, number, unit_words

LABORATORY = "laboratory.yaml"
SOURCES = (LABORATORY, "vitals.yaml", "patient.yaml")
TYPES = ("quantity", "integer", "decimal", "choice")
IDENTITY = ("age", "sex")  # who the patient is says them; a measurement would contradict that
NOON = time(12)
MOST_DIGITS = 12
THOUSANDS = re.compile(r"[1-9]\d{0,2}[.,]\d{3}")  # "> 1.000" is rather a thousand than one


def measurable(terms: Terms) -> dict[str, FactSpec]:
    """Return what can be measured, by its folded title."""
    facts = terms.edition.vocabulary.facts.values()
    fit = [spec for spec in facts if spec.type in TYPES and spec.place.file.endswith(SOURCES)]
    fit = [spec for spec in fit if spec.name not in IDENTITY]
    return {fold(terms.fact(spec.name)): spec for spec in fit}


def reading_of(given: Mapping[str, Any], terms: Terms) -> Reading:
    """Return a measurement out of a form; raise PatientError for what cannot be, with the unit that would fit."""
    known = measurable(terms)
    named = {spec.name: spec for spec in known.values()}
    spec = known.get(fold(given["code"])) or named.get(given["code"])
    if spec is None:
        raise PatientError(_("The rules know nothing of this name. Choose one of the list."))
    value, unit = value_of(spec, given["value"], given["unit"], terms)
    return Reading(spec.name, value, _moment(given["effective_on"]), given["origin"], unit)


def value_of(spec: FactSpec | None, text: str, unit: str, terms: Terms) -> tuple[Any, str]:
    """Return a typed value and its unit as they are kept; raise PatientError for what cannot be."""
    if spec is not None and spec.type == "choice":
        return _choice(spec, text, terms), unit or spec.unit or ""
    comparator, rest = _compared(spec, text)
    found = number_of(rest)
    kept = _unit(spec, unit) if spec is not None else unit
    if spec is not None:
        _must_be_plausible(spec, found, kept)
    if comparator:
        return f"{comparator}{found.normalize():f}", kept
    return (int(found) if found == found.to_integral_value() else float(found)), kept


def _compared(spec: FactSpec | None, text: str) -> tuple[str, str]:
    """Return the comparator a laboratory's value begins with, "" for none, and the number; only a laboratory has it."""
    told = bounds.typed(text) if spec is None or spec.place.file.endswith(LABORATORY) else None
    if told and THOUSANDS.fullmatch(told[1].strip()):
        raise PatientError(_("Write thousands without a point or a comma: 1000."))
    if told and number_of(told[1]) < 0:
        raise PatientError(_("After “less than” or “more than” stands a number from 0 on."))
    return told or ("", text)


def choices_of(spec: FactSpec | None, terms: Terms) -> list[tuple[str, str]]:
    """Return the words one of which the value is, each with its code; none for a number."""
    if spec is None or spec.type != "choice":
        return []
    return [(code, terms.say(title)) for code, title in spec.choices.items()]


def _moment(day: date) -> datetime:
    """Return when a value of a day holds: noon, or now if it is of today and noon is still to come."""
    at_noon = timezone.make_aware(datetime.combine(day, NOON))
    return min(at_noon, timezone.now())


def _choice(spec: FactSpec, text: str, terms: Terms) -> str:
    for code, title in spec.choices.items():
        if fold(text) in (fold(code), fold(terms.say(title))):
            return code
    words = ", ".join(terms.say(title) for title in spec.choices.values())
    raise PatientError(_("Write one of these: %(words)s.") % {"words": words})


def number_of(text: str) -> Decimal:
    """Return a number as people write it, with a comma or a point; raise PatientError for anything else."""
    try:
        found = Decimal(text.strip().replace(",", "."))
    except InvalidOperation:
        raise PatientError(_("Write the value as a number, for example 5,3.")) from None
    if not found.is_finite() or found.adjusted() > MOST_DIGITS:
        raise PatientError(_("Write the value as a number, for example 5,3."))
    return found


def _unit(spec: FactSpec, unit: str) -> str:
    """Return the unit as the vocabulary writes it: µg and ug are one, case does not matter."""
    known = {_folded(one): one for one in (*spec.units, *([spec.unit] if spec.unit else []))}
    if not known:
        return ""
    if not unit and spec.unit:
        return spec.unit
    if (found := known.get(_folded(unit))) is None:
        words = ", ".join(dict.fromkeys(unit_words(one) or one for one in known.values()))
        raise PatientError(_("This is measured in %(units)s.") % {"units": words})
    return found


def _folded(unit: str) -> str:
    plain = unit.casefold().replace("µ", "u").replace("μ", "u").replace("×10⁹", "10^9").replace("‰", "permil")
    return "".join(plain.split())


def _must_be_plausible(spec: FactSpec, value: Decimal, unit: str) -> None:
    """Raise PatientError for a value nobody has; ask for another unit where the number fits that one."""
    if _fits(spec, value, unit):
        return
    said = {"value": number(float(value)), "unit": unit_words(unit)}
    other = next((one for one in spec.units if one != unit and _fits(spec, value, one)), None)
    if other is not None:
        said["other"] = unit_words(other)
        raise PatientError(_("%(value)s %(unit)s is not possible. Is it %(value)s %(other)s?") % said)
    raise PatientError(_("%(value)s %(unit)s is not possible. Check the number and the unit.") % said)


def _fits(spec: FactSpec, value: Decimal, unit: str) -> bool:
    rule = spec.units.get(unit)
    low_high = rule.plausible if rule is not None else spec.range
    return low_high is None or low_high[0] <= Fraction(value) <= low_high[1]

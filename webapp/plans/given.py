"""What a case tells the engine, fact by fact in words, and what of it differs between two cases."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from webapp.plans.terms import Terms

Case = Mapping[str, Any]
LISTS = ("allergies", "medications", "history", "family_history", "previous_treatments")
NAMES = ("drug", "code", "regimen", "name")  # under which an entry of a list stands


@dataclass(frozen=True, slots=True)
class Turned:
    """A fact that one case tells otherwise than another."""

    title: str
    before: str
    after: str


def turned(before: Case, after: Case, terms: Terms) -> list[Turned]:
    """Return every fact the two cases tell differently, in words, by title."""
    old, new = dict(values_of(before)), dict(values_of(after))
    found = [
        Turned(terms.fact(name), _said(name, old.get(name), terms), _said(name, new.get(name), terms))
        for name in {**old, **new}
        if _bare(old.get(name)) != _bare(new.get(name))
    ]
    found += [line for line in (_list(name, before, after, terms) for name in LISTS) if line is not None]
    if _diary(before) != _diary(after):
        found.append(Turned(_("Diary"), _recorded(before), _recorded(after)))
    return sorted(found, key=lambda line: line.title)


def values_of(case: Case) -> Iterator[tuple[str, Any]]:
    """Yield every single value of a case by the name of its fact."""
    yield from case.get("patient", {}).items()
    for section in ("questionnaire", "vitals", "free_text"):
        yield from case.get(section, {}).items()
    yield from ((entry["name"], entry) for entry in case.get("labs", ()))


def _bare(value: Any) -> Any:
    """Return a value with its unit, without the day it was told."""
    return (value.get("value"), value.get("unit")) if isinstance(value, Mapping) else (value, None)


def _said(name: str, value: Any, terms: Terms) -> str:
    given, unit = _bare(value)
    return pgettext("value", "not known") if given is None else terms.value(name, given, unit or "")


def _list(name: str, before: Case, after: Case, terms: Terms) -> Turned | None:
    old, new = (entries_words(name, case.get(name), terms) for case in (before, after))
    if old == new:
        return None
    return Turned(terms.fact(terms.edition.vocabulary.lists.get(name, name)), old, new)


def entries_words(name: str, entries: Any, terms: Terms) -> str:
    """Return a list as one reads it: not asked, none, or what stands in it."""
    if entries is None:
        return pgettext("list", "not asked")
    return ", ".join(entry_words(each, terms) for each in entries) or terms.none_of(name)


def entry_words(entry: Mapping[str, Any], terms: Terms) -> str:
    """Return an entry of a list as one reads it, a medicine with its dose."""
    code = next((entry[name] for name in NAMES if entry.get(name)), "")
    said = terms.listed(code) if code else str(entry.get("text") or "?")
    return " ".join(part for part in (said, str(entry.get("dose") or "")) if part)


def _diary(case: Case) -> Any:
    return {name: value for name, value in (case.get("diary") or {}).items() if name != "days"}


def _recorded(case: Case) -> str:
    """Return how many days of the diary say anything."""
    series = [each for each in _diary(case).values() if each]
    days = sum(any(day is not None for day in each) for each in zip(*series, strict=False)) if series else 0
    return ngettext("%(n)d day recorded", "%(n)d days recorded", days) % {"n": days}

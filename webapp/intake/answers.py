"""What a patient may answer to an item, and how it is kept.

Kept as JSON: ``{"unknown": true}`` for "I don't know"; ``{"value": ...}`` with a truth value, a whole number, a decimal
as text, a code, a list of codes, a text or a date; ``{"value": "70", "unit": "kg"}`` for a quantity; for lists
``{"none": true}`` or ``{"entries": [{"code": "omeprazole" or null, "text": ..., "dose": ...}]}``.
Beside it ``"doubted": true`` marks a value that was kept after we asked whether it can be, and
``"since": "2026-11-03"`` one that was told that day and is "still true".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _

from engine.facts import FactSpec
from engine.language.documents import Question

Stored = dict[str, Any]
UNKNOWN: Stored = {"unknown": True}
NONE: Stored = {"none": True}
MARK_UNKNOWN, MARK_NONE = "__unknown", "__none"
ABOUT = ("doubted", "since")  # what is told of a value, and is no part of it
TREATMENTS, MEDICATIONS = "previous_treatments", "medications"
LISTS = ("allergies", MEDICATIONS, TREATMENTS, "history", "family_history")
TEXT_LIMIT, ENTRY_LIMIT, ENTRIES_LIMIT, STOOLS_LIMIT, NUMBER_LIMIT = 2000, 120, 40, 20, 15
BRISTOL = range(1, 8)
A_NUMBER = re.compile(r"[+-]?[0-9]{1,12}([.,][0-9]{1,12})?")  # no exponent: 1e999999 would be worked out to its end


@dataclass(frozen=True, slots=True)
class Fix:
    """A correction offered as a button: the value and unit it would write."""

    value: str
    unit: str
    words: str


class NotAccepted(ValueError):
    """A value that is asked about again, in words for the patient; nothing is written.

    ``keep`` is what a form says to keep the value as it was written; empty where it cannot be kept.
    """

    def __init__(self, words: str, fixes: tuple[Fix, ...] = (), keep: str = "") -> None:
        super().__init__(words)
        self.words, self.fixes, self.keep = words, fixes, keep


@dataclass(frozen=True, slots=True)
class Given:
    """What a form holds for one item."""

    values: tuple[str, ...] = ()
    unit: str = ""
    marks: frozenset[str] = frozenset()  # "I don't know" and "none of these", as boxes beside a field
    counts: tuple[str, ...] = ()  # of the seven Bristol types
    keep: str = ""  # the value that is to stay although it was asked about, as NotAccepted.keep says it

    @property
    def value(self) -> str:
        return self.values[0].strip() if self.values else ""

    def keeps(self, value: Stored) -> bool:
        return self.keep in (KEEP_ANY, kept_words(value))


KEEP_ANY = "__any"  # said by no form: an answer that waited on a device is kept, and its question asked beside it


def kept_words(value: Stored) -> str:
    """Return a value as a form says it to keep it: "80 kg"."""
    return f"{value['value']} {value.get('unit', '')}".strip()


def bare(stored: Stored | None) -> Stored | None:
    """Return an answer without what is told of it, so that two can be compared."""
    return None if stored is None else {name: part for name, part in stored.items() if name not in ABOUT}


def given_in(item: str, form: Mapping[str, Any]) -> Given:
    """Return what a posted form (a QueryDict) holds for an item; its controls are named after it."""
    values = tuple(value for value in form.getlist(item) if value not in (MARK_UNKNOWN, MARK_NONE))  # type: ignore[attr-defined]
    marks = frozenset(form.getlist(item)) & {MARK_UNKNOWN, MARK_NONE}  # type: ignore[attr-defined]
    counts = tuple(form.get(f"{item}-{kind}", "") for kind in BRISTOL)
    unit, keep = form.get(f"{item}-unit", ""), form.get(f"{item}-keep", "")
    return Given(values, unit, marks, counts, "" if keep == KEEP_ANY else keep)


def read(question: Question, spec: FactSpec | None, given: Given, stored: Stored | None) -> Stored | None:
    """Return the answer as it will be kept, None for no answer; raise NotAccepted with a question back.

    A box ("I don't know", "none") and a value at once: whichever is new against what is ``stored`` wins.
    """
    has_value = bool(given.value) or any(count not in ("", "0") for count in given.counts)
    for mark, kept in ((MARK_UNKNOWN, UNKNOWN), (MARK_NONE, _none_of(question))):
        if mark in given.marks and not (has_value and stored == kept):
            return kept
    if not has_value:
        return None
    if stored and stored.get("doubted") and not given.keep:
        given = replace(given, keep=kept_words(stored))  # sent again unchanged, it is not asked about twice
    return _READERS[question.kind](question, spec, given)


def _none_of(question: Question) -> Stored:
    return NONE if question.kind in LISTS else {"value": []}


def _yes_no(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    if given.value not in ("yes", "no"):
        raise NotAccepted(_("Choose one of the answers."))
    return {"value": given.value == "yes"}


def _choice(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    if given.value not in {option.code for option in question.options}:
        raise NotAccepted(_("Choose one of the answers."))
    return {"value": given.value}


def _choices(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    known = [option.code for option in question.options]
    if not set(given.values) <= set(known):
        raise NotAccepted(_("Choose among the answers."))
    return {"value": [code for code in known if code in given.values]}


def _text(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    if len(given.value) > TEXT_LIMIT:
        raise NotAccepted(
            _("There is room for %(limit)s characters; this text has %(length)s. Tell us the main thing.")
            % {"limit": TEXT_LIMIT, "length": len(given.value)}
        )
    return {"value": given.value}


def _date(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    try:
        return {"value": date.fromisoformat(given.value).isoformat()}
    except ValueError:
        raise NotAccepted(_("Write a date that exists, such as 23/11/2026.")) from None


def _integer(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    number = _number(given.value)
    if number != number.to_integral_value():
        raise NotAccepted(_("Write a whole number, without decimals."))
    return _judged(question, spec, number, given, {"value": int(number)})


def _decimal(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    number = _number(given.value)
    return _judged(question, spec, number, given, {"value": _plain(number)})


def _quantity(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    unit = given.unit or question.unit or ""
    if unit not in units_of(question):
        raise NotAccepted(_("Choose the unit."))
    number = _number(given.value)
    return _judged(question, spec, number, given, {"value": _plain(number), "unit": unit})


def _judged(question: Question, spec: FactSpec | None, number: Decimal, given: Given, value: Stored) -> Stored:
    """Return the value, marked as doubted where it can hardly be and the person keeps it; ask about it before.

    Only what the engine would ask about too can be kept: it then counts as unknown there, and a doctor sees it.
    """
    unit = value.get("unit", "")
    try:
        _plausible(question, spec, number, unit)
        if not unit or unit == _unit_of_range(question, spec):
            _in_range(question, number)
    except NotAccepted as doubt:
        if question.kind == "scale" or not _is_queried(question, spec, number, unit):
            raise
        if given.keeps(value):
            return value | {"doubted": True}
        raise NotAccepted(doubt.words, doubt.fixes, kept_words(value)) from None
    return value


def _is_queried(question: Question, spec: FactSpec | None, number: Decimal, unit: str) -> bool:
    """Whether the engine takes this value for unknown and asks about it."""
    rule = spec.units.get(unit or question.unit or spec.unit or "") if spec else None
    if spec is None or (spec.range is None and rule is None):
        return False
    exact = Fraction(number)
    canonical = exact * rule.factor + rule.offset if rule else exact
    outside = spec.range is not None and not spec.range[0] <= canonical <= spec.range[1]
    return outside or bool(rule and rule.plausible and not rule.plausible[0] <= exact <= rule.plausible[1])


def _unit_of_range(question: Question, spec: FactSpec | None) -> str | None:
    """Return the unit a question's range is in: its own, or the fact's where the range came from there."""
    return spec.unit if spec and spec.range == (question.low, question.high) else question.unit


def _stools(question: Question, spec: FactSpec | None, given: Given) -> Stored:
    if not all(count in ("", *map(str, range(10))) for count in given.counts):
        raise NotAccepted(_("Choose how many of each kind."))
    kinds = [kind for kind, count in zip(BRISTOL, given.counts, strict=True) for _once in range(int(count or 0))]
    if len(kinds) > STOOLS_LIMIT:
        raise NotAccepted(_("That makes %(count)s in one day. Is that right? Please check.") % {"count": len(kinds)})
    return {"value": kinds}


_READERS: Mapping[str, Callable[[Question, FactSpec | None, Given], Stored]] = {
    "yes_no": _yes_no,
    "scale": _integer,
    "integer": _integer,
    "decimal": _decimal,
    "quantity": _quantity,
    "choice": _choice,
    "choices": _choices,
    "text": _text,
    "date": _date,
    "stools": _stools,
}


def units_of(question: Question) -> tuple[str, ...]:
    """Return the units a patient may choose, the usual one first."""
    usual = (question.unit,) if question.unit else ()
    return (*usual, *(unit for unit in question.units if unit != question.unit))


def _number(words: str) -> Decimal:
    plain = words.replace(" ", "").replace("\u00a0", "").replace("\u202f", "")
    if len(words) > NUMBER_LIMIT or not A_NUMBER.fullmatch(plain):
        raise NotAccepted(_("Write a number, such as 5 or 5.3."))
    return Decimal(plain.replace(",", "."))


def _plain(number: Decimal) -> str:
    return f"{number:f}"


def _in_range(question: Question, number: Decimal) -> None:
    low, high = question.low, question.high
    if (low is not None and number < low) or (high is not None and number > high):
        raise NotAccepted(_between(low, high))


def _between(low: Fraction | None, high: Fraction | None) -> str:
    if low is not None and high is not None:
        return _("A number from %(low)s to %(high)s.") % {"low": shown(low), "high": shown(high)}
    if low is not None:
        return _("A number from %(low)s upwards.") % {"low": shown(low)}
    return _("A number up to %(high)s.") % {"high": shown(high)}


def shown(number: Fraction | Decimal | None) -> str:
    """Return a number in the reader's way of writing it."""
    if number is None:
        return ""
    if number == int(number):
        return str(int(number))
    exact = Decimal(number.numerator) / Decimal(number.denominator) if isinstance(number, Fraction) else number
    return str(localize(exact.normalize()))


def _plausible(question: Question, spec: FactSpec | None, number: Decimal, unit: str) -> None:
    """Ask about a value outside what is plausible in its unit, and offer the unit in which it would be."""
    if spec is None or _fits(spec, number, unit or question.unit or spec.unit or ""):
        return
    fitting = [other for other in units_of(question) if other != unit and _fits(spec, number, other, strictly=True)]
    fixes = tuple(Fix(_plain(number), other, f"{shown(number)} {other}") for other in fitting)
    said = f"{shown(number)} {unit or question.unit or ''}".strip()
    if fixes:
        raise NotAccepted(
            _("%(said)s is not possible. Is it %(other)s?") % {"said": said, "other": fixes[0].words}, fixes
        )
    raise NotAccepted(_("%(said)s is not possible. Please check the number and the unit.") % {"said": said})


def _fits(spec: FactSpec, number: Decimal, unit: str, strictly: bool = False) -> bool:
    rule = spec.units.get(unit)
    if rule is None or rule.plausible is None:
        return not strictly
    return rule.plausible[0] <= number <= rule.plausible[1]

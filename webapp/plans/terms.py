"""The words of a library for one reader: what facts, codes, values and doses are called in her language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.formats import localize
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from engine.facts import FactSpec, Text
from engine.language.documents import Edition
from rules import services as shelf
from webapp.patients.bounds import bound_of
from webapp.patients.models import UNKNOWN
from webapp.plans.models import Evaluation

NBSP = "\u00a0"
A_YEAR = 365  # days
DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
FEMININE = ("allergies", "medications")  # lists whose title in the vocabularies is feminine in Spanish
MEASURED = ("integer", "decimal", "quantity")
UNITS = {"10^9/L": "×10⁹/L", "permil": "‰", "ugHb/g": "µg Hb/g", "ratio": "", "qualitative": "", "category": ""}
AT_MOST = re.compile(r"as needed, up to (\d+) times a day")
FREQUENCIES = {
    "once daily": gettext_lazy("once a day"),
    "twice daily": gettext_lazy("every 12 h"),
    "three times daily": gettext_lazy("every 8 h"),
    "four times daily": gettext_lazy("every 6 h"),
    "as needed": gettext_lazy("when needed"),
    "once weekly": gettext_lazy("once a week"),
}


def words(text: Mapping[str, str] | None, language: str) -> str:
    """Return a text in ``language``, else in the language it has."""
    if not text:
        return ""
    return text.get(language) or next(iter(text.values()), "")


@dataclass(frozen=True, slots=True)
class Terms:
    edition: Edition
    language: str

    def say(self, text: Text | None) -> str:
        return words(text, self.language)

    def spec(self, name: str) -> FactSpec | None:
        """Return the fact of that name, or the one that is asked for under it."""
        facts = self.edition.vocabulary.facts
        return facts.get(name) or next((spec for spec in facts.values() if name in spec.ask), None)

    def fact(self, name: str) -> str:
        spec = self.spec(name)
        return self.say(spec.title) if spec else _plain(name)

    def text(self, name: str) -> str:
        """Return what a text was asked by, for one that is no fact; else what the fact is called."""
        if self.spec(name) is not None:
            return self.fact(name)
        groups = (group for sheet in self.edition.questionnaires.values() for group in sheet.groups)
        found = (one for group in groups for one in group.questions if one.section == "free_text" and one.item == name)
        return next((self.say(one.text) for one in found), _plain(name))

    def question(self, name: str) -> str:
        spec = self.spec(name)
        return (self.say(spec.question) or self.say(spec.title)) if spec else _plain(name)

    def code(self, code: str) -> str:
        """Return what a plan code is called: a code of the vocabulary, a regimen, a medicine."""
        name = code.partition(":")[2]
        formulary, known = self.edition.formulary, self.edition.vocabulary.codes.get(code)
        titled = known or formulary.regimens.get(name) or formulary.medicines.get(name)
        return self.say(titled.title) if titled else _plain(name or code)

    def ingredient(self, code: str) -> str:
        medicine = self.edition.formulary.medicines.get(code)
        return self.say(medicine.title) if medicine else _plain(code)

    def listed(self, code: str) -> str:
        """Return an entry of a list: a medicine, a class of medicines, a regimen, a choice of the record's lists."""
        formulary, facts = self.edition.formulary, self.edition.vocabulary.facts
        titled = formulary.medicines.get(code) or formulary.classes.get(code) or formulary.regimens.get(code)
        if titled:
            return self.say(titled.title)
        lists = (facts[name] for name in self.edition.vocabulary.lists.values() if name in facts)
        return next((self.say(spec.choices[code]) for spec in lists if code in spec.choices), _plain(code))

    def value(self, name: str, value: Any, unit: str = "") -> str:
        """Return a recorded value as one reads it: yes and no, the words of a choice, a number beside its unit."""
        if isinstance(value, bool):
            return _("yes") if value else _("no")
        if value == UNKNOWN:
            return _("not known")
        spec = self.spec(name)
        if isinstance(value, list):
            return ", ".join(self.value(name, one) for one in value) or self.none_of(name)
        return self._word(spec, value, unit) if isinstance(value, str) else _amount(number(value), spec, unit)

    def none_of(self, name: str) -> str:
        """Return the word for an empty list, by the fact it fills or its own name; it agrees with the list's title."""
        lists = self.edition.vocabulary.lists
        if any(name in (section, lists.get(section)) for section in FEMININE):
            return pgettext("feminine list", "none")
        return pgettext("masculine list", "none")

    def _word(self, spec: FactSpec | None, value: str, unit: str) -> str:
        bound = bound_of(value) if spec is None or spec.type in MEASURED else None
        if bound:
            return _amount(f"{bound.sign}{NBSP}{number(float(bound.end))}", spec, unit)
        return self.say(spec.choices.get(value)) or value if spec else value

    def dose(self, dose: Mapping[str, Any], *, named: bool) -> str:
        """Return one dose in a line: "omeprazol 40 mg cada 12 h, 14 días"; unbroken between number and unit."""
        name = self.ingredient(dose["ingredient"]) if named else ""
        often = frequency(dose.get("frequency", ""))
        length = days(dose.get("duration_days"))
        amount = spoken(str(dose["dose"]), self.language).replace(" ", NBSP)
        line = " ".join(part for part in (name, amount, often) if part)
        return f"{line}, {length}" if length else line


def spoken(dose: str, language: str) -> str:
    """Return the amount of a dose as it is written in a language: 3,5 g in Spanish."""
    return DECIMAL_POINT.sub(",", dose) if language == "es" else dose


def terms_of(evaluation: Evaluation, language: str) -> Terms:
    """Return the words of the library an evaluation was made with."""
    digest = evaluation.release.digest if evaluation.release else None
    return Terms(shelf.edition(digest, date.fromisoformat(evaluation.case["as_of"])), language)


def frequency(text: str) -> str:
    said = text.strip().lower()
    if limited := AT_MOST.fullmatch(said):
        return _("when needed, up to %(times)s times a day") % {"times": limited[1]}
    known = FREQUENCIES.get(said)
    return str(known) if known else text


def days(count: int | None) -> str:
    """Return a length of time in words: years where they are whole, weeks where they are and at least three."""
    if not count:
        return ""
    if count % A_YEAR == 0:
        return ngettext("%(n)d year", "%(n)d years", count // A_YEAR) % {"n": count // A_YEAR}
    if count >= 21 and count % 7 == 0:
        return ngettext("%(n)d week", "%(n)d weeks", count // 7) % {"n": count // 7}
    return ngettext("%(n)d day", "%(n)d days", count) % {"n": count}


def _amount(said: str, spec: FactSpec | None, unit: str) -> str:
    return f"{said}{NBSP}{unit_words(unit or (spec.unit if spec else '') or '')}".strip(NBSP)


def unit_words(unit: str) -> str:
    """Return a unit as it is printed: µg for ug, ×10⁹/L for 10^9/L; nothing for a value that has none."""
    if unit in UNITS:
        return UNITS[unit]
    return f"µ{unit[1:]}" if unit.startswith(("ug", "umol", "uL")) else unit


def number(value: Any) -> str:
    """Return a number in the reader's locale, whole numbers without decimals."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(localize(value))


def _plain(name: str) -> str:
    return name.replace("_", " ")

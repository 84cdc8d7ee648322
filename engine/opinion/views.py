"""The three ways a case with unconfirmed words in its free text is read: calmly, with alarm, and below a ``not``.

Calmly, what only a text says is unknown. With alarm it is true: in red flags, in what is ruled out and in scores that
say a danger. Whatever the alarm does not make true is as it is when read calmly.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction

from engine.facts import CaseFacts, CodeSet, FactValue, Mention, Missing, Origin, Series, Value
from engine.language.lexicons import reader_of
from engine.lexicon import TextReader
from engine.opinion.scores import Formula
from engine.opinion.sheet import Sheet
from engine.opinion.spans import Truth

ADULT_AGE = 18
WORDS = Origin("free_text")


@dataclass(slots=True)
class View:
    """A case as it is read one way. ``calm``: what stands where an alarm finds nothing; ``below``: below a ``not``.

    ``bold``: of a score that lacks answers, whatever its tried completions have in common is taken as known;
    not bold, only what its declared range says. What is right lies between the two.
    """

    sheet: Sheet
    values: Mapping[str, FactValue]
    adult: Truth
    today: int | None
    repeated: Mapping[str, Series]
    formulas: Mapping[str, Formula]
    bold: bool = True
    calm: "View | None" = None
    below: "View | None" = None
    concluded: Mapping[str, Truth] = field(default_factory=dict)  # conclusions, as far as they have been chained
    known: dict[object, object] = field(default_factory=dict)  # what has been worked out


@dataclass(frozen=True, slots=True)
class Views:
    """``alarmed`` and ``below`` are the calm view itself in a case without unconfirmed words."""

    calm: View
    alarmed: View
    below: View

    @property
    def is_plain(self) -> bool:
        return self.alarmed is self.calm

    def conclude(self, calm: Mapping[str, Truth], alarmed: Mapping[str, Truth], below: Mapping[str, Truth]) -> None:
        """Take over conclusions that were chained; whatever rested on their absence is worked out again."""
        for view, concluded in ((self.below, below), (self.alarmed, alarmed), (self.calm, calm)):
            view.concluded = concluded
            view.known.clear()


@dataclass(frozen=True, slots=True)
class Lens:
    """What every case of an edition is read with: its sheet, its formulas, and the reader that all share."""

    sheet: Sheet
    formulas: Mapping[str, Formula]
    reader: TextReader


def lens_of(sheet: Sheet) -> Lens:
    """Return what the cases of a sheet are read with."""
    formulas = {name: Formula(score) for name, score in sheet.edition.scores.items()}
    return Lens(sheet, formulas, reader_of(sheet.edition))


def views_of(lens: Lens, case: CaseFacts, *, bold: bool) -> Views:
    """Return the views of one case."""
    sheet = lens.sheet
    age = case.values.get("age")
    adult = age.value >= ADULT_AGE if isinstance(age, Value) and isinstance(age.value, Fraction) else None
    today = None if case.as_of is None else case.as_of.toordinal()
    calm = View(sheet, case.values, adult, today, case.series, lens.formulas, bold)
    mentions = lens.reader.mentions(_texts(sheet, case))
    words = _Words(sheet, dict(case.values), dict(case.values))
    for mention in mentions:
        if _is_about_the_patient(mention, adult):
            words.take(mention, case.decided)
    calm.values = words.calm
    if all(case.values.get(name) == value for name, value in words.alarmed.items()):
        return Views(calm, calm, calm)
    alarmed = replace(calm, values=words.alarmed, calm=calm, known={})
    below = replace(calm, below=alarmed, known={})
    alarmed.below = below
    return Views(calm, alarmed, below)


def _texts(sheet: Sheet, case: CaseFacts) -> dict[str, str]:
    specs = sheet.edition.vocabulary.facts
    written = {
        name: known.value
        for name, known in case.values.items()
        if name in specs and specs[name].type == "text" and isinstance(known, Value) and isinstance(known.value, str)
    }
    return written | dict(case.free_text)


def _is_about_the_patient(mention: Mention, adult: Truth) -> bool:
    """Return whether a mention counts: the family's only for the family, or for a child whose parent writes."""
    match mention.kind:
        case "affirmed":
            return True
        case "family":
            return mention.fact == "family_history" or (mention.child and adult is not True)
        case "past":
            return bool(mention.code) and mention.fact != "medication"
    return False


@dataclass(slots=True)
class _Words:
    """What free text makes of the facts of a case."""

    sheet: Sheet
    calm: dict[str, FactValue]
    alarmed: dict[str, FactValue]

    def take(self, mention: Mention, decided: frozenset[str]) -> None:
        if mention.code:
            self._code(mention)
            return
        for fact in (mention.fact, *mention.also):
            if fact not in decided:
                self._fact(fact, mention)

    def _fact(self, fact: str, mention: Mention) -> None:
        said = self.calm.get(fact)
        if isinstance(said, Value) and said.value is True:
            return
        self.calm[fact] = Missing("unconfirmed_mention", WORDS, was=mention.text)
        self.alarmed[fact] = Value(True, WORDS)

    def _code(self, mention: Mention) -> None:
        fact, listed = mention.fact, self.alarmed.get(mention.fact)
        brand = self.sheet.edition.formulary.brands.get(mention.code)
        inside = frozenset(brand.ingredients) if brand is not None else frozenset()
        codes = inside | {mention.code}
        if not isinstance(listed, CodeSet):
            self.alarmed[fact] = CodeSet(codes, WORDS, complete=False, mentioned=codes)
        elif not self._has(listed, mention.code, codes):
            said = self.calm.get(fact)  # of several words about a list nobody answered, the first made the alarmed one
            if isinstance(said, CodeSet):
                self.calm[fact] = replace(said, mentioned=said.mentioned | codes)
            self.alarmed[fact] = replace(listed, codes=listed.codes | codes, mentioned=listed.mentioned | codes)

    def _has(self, listed: CodeSet, code: str, codes: frozenset[str]) -> bool:
        """Return whether a list says already what a text mentions: all ingredients of a brand, or the one meant."""
        ingredients = codes - {code} or codes
        if len(ingredients) > 1:
            return ingredients <= listed.codes
        return bool(listed.codes & (codes | self._meaning(code)))

    def _meaning(self, code: str) -> frozenset[str]:
        if code not in self.sheet.wider:
            return frozenset()
        below = {each for each, wider in self.sheet.wider.items() if code in wider} | {code}
        brands = self.sheet.edition.formulary.brands.items()
        return frozenset(below | {name for name, brand in brands if below & set(brand.ingredients)})


def started(view: View, members: frozenset[str]) -> int | None:
    """Return the day a treatment began, the latest if it is listed more than once; None if no list says."""
    lists = [value for value in view.values.values() if isinstance(value, CodeSet)]
    details = [each.details.get(code, {}) for each in lists for code in members & each.codes]
    days = [detail.get("start") or detail.get("date") for detail in details]
    return max((day.toordinal() for day in days if isinstance(day, date)), default=None)

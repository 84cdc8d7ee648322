"""Every name of the set in force: where it is declared, what it is called, and which rules use it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from engine.conditions import Expr, Includes, Known, Name, OfSeries, nodes
from engine.errors import Place
from engine.facts import Text, fold
from engine.language.documents import Document, Library, Protocol, Questionnaire, Score
from rules import selectors as shelf
from rules import services as shelf_services
from webapp.plans.terms import words

KINDS = {
    "document": _("file"),
    "fact": _("fact"),
    "code": pgettext_lazy("of a plan", "code"),
    "medicine": _("medicine"),
    "class": _("class of medicines"),
    "regimen": _("regimen"),
    "definition": pgettext_lazy("of a protocol", "definition"),
    "parameter": pgettext_lazy("of a protocol", "parameter"),
    "rule": _("rule"),
    "question": _("question"),
    "score": _("score"),
    "statement": pgettext_lazy("of the invariants", "statement"),
    "test": pgettext_lazy("of a protocol", "test"),
    "applies": _("for whom it is"),
}
MOST = 200  # of anything, on one page
LIKE = 5


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of the texts in force: a declaration, or what uses a name."""

    kind: str
    name: str
    place: Place
    title: Text = field(default_factory=dict, compare=False)
    more: Sequence[Text] = field(default=(), compare=False)  # further words it is found by

    @property
    def kind_name(self) -> str:
        return str(KINDS[self.kind])


@dataclass(frozen=True)
class Names:
    declared: Sequence[Spot]
    uses: Mapping[str, Sequence[Spot]]  # by bare name and by qualified name

    def definitions_of(self, name: str) -> list[Spot]:
        """Return where a name is declared: as it is written or as its file qualifies it."""
        return [one for one in self.declared if name in (one.name, _bare(one.name))]

    def like(self, name: str) -> list[str]:
        """Return the known names nearest to one that is not."""
        known = {_bare(one.name) for one in self.declared}
        return get_close_matches(fold(name), sorted(known), n=LIKE, cutoff=0.6)

    def about(self, asked: str) -> list[Spot]:
        """Return the declarations whose name, title or sentence hold every word that is asked for."""
        wanted = fold(asked).split("_")
        return [one for one in self.declared if all(word in _searched(one) for word in wanted)] if any(wanted) else []


def _bare(name: str) -> str:
    return name.rpartition(".")[2].rpartition(":")[2]


@lru_cache(maxsize=20_000)
def _folded(text: str) -> str:
    return fold(text)


def _searched(spot: Spot) -> str:
    texts = (said for text in (spot.title, *spot.more) for said in text.values())
    return " ".join(_folded(one) for one in (spot.name, *texts))


def names_of(digest: str) -> Names:
    """Return the names of a release; made once a process and release. Raises ShelfError where it cannot be read."""
    return _made(digest)


@lru_cache(maxsize=2)
def _made(digest: str) -> Names:
    library = shelf_services.library(digest)
    uses: dict[str, dict[Spot, None]] = {}
    for name, spot in _used(library):
        for key in {name, _bare(name)}:
            uses.setdefault(key, {})[spot] = None
    texts = shelf.texts(shelf.release_of(digest))
    lines = {path: text.splitlines() for path, text in texts.items()}
    declared = sorted(
        (_at_its_key(one, lines) for one in _declared(library)),
        key=lambda one: (list(KINDS).index(one.kind), one.name, one.place),
    )
    return Names(declared, {name: sorted(found, key=lambda one: one.place) for name, found in uses.items()})


def _at_its_key(spot: Spot, lines: Mapping[str, Sequence[str]]) -> Spot:
    """A block stands where its first line is; people look for the line above it, that says its name."""
    text, line = lines.get(spot.place.file, ()), spot.place.line
    above = range(line, max(0, line - 3), -1)
    key = re.compile(rf"\s*(- )?{re.escape(_bare(spot.name))}\s*:")
    found = next((number for number in above if number <= len(text) and key.match(text[number - 1])), line)
    return replace(spot, place=Place(spot.place.file, found))


def _declared(library: Library) -> Iterator[Spot]:
    documents: Iterable[Document] = (*library.protocols, *library.questionnaires)
    for each in documents:
        yield Spot("document", each.name, Place(each.place.file, 1), each.title)
    for score in library.scores:
        yield Spot("score", score.name, Place(score.place.file, 1), score.title)
    for fact in library.vocabulary.facts.values():
        yield Spot("fact", fact.name, fact.place, fact.title, (fact.question,) if fact.question else ())
    for code in library.vocabulary.codes.values():
        yield Spot("code", code.code, code.place, code.title, (code.patient,) if code.patient else ())
    for medicine in library.formulary.medicines.values():
        called = tuple({"": name} for name in medicine.names)
        yield Spot("medicine", medicine.code, medicine.place, medicine.title, called)
    for regimen in library.formulary.regimens.values():
        yield Spot("regimen", regimen.code, regimen.place, regimen.title)
    for protocol in library.protocols:
        yield from _of_protocol(protocol)
    for statement in library.invariants:
        yield Spot("statement", statement.name, statement.place, statement.because)


def _of_protocol(protocol: Protocol) -> Iterator[Spot]:
    for parameter in protocol.parameters.values():
        yield Spot("parameter", parameter.name, parameter.place)
    for definition in protocol.definitions.values():
        yield Spot("definition", definition.name, definition.place, definition.title or {})
    for rule in protocol.rules.values():
        yield Spot("rule", rule.name, rule.place, rule.because, ({"": rule.sentence},))


def _used(library: Library) -> Iterator[tuple[str, Spot]]:
    for protocol in library.protocols:
        yield from _used_by_protocol(protocol)
    for score in library.scores:
        yield from _used_by_score(score)
    for questionnaire in library.questionnaires:
        yield from _used_by_questions(questionnaire)
    yield from _used_by_formulary(library)
    for statement in library.invariants:
        spot = Spot("statement", statement.name, statement.place)
        yield from ((name, spot) for name in (*_read(statement.when), *statement.names, *statement.but))


def _used_by_protocol(protocol: Protocol) -> Iterator[tuple[str, Spot]]:
    if protocol.applies is not None:
        spot = Spot("applies", protocol.name, Place(protocol.place.file, 1))
        yield from ((name, spot) for name in _read(protocol.applies))
    for definition in protocol.definitions.values():
        spot = Spot("definition", definition.name, definition.place)
        yield from ((name, spot) for name in _read(definition.expression))
    for rule in protocol.rules.values():
        spot = Spot("rule", rule.name, rule.place)
        done = (name for action in rule.actions for name in (action.code, action.medicine, action.regimen) if name)
        read = (name for expr in (rule.when, rule.exclude) if expr is not None for name in _read(expr))
        yield from ((name, spot) for name in (*read, *done, *rule.overrides, *rule.unless))
    for test in protocol.examples:
        spot = Spot("test", test.name, test.place)
        yield from ((name, spot) for name in (*test.given, *test.include, *test.exclude, *test.held, *test.fired))


def _used_by_score(score: Score) -> Iterator[tuple[str, Spot]]:
    for one in score.inputs.values():
        if one.bind is not None:
            spot = Spot("score", score.name, one.place)
            yield from ((name, spot) for name in _read(one.bind))


def _used_by_questions(questionnaire: Questionnaire) -> Iterator[tuple[str, Spot]]:
    for question in (one for group in questionnaire.groups for one in group.questions):
        spot = Spot("question", question.item, question.place)
        conditions = [expr for expr in (question.when, *(flag.when for flag in question.red_flags)) if expr is not None]
        read = (name for expr in conditions for name in _read(expr))
        yield from ((name, spot) for name in ((question.fact,) if question.fact else ()))
        yield from ((name, spot) for name in (*read, *(flag.alert for flag in question.red_flags)))


def _used_by_formulary(library: Library) -> Iterator[tuple[str, Spot]]:
    formulary = library.formulary
    for medicine in formulary.medicines.values():
        for safety in medicine.safety:
            spot = Spot("medicine", medicine.code, safety.place)
            yield from ((name, spot) for name in (*_read(safety.when), *safety.add))
    for regimen in formulary.regimens.values():
        spot = Spot("regimen", regimen.code, regimen.place)
        yield from ((part.medicine, spot) for part in regimen.parts)
        for safety in regimen.safety:
            yield from ((name, Spot("regimen", regimen.code, safety.place)) for name in _read(safety.when))
    for meeting in formulary.interactions:
        spot = Spot("medicine", " + ".join(meeting.sides), meeting.place)
        yield from ((name, spot) for name in (*meeting.sides, *meeting.add))


def _read(expr: Expr) -> Iterator[str]:
    for node in nodes(expr):
        match node:
            case Name(name=name) | Known(fact=name) | OfSeries(series=name):
                yield name
            case Includes(fact=name, code=code):
                yield name
                yield code


def said(spot: Spot, language: str) -> str:
    """Return what a declaration is called for a reader."""
    return words(spot.title, language)

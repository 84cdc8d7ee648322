"""The answer of the second opinion about a case: what each rule comes to, what is concluded, which items follow."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Literal

from engine.facts import CaseFacts
from engine.language.documents import Edition
from engine.opinion.conditions import truth
from engine.opinion.network import ALWAYS, Network, Pair, Token, network_of
from engine.opinion.sheet import RuleLine, sheet_of
from engine.opinion.spans import Truth, every
from engine.opinion.views import Lens, View, Views, lens_of, views_of

Outcome = Literal["proposed", "held", "open", "excluded", "silent"]
Chain = Callable[[frozenset[Token]], frozenset[Token]]  # what is given -> all that is established
FOR_ADULTS = ("prescribe", "supplement", "diet")
NO_ITEM = ("conclude", "ask")


@dataclass(frozen=True, slots=True)
class Reading:
    """What was chained in one reading of a case: calmly, and with alarm (the same in a case without mentions)."""

    network: Network
    calm: frozenset[Token]
    alarmed: frozenset[Token]

    def truth(self, pair: Pair, *, alarmed: bool = False) -> Truth:
        """Return whether a condition is established; with alarm only what is true can differ from the calm reading."""
        if pair[0] in (self.alarmed if alarmed else self.calm):
            return True
        return False if pair[1] in self.calm else None


@dataclass(frozen=True, slots=True)
class Opinion:
    """``outcomes``: what each rule may come to, one unless a score lacks answers; ``named`` likewise of what is named.

    ``items``: the codes that follow, each with the rules behind it that are proposed or held.
    """

    outcomes: Mapping[str, frozenset[Outcome]]
    named: Mapping[str, frozenset[Truth]]
    items: Mapping[str, frozenset[str]]
    withheld: Mapping[str, frozenset[str]]  # codes that these rules do not give: doses and diets, for who is no adult


class Adviser:
    """An edition translated once, and asked about many cases."""

    def __init__(self, edition: Edition, make_chain: Callable[[Network], Chain]) -> None:
        sheet = sheet_of(edition)
        self.lens: Lens = lens_of(sheet)
        self.network = network_of(sheet)
        self.chain = make_chain(self.network)

    def opinion(self, case: CaseFacts) -> Opinion:
        """Return the opinion about a case; a score that lacks answers is read both ways that its answers allow."""
        bold = views_of(self.lens, case, bold=True)
        careful = views_of(self.lens, case, bold=False)
        readings = [self._reading(bold)]
        if self._given(careful) != self._given(bold):
            readings.append(self._reading(careful))
        rules = self.network.sheet.rules
        outcomes = {name: _outcomes(line, readings) for name, line in rules.items()}
        named = {
            name: frozenset(reading.truth(pair) for reading in readings) for name, pair in self.network.named.items()
        }
        given, withheld = _items(rules.values(), outcomes, bold.calm.adult)
        return Opinion(outcomes, named, given, withheld)

    def _given(self, views: Views) -> tuple[frozenset[Token], frozenset[Token]]:
        """Return what the case establishes of single conditions: calmly, and with alarm."""
        calm = frozenset(self._established(views.calm, views.calm))
        return calm, calm if views.is_plain else frozenset(self._established(views.alarmed, views.below))

    def _established(self, view: View, denied: View) -> Iterator[Token]:
        """Yield the tokens of a view. With alarm, what is true is true there, what is false stands below a ``not``."""
        yield ALWAYS
        for atom in self.network.atoms.values():
            if truth(atom.expr, view, red=atom.red) is True:
                yield atom.tokens[0]
            if truth(atom.expr, denied, red=atom.red) is False:
                yield atom.tokens[1]

    def _reading(self, views: Views) -> Reading:
        """Return what is established; conditions that read conclusions are asked again until nothing is added."""
        given = self._given(views)
        while True:
            reading = self._chained(given, plain=views.is_plain)
            if not any(atom.after for atom in self.network.atoms.values()):
                return reading
            self._conclude(views, reading)
            before, given = given, self._given(views)
            if given == before:
                return reading

    def _chained(self, given: tuple[frozenset[Token], frozenset[Token]], *, plain: bool) -> Reading:
        calm, alarmed = given
        if plain:
            found = self.chain(calm)
            return Reading(self.network, found, found)
        danger = self.chain(alarmed)
        stopped = (rule.stopped for rule in self.network.rules.values() if rule.barred[0] in danger)
        return Reading(self.network, self.chain(calm.union(stopped)), danger)

    def _conclude(self, views: Views, reading: Reading) -> None:
        pairs = {name: self.network.named[name] for name in self.network.sheet.drawn_by}
        calm = {name: reading.truth(pair) for name, pair in pairs.items()}
        if views.is_plain:
            views.conclude(calm, calm, calm)
            return
        alarmed = {name: reading.truth(pair, alarmed=True) for name, pair in pairs.items()}
        below = {name: False if pair[1] in reading.alarmed else calm[name] for name, pair in pairs.items()}
        views.conclude(calm, alarmed, below)


def _outcomes(line: RuleLine, readings: Iterable[Reading]) -> frozenset[Outcome]:
    """Return what a rule may come to, each of its parts being as one of the readings has it."""
    parts = [_parts(line, reading) for reading in readings]
    return frozenset(_outcome(*way) for way in product(*(dict.fromkeys(each) for each in zip(*parts, strict=True))))


def _parts(line: RuleLine, reading: Reading) -> tuple[Truth, Truth, Truth]:
    """Return whether a rule applies, is indicated and is barred; red flags and what bars a rule are read with alarm."""
    tokens = reading.network.rules[line.name]
    return (
        reading.truth(tokens.applies),
        reading.truth(tokens.when, alarmed=line.red_flag),
        reading.truth(tokens.barred, alarmed=True),
    )


def _outcome(applies: Truth, indicated: Truth, barred: Truth) -> Outcome:
    fits = every((applies, indicated))
    if fits is False:
        return "silent"
    if barred is True:
        return "excluded" if fits else "silent"
    if fits is None:
        return "open"
    return "held" if barred is None else "proposed"


def _items(
    rules: Iterable[RuleLine], outcomes: Mapping[str, frozenset[Outcome]], adult: Truth
) -> tuple[dict[str, frozenset[str]], dict[str, frozenset[str]]]:
    """Return the codes that surely follow with their rules, and those withheld: for adults, and nobody knows of one."""
    given: dict[str, set[str]] = {}
    withheld: dict[str, set[str]] = {}
    for line in rules:
        for action in line.actions:
            guarded = action.kind in FOR_ADULTS and not line.paediatric and adult is not True
            if guarded:
                withheld.setdefault(action.code, set()).add(line.name)
            elif action.kind not in NO_ITEM and outcomes[line.name] <= {"proposed", "held"}:
                given.setdefault(action.code, set()).add(line.name)
    sure = {
        code: names - given.get(code, set()) for code, names in withheld.items()
    }  # one action of a rule may do both
    return _frozen(given), _frozen(sure)


def _frozen(found: Mapping[str, set[str]]) -> dict[str, frozenset[str]]:
    return {code: frozenset(names) for code, names in found.items()}

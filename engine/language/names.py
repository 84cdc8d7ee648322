"""What a name may mean where it stands, and what kind of thing it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from typing import Literal

from engine.conditions import NameKind
from engine.facts import FactSpec, UnitRule, Vocabulary, fold
from engine.formulary import Formulary
from engine.language.documents import Definition, Parameter, Protocol, Score, ScoreInput
from engine.language.formularies import ancestors

Sort = Literal["number", "yes_no", "code", "set", "series", "text", "date", "unknown"]
TREATMENT_FACTS = ("tried", "failed", "not_tolerated")  # what the treatment history of a case fills
_SORTS: Mapping[str, Sort] = {
    "yes_no": "yes_no", "integer": "number", "decimal": "number", "quantity": "number", "choice": "code",
    "set": "set", "series": "series", "text": "text", "date": "date",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Kind:
    """What an expression yields. ``loose`` numbers come from products whose unit is not followed any further."""

    sort: Sort
    unit: str | None = None
    loose: bool = False
    label: str = ""
    choices: tuple[str, ...] = ()
    units: Mapping[str, UnitRule] = field(default_factory=dict)
    range: tuple[Fraction, Fraction] | None = None
    literal: bool = False

    def said(self) -> str:
        """Return how a message names it."""
        words = {"yes_no": "yes or no", "code": "a choice", "set": "a set", "series": "a series", "date": "a date"}
        what = words.get(self.sort, f"a {self.sort}")
        return f'"{self.label}" ({what})' if self.label else what


UNKNOWN = Kind("unknown")
YES_NO = Kind("yes_no")
COUNT = Kind("number")


def kind_of_fact(spec: FactSpec) -> Kind:
    """Return the kind of a fact."""
    return Kind(
        _SORTS[spec.type], spec.unit, label=spec.name, choices=tuple(spec.choices), units=spec.units, range=spec.range
    )


def kind_of_input(given: ScoreInput) -> Kind:
    """Return the kind of a score's input, in the unit of the input; its formula follows no units."""
    units = {unit: UnitRule(unit, factor) for unit, factor in given.units.items()}
    sort = _SORTS[given.type]
    return Kind(sort, given.unit, label=given.name, choices=given.choices, units=units, range=given.range, loose=True)


def kind_of_parameter(parameter: Parameter) -> Kind:
    """Return the kind of a parameter."""
    match parameter.value:
        case bool():
            return Kind("yes_no", label=parameter.name)
        case Fraction():
            return Kind("number", parameter.unit, label=parameter.name)
        case text:
            return Kind("code", label=parameter.name, choices=parameter.choices or (text,))


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a written name stands for: its kind of name and its full name."""

    kind: NameKind
    name: str


@dataclass(frozen=True)
class World:
    """Everything a file may refer to: one version of each document."""

    vocabulary: Vocabulary
    formulary: Formulary
    shared: Mapping[str, Definition]  # definitions of the vocabulary
    protocols: Mapping[str, Protocol]
    scores: Mapping[str, Score]
    unread: frozenset[str] = frozenset()  # documents whose file could not be read: their names are nobody's fault

    @cached_property
    def concluded(self) -> Mapping[str, frozenset[str]]:
        """The names the rules of each protocol conclude."""
        return {
            name: frozenset(
                part.code for rule in protocol.rules.values() for part in rule.actions if part.kind == "conclude"
            )
            for name, protocol in self.protocols.items()
        }

    @cached_property
    def open_names(self) -> frozenset[str]:
        """Every name that means something in any file."""
        qualified = {
            f"{name}.{inner}"
            for name, protocol in self.protocols.items()
            for inner in (*protocol.definitions, *protocol.parameters, *self.concluded[name])
        }
        return frozenset((*qualified, *self.vocabulary.facts, *self.shared, *self.scores))

    def in_protocol(self, protocol: str, name: str) -> Meaning | None:
        """Return what a bare name means inside a protocol."""
        document = self.protocols.get(protocol)
        if document is None:
            return None
        qualified = f"{protocol}.{name}"
        if name in document.definitions:
            return Meaning("definition", qualified)
        if name in document.parameters:
            return Meaning("parameter", qualified)
        return Meaning("conclusion", qualified) if name in self.concluded[protocol] else None

    def everywhere(self, name: str) -> Meaning | None:
        """Return what a name means in any file: a fact, a score, a shared definition, or a qualified name."""
        if "." in name:
            return self.in_protocol(*name.split(".", 1))
        if name in self.vocabulary.facts:
            return Meaning("fact", name)
        if name in self.shared:
            return Meaning("definition", name)
        return Meaning("score", name) if name in self.scores else None


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: in a protocol, in a score (its formula or a binding), or in the open."""

    world: World
    protocol: str | None = None
    score: Score | None = None
    known_allowed: bool = True  # facts may be asked for with known(); refused later where the rule forbids it
    codes_allowed: bool = False  # a bare word that means nothing is a code (the value of a score)
    reads_value: bool = False  # bands read the score's value

    def meaning(self, name: str) -> Meaning | None:
        """Return what a name means here."""
        if self.score is not None:
            return self._in_score(name)
        if self.protocol is not None and (found := self.world.in_protocol(self.protocol, name)):
            return found
        return self.world.everywhere(name)

    def _in_score(self, name: str) -> Meaning | None:
        score = self.score
        if score is None:
            return None
        if name in score.inputs:
            return Meaning("fact", name)
        if name in score.definitions:
            return Meaning("definition", name)
        return Meaning("score", "value") if name == "value" and self.reads_value and score.value is not None else None

    def names(self) -> frozenset[str]:
        """Return every name that means something here, for hints."""
        if self.score is not None:
            return frozenset((*self.score.inputs, *self.score.definitions))
        protocol = self.world.protocols.get(self.protocol or "")
        if protocol is None:
            return self.world.open_names
        own = (*protocol.definitions, *protocol.parameters, *self.world.concluded[protocol.name])
        return self.world.open_names.union(own)


def members(world: World, fact: str, code: str) -> frozenset[str] | None:
    """Return every recorded code that makes ``fact includes code`` true, or None if nobody knows the code."""
    formulary, spec = world.formulary, world.vocabulary.facts[fact]
    if spec.choices:
        return frozenset({code}) if code in spec.choices else None
    if fact in TREATMENT_FACTS and code in formulary.regimens:
        return frozenset({code})
    known = formulary.names.get(fold(code))
    if known is None:
        return None
    if known in formulary.brands:
        return frozenset({known})
    allergy = world.vocabulary.lists.get("allergies") == fact
    inside = {known} if known in formulary.medicines else _members_of_class(formulary, known)
    if known in formulary.medicines and allergy:
        inside |= ancestors(formulary, formulary.medicines[known].classes)
    return frozenset(inside | _brands_of(formulary, inside))


def _members_of_class(formulary: Formulary, code: str) -> set[str]:
    classes = {name for name in formulary.classes if code in ancestors(formulary, (name,))}
    return classes | {name for name, drug in formulary.medicines.items() if classes & set(drug.classes)}


def _brands_of(formulary: Formulary, codes: Iterable[str]) -> set[str]:
    wanted = set(codes)
    return {key for key, brand in formulary.brands.items() if wanted & set(brand.ingredients)}

"""The data dictionary (every fact a rule may read) and the facts known about one patient."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Literal

from engine.errors import NOWHERE, Place

Text = Mapping[str, str]  # language -> words: {"es": ..., "en": ...}
FactType = Literal["yes_no", "integer", "decimal", "quantity", "choice", "set", "text", "date", "series"]
UnknownBecause = Literal["not_asked", "dont_know", "stale", "queried", "not_valid", "unconfirmed_mention"]
MentionKind = Literal["affirmed", "negated", "family", "past", "hypothetical"]
Scalar = bool | Fraction | str | date
Entry = Fraction | tuple[Fraction, ...]  # what one day of a series holds: a value, or several (none: ())


def fold(text: str) -> str:
    """Return a name as it is compared: small letters, no accents, words joined by ``_``."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return re.sub(r"[^a-z0-9]+", "_", "".join(sign for sign in plain if not unicodedata.combining(sign))).strip("_")


@dataclass(frozen=True, slots=True)
class UnitRule:
    """How a value in ``unit`` becomes canonical (``value * factor + offset``) and what is plausible in it."""

    unit: str
    factor: Fraction
    offset: Fraction = Fraction(0)
    plausible: tuple[Fraction, Fraction] | None = None


@dataclass(frozen=True, slots=True)
class FactSpec:
    """One entry of the vocabulary. Ranges and steps are in the canonical unit (``unit``; None for counts)."""

    name: str
    type: FactType
    title: Text
    unit: str | None = None
    units: Mapping[str, UnitRule] = field(default_factory=dict)
    range: tuple[Fraction, Fraction] | None = None
    step: Fraction | None = None
    choices: Mapping[str, Text] = field(default_factory=dict)  # choice and set: code -> title
    fresh_for_days: int | None = None
    ask: tuple[str, ...] = ()  # names printed when it is missing; default: its own name
    question: Text | None = None
    typical: Scalar | None = None
    cost: Fraction = Fraction(1)
    obtainable: bool = True
    red_flag: bool = False  # a positive answer never ages into plain unknown
    grade: str | None = None  # yes_no given as a number: the fact that keeps the number
    several: bool = False  # series: a day may hold several values
    open_for_days: int | None = None  # series: how many days back a day may still be filled in; None: any
    codes: Mapping[str, str] = field(default_factory=dict)  # loinc, snomed
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class CodeSpec:
    """A code a plan may hold (``test:fit``): what it is called for the doctor and, in plain words, for the patient."""

    code: str
    title: Text
    patient: Text | None = None
    opposed: tuple[str, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True)
class Vocabulary:
    """Every fact and code. It has no slots: what follows from the facts is found once and kept."""

    facts: Mapping[str, FactSpec]
    codes: Mapping[str, CodeSpec]
    lists: Mapping[str, str] = field(default_factory=dict)  # section of a case -> set fact: "allergies" -> "allergy"

    @cached_property
    def queried(self) -> tuple[str, ...]:
        """Return the yes/no facts ``<name>_queried``: whether the value ``<name>`` must be asked about."""
        return tuple(name for name, spec in self.facts.items() if spec.type == "yes_no" and name.endswith("_queried"))


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a value came from, for the trace: section of the case, its date, the value and unit as given."""

    section: str
    dated: date | None = None
    given: str = ""
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Value:
    """A known scalar, canonical; numbers are exact fractions."""

    value: Scalar
    origin: Origin


@dataclass(frozen=True, slots=True)
class CodeSet:
    """A recorded list. ``complete`` is False when an entry could not be recognised: then an absent code is unknown."""

    codes: frozenset[str]
    origin: Origin
    complete: bool = True
    details: Mapping[str, Mapping[str, object]] = field(default_factory=dict)  # code -> dose, year, reaction ...
    mentioned: frozenset[str] = frozenset()  # written in free text and not confirmed: neither in the list nor out


@dataclass(frozen=True, slots=True)
class Series:
    """Values in the order of time; None is a day not recorded.

    A diary has one entry a day and ends on ``last`` (None: nobody said); repeated measurements have ``dates`` instead.
    """

    values: tuple[Entry | None, ...]
    origin: Origin
    last: date | None = None
    dates: tuple[date, ...] = ()


@dataclass(frozen=True, slots=True)
class Missing:
    """An unknown fact and why it is unknown; ``was`` keeps what an old, queried or invalid value said."""

    because: UnknownBecause
    origin: Origin | None = None
    was: str = ""
    positive_before: bool = False  # an old positive red flag: "ask now"


FactValue = Value | CodeSet | Series | Missing


@dataclass(frozen=True, slots=True)
class Mention:
    """A place of a free text that speaks of a fact. ``code``: the entry of a list, empty for a yes/no fact.

    ``start`` and ``end`` count characters of the text of ``section``. ``also`` are facts true with it.
    """

    section: str
    start: int
    end: int
    text: str
    fact: str
    code: str = ""
    kind: MentionKind = "affirmed"
    also: tuple[str, ...] = ()
    child: bool = False  # of somebody else, but a child: of the patient, if a parent writes


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two sources that disagree about one fact; both are shown, neither is chosen silently."""

    fact: str
    first: Origin
    second: Origin


@dataclass(frozen=True, slots=True)
class CaseFacts:
    """Everything known about one case: a fact that is not in ``values`` was not asked."""

    id: str
    as_of: date | None
    values: Mapping[str, FactValue]
    queries: tuple[str, ...] = ()  # facts whose unit or value must be asked about
    conflicts: tuple[Conflict, ...] = ()
    free_text: Mapping[str, str] = field(default_factory=dict)
    decided: frozenset[str] = frozenset()  # facts that somebody settled after reading the free text
    series: Mapping[str, Series] = field(default_factory=dict)  # measurements of more than one day, by fact

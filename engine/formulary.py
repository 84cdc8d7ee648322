"""Medicines and supplements: what they are, what they must not meet, and the regimens built from them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from engine.conditions import Expr
from engine.errors import NOWHERE, Place
from engine.facts import Text

Severity = Literal["contraindicated", "adjust", "monitor"]


@dataclass(frozen=True, slots=True)
class SafetyCondition:
    """A condition over facts. True: block, adjust or monitor as ``severity`` says; unknown is never clear."""

    when: Expr
    severity: Severity
    because: Text
    add: tuple[str, ...] = ()  # plan codes that come with it: alert:..., test:...
    ask: tuple[str, ...] = ()  # further names to ask when true
    dose: str | None = None  # with adjust: the dose to give instead
    source: str = ""
    review_needed: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Medicine:
    """An ingredient (or supplement). ``names``: other spellings and languages."""

    code: str
    title: Text
    kind: Literal["medicine", "supplement", "allergen"]
    classes: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    max_daily: tuple[Fraction, str] | None = None
    alternatives: tuple[str, ...] = ()  # plan codes to fall back to when it is blocked
    safety: tuple[SafetyCondition, ...] = ()
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Brand:
    """A trade name as people say it: Augmentine holds amoxicillin and clavulanate."""

    name: str
    ingredients: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Class:
    """A class and the classes above it: penicillins are beta-lactams.

    ``cross_allergy``: an allergy to one member forbids them all (a recorded allergy to the class always does).
    """

    code: str
    title: Text
    parents: tuple[str, ...] = ()
    cross_allergy: bool = False


@dataclass(frozen=True, slots=True)
class Interaction:
    """Between two sides (ingredient or class); one side is given by the plan, the other given or already taken."""

    sides: tuple[str, str]
    severity: Severity
    because: Text
    add: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    source: str = ""
    dose: Mapping[str, str] = field(default_factory=dict)  # with adjust: medicine -> dose to give instead
    intended_in: tuple[str, ...] = ()  # regimens where the combination is meant (bismuth with tetracycline)
    review_needed: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Part:
    """One ingredient of a regimen. ``one_of``: the doctor chooses among these instead (any PPI)."""

    medicine: str
    dose: str
    frequency: str
    route: str = "oral"
    timing: Text | None = None
    duration_days: int | None = None


@dataclass(frozen=True, slots=True)
class Regimen:
    code: str  # without the rx: prefix
    title: Text
    parts: tuple[Part, ...]
    patient: Text | None = None
    alternatives: tuple[str, ...] = ()  # plan codes to fall back to when it is blocked
    safety: tuple[SafetyCondition, ...] = ()
    review_needed: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Formulary:
    medicines: Mapping[str, Medicine]
    classes: Mapping[str, Class]
    brands: Mapping[str, Brand]
    regimens: Mapping[str, Regimen]
    interactions: tuple[Interaction, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)  # folded name or brand -> code of medicine, brand or class

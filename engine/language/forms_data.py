"""The shapes of the vocabulary and the formulary."""

from typing import Annotated, Any

from engine.language.forms_base import (
    FactKind,
    Form,
    Names,
    Review,
    Severity,
)
from engine.language.scalars import (
    Condition,
    Days,
    Decimal,
    Factor,
    Flag,
    Identifier,
    Key,
    Located,
    LocatedName,
    Quantity,
    Span,
    Str,
)
from engine.language.shapes import Shape, Words, Written


class UnitForm(Shape):
    """A factor with an offset: ``{factor: 0.0915, offset: 2.15}``."""

    factor: Factor
    offset: Decimal = 0


class FactForm(Shape):
    """One entry of the data dictionary."""

    type: FactKind
    title: Words
    question: Words | None = None
    unit: Located | None = None
    units: dict[Key, Any] = {}
    plausible: Any = None
    range: Span | None = None
    step: Decimal | None = None
    fresh_for: Days | None = None
    ask: Names = []
    choices: dict[Identifier, Words] = {}
    codes: dict[Key, Str] = {}
    typical: Located | None = None
    cost: Decimal = 1
    obtainable: Flag = True
    red_flag: Flag = False
    grade: LocatedName | None = None
    several: Flag = False
    open_for: Days | None = None
    derived: Flag = False
    review: Review | None = None


class CodeForm(Shape):
    """A code a plan may hold."""

    title: Words
    patient: Words | None = None
    opposed: list[Located] = []
    review: Review | None = None


class DefinitionForm(Shape):
    """A named number or code: ``expression`` with a title."""

    title: Words | None = None
    expression: Condition


class VocabularyForm(Form):
    """Facts a rule may read, lists of a case, codes of a plan, and named conditions all files may use."""

    vocabulary: Identifier
    facts: dict[Identifier, FactForm] = {}
    lists: dict[Identifier, LocatedName] = {}
    codes: dict[Identifier, dict[Key, CodeForm]] = {}
    define: dict[Identifier, Any] = {}


class SafetyForm(Shape):
    """A condition under which a medicine is blocked, adjusted or watched."""

    when: Condition
    severity: Severity
    because: Words
    add: list[Located] = []
    ask: Names = []
    dose: Str | None = None
    source: Located | None = None
    review: Review | None = None


class ClassForm(Shape):
    """A class of medicines and the classes above it."""

    title: Words
    in_: Annotated[Names, Written("in")] = []
    names: list[Str] = []
    cross_allergy: Flag = False


class MedicineForm(Shape):
    """An ingredient, supplement or allergen."""

    title: Words
    classes: Names = []
    names: list[Str] = []
    max_daily: Quantity | None = None
    alternatives: list[Located] = []
    safety: list[SafetyForm] = []
    source: Located | None = None
    review: Review | None = None


class PartForm(Shape):
    """One ingredient of a regimen."""

    medicine: LocatedName
    dose: Str
    frequency: Str
    route: Str = "oral"
    timing: Words | None = None
    duration: Days | None = None


class RegimenForm(Shape):
    """Ingredients given together, under one name."""

    title: Words
    patient: Words | None = None
    parts: list[PartForm]
    alternatives: list[Located] = []
    safety: list[SafetyForm] = []
    source: Located | None = None
    review: Review | None = None


class InteractionForm(Shape):
    """Two medicines or classes that must not, or only with care, meet."""

    between: Names
    severity: Severity
    because: Words
    add: list[Located] = []
    ask: Names = []
    source: Located | None = None
    dose: dict[Identifier, Str] = {}
    intended_in: Names = []
    review: Review | None = None


class FormularyForm(Form):
    """Medicines, supplements, classes, brands, regimens and interactions."""

    formulary: Identifier
    classes: dict[Identifier, ClassForm] = {}
    medicines: dict[Identifier, MedicineForm] = {}
    supplements: dict[Identifier, MedicineForm] = {}
    allergens: dict[Identifier, MedicineForm] = {}
    brands: dict[Key, Names] = {}
    regimens: dict[Identifier, RegimenForm] = {}
    interactions: list[InteractionForm] = []

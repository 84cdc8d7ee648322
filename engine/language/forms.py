"""The shape of every kind of authored file: which keys, of which type. The JSON Schema is published from here."""

from typing import Annotated, Any

from pydantic import Field

from engine.language.shapes import (
    Among,
    Condition,
    Day,
    Days,
    Decimal,
    Factor,
    Flag,
    Identifier,
    Key,
    Located,
    LocatedName,
    Quantity,
    Shape,
    SourceKey,
    Span,
    Str,
    Version,
    Whole,
    Words,
)

FACT_TYPES = ("yes_no", "integer", "decimal", "quantity", "choice", "set", "text", "date", "series")
Urgency = Annotated[str, Among("none", "soon", "urgent_2w", "same_day", "emergency")]
Evidence = Annotated[str, Among("strong", "moderate", "weak", "very_low", "consensus")]
Severity = Annotated[str, Among("contraindicated", "adjust", "monitor")]
Review = Annotated[str, Among("needed")]
ACTIONS = (
    "prescribe", "supplement", "diet", "test", "refer", "alert", "advice", "step", "follow_up", "hypothesis",
    "monitor", "ask", "conclude",
)  # fmt: skip

FactKind = Annotated[str, Among(*FACT_TYPES)]
Status = Annotated[str, Among("published", "draft")]
ScoreStatus = Annotated[str, Among("ok", "incomplete", "reject_or_query")]
ValueType = Annotated[str, Among("integer", "decimal", "code", "none")]
FormKind = Annotated[str, Among("intake", "diary", "score")]
ItemKind = Annotated[
    str,
    Among(
        "yes_no", "scale", "integer", "decimal", "quantity", "choice", "choices", "text", "date", "stools",
        "allergies", "medications", "history", "family_history",
    ),
]  # fmt: skip
Names = list[LocatedName]


class Effective(Shape):
    """When a version is in force."""

    from_: Annotated[Day | None, Field(alias="from")] = None
    until: Day | None = None


class Form(Shape):
    """What every authored file has."""

    version: Version
    title: Words
    status: Status = "published"
    effective: Effective | None = None
    review_by: Day | None = None
    review: Review | None = None
    sources: dict[SourceKey, Str] = {}


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
    in_: Annotated[Names, Field(alias="in")] = []
    cross_allergy: Flag = False


class MedicineForm(Shape):
    """An ingredient, supplement or allergen."""

    title: Words
    classes: Names = []
    names: list[Str] = []
    max_daily: Quantity | None = None
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


class ExampleForm(Shape):
    """A test that lives in the file."""

    name: Str
    given: Any = None
    expect: Any


class ExpectForm(Shape):
    """What a protocol's test expects of the plan."""

    include: list[Located] = []
    exclude: list[Located] = []
    held: list[Located] = []
    blocked: list[Located] = []
    urgency: Urgency | None = None
    ask: list[Located] = []
    fired: list[Located] = []
    not_fired: list[Located] = []
    scores: dict[Identifier, Any] = {}


class ScoreExpectForm(Shape):
    """What a score's test expects."""

    value: Any = None
    band: Any = None
    status: ScoreStatus | None = None
    missing: list[Located] = []
    query: list[Located] = []
    possible_range: Any = None


class ParameterForm(Shape):
    """What the clinic may set, with its range or choices."""

    value: Located
    range: Any = None
    choices: list[LocatedName] = []
    title: Words | None = None
    source: Located | None = None
    review: Review | None = None


class ActionForm(Shape):
    """One thing a rule does: its kind is the first key."""

    prescribe: LocatedName | None = None
    supplement: LocatedName | None = None
    diet: LocatedName | None = None
    test: LocatedName | None = None
    refer: LocatedName | None = None
    alert: LocatedName | None = None
    advice: LocatedName | None = None
    step: LocatedName | None = None
    follow_up: LocatedName | None = None
    hypothesis: LocatedName | None = None
    monitor: LocatedName | None = None
    ask: Names | None = None
    conclude: LocatedName | None = None
    regimen: LocatedName | None = None
    dose: Str | None = None
    frequency: Str | None = None
    route: Str | None = None
    timing: Words | None = None
    duration: Located | None = None
    urgency: Urgency = "none"
    within: Located | None = None
    after: Located | None = None
    with_: Annotated[LocatedName | None, Field(alias="with")] = None
    alternatives: list[Located] = []
    patient: Words | None = None


class RuleForm(Shape):
    """A rule: when, exclude, do and why."""

    when: Condition
    do: Annotated[list[ActionForm], Field(min_length=1)]
    because: Words
    title: Words | None = None
    exclude: Condition | None = None
    red_flag: Flag = False
    paediatric: Flag = False
    overrides: list[Located] = []
    unless: list[Located] = []
    source: Located | None = None
    evidence: Evidence | None = None
    sentence: Str | None = None
    review: Review | None = None


class ProtocolForm(Form):
    """A rule set."""

    protocol: Identifier
    applies: Condition | None = None
    parameters: dict[Identifier, ParameterForm] = {}
    define: dict[Identifier, Any] = {}
    rules: dict[Identifier, RuleForm] = {}
    tests: list[ExampleForm] = []


class InputForm(Shape):
    """One input of a score, by its contract name."""

    type: FactKind
    title: Words | None = None
    bind: Condition | None = None
    unit: Located | None = None
    units: dict[Key, Any] = {}
    range: Span | None = None
    plausible: Any = None
    choices: Any = None
    null_is_not_done: Flag = False


class ScoreForm(Form):
    """A calculator."""

    score: Identifier
    range: Span | None = None
    adults_only: Flag = True
    inputs: dict[Identifier, InputForm]
    define: dict[Identifier, Any] = {}
    value: Condition | None = None
    value_type: ValueType | None = None
    bands: dict[Key, Condition] = {}
    tests: list[ExampleForm] = []


class RedFlagForm(Shape):
    """What is shown at once when an answer is alarming."""

    when: Condition
    instruction: LocatedName
    alert: Located
    urgency: Urgency


class LabelsForm(Shape):
    """Words at both ends of a scale."""

    low: Words
    high: Words


class OptionForm(Shape):
    """One answer to choose."""

    code: LocatedName
    title: Words


class ItemForm(Shape):
    """One question."""

    item: LocatedName
    kind: ItemKind
    text: Words
    help: Words | None = None
    fact: LocatedName | None = None
    section: Identifier = "questionnaire"
    unit: Located | None = None
    units: list[Located] = []
    range: Span | None = None
    labels: LabelsForm | None = None
    options: list[OptionForm] = []
    when: Condition | None = None
    always_ask: Flag = False
    red_flags: list[RedFlagForm] = []


class GroupForm(Shape):
    """A screen of questions."""

    group: Identifier
    title: Words
    intro: Words | None = None
    when: Condition | None = None
    items: Annotated[list[ItemForm], Field(min_length=1)]


class InstructionForm(Shape):
    """A fixed text approved with its version."""

    title: Words
    body: Words
    call: Str | None = None


class QuestionnaireForm(Form):
    """What patients fill in."""

    questionnaire: Identifier
    kind: FormKind
    minutes: Whole = 5
    score: LocatedName | None = None
    instructions: dict[Identifier, InstructionForm] = {}
    groups: Annotated[list[GroupForm], Field(min_length=1)]


FORMS: dict[str, type[Form]] = {
    "vocabulary": VocabularyForm,
    "formulary": FormularyForm,
    "score": ScoreForm,
    "protocol": ProtocolForm,
    "questionnaire": QuestionnaireForm,
}
FOLDERS = {
    "vocabulary": "vocabulary", "formulary": "formulary", "scores": "score", "protocols": "protocol",
    "questionnaires": "questionnaire",
}  # fmt: skip

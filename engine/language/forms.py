"""The shape of every kind of authored file: which keys, of which type. The JSON Schema is published from here."""

from typing import Annotated, Any

from engine.language.forms_base import (
    Collect,
    Evidence,
    FactKind,
    Form,
    FormKind,
    HitPolicy,
    ItemKind,
    Names,
    Review,
    ScoreStatus,
    Urgency,
    ValueType,
)
from engine.language.forms_data import FormularyForm, VocabularyForm
from engine.language.forms_lexicon import LexiconForm
from engine.language.scalars import Condition, Flag, Identifier, Key, Located, LocatedName, Span, Str, Whole
from engine.language.shapes import NotEmpty, Shape, Words, Written


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
    urgencies: dict[Key, Urgency] = {}
    doses: dict[Key, Located] = {}
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
    with_: Annotated[LocatedName | None, Written("with")] = None
    alternatives: list[Located] = []
    patient: Words | None = None


class RuleForm(Shape):
    """A rule: when, exclude, do and why."""

    when: Condition
    do: Annotated[list[ActionForm], NotEmpty()]
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


class RowForm(Shape):
    """One row of a decision table: cells by column, and what it says or does."""

    when: dict[Identifier, Located] = {}
    then: Located | None = None
    do: list[ActionForm] = []
    because: Words | None = None
    source: Located | None = None
    evidence: Evidence | None = None


class TableForm(Shape):
    """A decision table: columns, rows, and which row counts if several fit."""

    title: Words | None = None
    inputs: Annotated[dict[Identifier, Condition], NotEmpty()]
    hit: HitPolicy = "unique"
    collect: Collect | None = None
    priority: list[Located] = []
    rows: Annotated[dict[Identifier, RowForm], NotEmpty()]
    otherwise: Located | None = None
    because: Words | None = None
    source: Located | None = None
    evidence: Evidence | None = None
    red_flag: Flag = False
    paediatric: Flag = False
    review: Review | None = None


class ProtocolForm(Form):
    """A rule set."""

    protocol: Identifier
    applies: Condition | None = None
    parameters: dict[Identifier, ParameterForm] = {}
    define: dict[Identifier, Any] = {}
    rules: dict[Identifier, RuleForm] = {}
    tables: dict[Identifier, TableForm] = {}
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
    several: Flag = False
    days: Whole | None = None


class ScoreForm(Form):
    """A calculator."""

    score: Identifier
    range: Span | None = None
    adults_only: Flag = True
    danger: list[Located] = []
    inputs: dict[Identifier, InputForm]
    define: dict[Identifier, Any] = {}
    value: Condition | None = None
    record: dict[Identifier, Condition] = {}
    value_type: ValueType | None = None
    monotone: list[LocatedName] = []
    bands: dict[Key, Condition] = {}
    doubtful: dict[Identifier, Condition] = {}
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
    items: Annotated[list[ItemForm], NotEmpty()]


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
    groups: Annotated[list[GroupForm], NotEmpty()]


class InvariantForm(Shape):
    """A statement about the plan of every possible patient."""

    never: list[Located] = []
    always: list[Located] = []
    when: Condition
    but: list[Located] = []
    because: Words
    source: Located | None = None


class InvariantsForm(Form):
    """Statements that are proved before a version is published."""

    invariants: Identifier
    statements: Annotated[dict[Identifier, InvariantForm], NotEmpty()]


FORMS: dict[str, type[Form]] = {
    "vocabulary": VocabularyForm,
    "formulary": FormularyForm,
    "score": ScoreForm,
    "protocol": ProtocolForm,
    "questionnaire": QuestionnaireForm,
    "lexicon": LexiconForm,
    "invariants": InvariantsForm,
}
FOLDERS = {
    "vocabulary": "vocabulary", "formulary": "formulary", "scores": "score", "protocols": "protocol",
    "questionnaires": "questionnaire", "lexicon": "lexicon",
}  # fmt: skip

"""The authored documents once read and checked: protocols, scores, questionnaires, and the library of them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Literal

from engine.conditions import Expr
from engine.errors import NOWHERE, Place, Problem
from engine.facts import FactType, Text, Vocabulary
from engine.formulary import Formulary
from engine.lexicon import Lexicon
from engine.urgency import Urgency

ActionKind = Literal[
    "prescribe", "supplement", "diet", "test", "refer", "alert", "advice", "step", "follow_up", "hypothesis",
    "monitor", "ask", "conclude",
]  # fmt: skip
PREFIX: Mapping[ActionKind, str] = {
    "prescribe": "rx", "supplement": "supp", "diet": "diet", "test": "test", "refer": "ref", "alert": "alert",
    "advice": "advice", "step": "plan", "follow_up": "fu", "hypothesis": "dx", "monitor": "monitor",
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What every authored file has. ``name`` and ``version`` identify it; versions are MAJOR.MINOR.PATCH."""

    name: str
    version: str
    title: Text
    status: Literal["published", "draft"] = "published"
    effective_from: date | None = None
    effective_until: date | None = None
    review_by: date | None = None
    review_needed: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    value: Fraction | str | bool
    unit: str | None
    low: Fraction | None = None
    high: Fraction | None = None
    choices: tuple[str, ...] = ()
    source: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Definition:
    """A named condition or number of one document, qualified: ``reflux.alarm_features``."""

    name: str
    expression: Expr
    title: Text | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Action:
    """One thing a rule does. ``code`` is the plan code (``rx:...``); for ``conclude`` and ``ask`` the bare name."""

    kind: ActionKind
    code: str
    regimen: str | None = None  # key of the formulary's regimens
    medicine: str | None = None
    dose: str | None = None
    frequency: str | None = None
    route: str | None = None
    timing: Text | None = None
    duration_days: int | None = None
    urgency: Urgency = "none"
    within_days: int | None = None
    after_days: int | None = None
    with_questionnaire: str | None = None
    alternatives: tuple[str, ...] = ()
    patient: Text | None = None
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    when: Expr
    actions: tuple[Action, ...]
    because: Text
    exclude: Expr | None = None
    red_flag: bool = False
    paediatric: bool = False  # its medicines and diets may be proposed under 18
    overrides: tuple[str, ...] = ()  # rules (qualified) this one silences when it is proposed
    unless: tuple[str, ...] = ()  # rules (qualified) that silence this one
    source: str = ""
    evidence: str = ""
    sentence: str = ""
    review_needed: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Example:
    """A file's own test: facts by name as written (text), and what must come out.

    In a score file ``given`` holds its inputs and ``scores`` what is expected: value, band, status, missing, query,
    possible_range, as written.
    """

    name: str
    given: Mapping[str, object]
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    blocked: tuple[str, ...] = ()
    urgency: Urgency | None = None
    ask: tuple[str, ...] = ()
    fired: tuple[str, ...] = ()
    not_fired: tuple[str, ...] = ()
    urgencies: Mapping[str, Urgency] = field(default_factory=dict)  # of single items, by their code
    doses: Mapping[str, str] = field(default_factory=dict)  # medicine -> ``20 mg`` or ``20 mg once daily``
    scores: Mapping[str, object] = field(default_factory=dict)
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a decision table: its cells by column (a column without a cell may be anything), and what it says."""

    name: str
    cells: Mapping[str, Expr]
    output: Expr | None = None
    acts: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Table:
    """A decision table as written. Its value is the definition of its name, its actions the rules ``table_row``."""

    name: str
    hit: Literal["unique", "first", "priority", "any", "collect"]
    inputs: Mapping[str, Expr]
    rows: tuple[Row, ...]  # in the order in which they are tried
    collect: Literal["sum", "min", "max", "count"] | None = None
    otherwise: bool = False
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Protocol(Document):
    applies: Expr | None = None
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    rules: Mapping[str, Rule] = field(default_factory=dict)
    tables: Mapping[str, Table] = field(default_factory=dict)
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class ScoreInput:
    """One input by its contract name: what the score command accepts, and the fact expression behind it."""

    name: str
    type: FactType
    bind: Expr | None  # None: only the score command can give it
    unit: str | None = None
    units: Mapping[str, Fraction] = field(default_factory=dict)  # accepted unit -> factor to canonical
    range: tuple[Fraction, Fraction] | None = None  # outside: query
    plausible: Mapping[str, tuple[Fraction, Fraction]] = field(default_factory=dict)  # by given unit
    choices: tuple[str, ...] = ()
    null_is_not_done: bool = False
    several: bool = False  # series: an entry may hold several values
    days: int | None = None  # series: how many entries it has; missing ones are named by their days
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Score(Document):
    """``value`` reads inputs and ``definitions`` by bare name; ``bands`` are tried in order, first true wins.

    In its own expressions an input is a Name of kind ``fact``, a definition one of kind ``definition``, both bare;
    bands may read ``value``, a Name of kind ``score``. Numbers are in the unit of the input. Only ``bind`` reads facts.
    """

    inputs: Mapping[str, ScoreInput]
    definitions: Mapping[str, Definition] = field(default_factory=dict)
    value: Expr | None = None  # None: the score has a band only
    value_type: Literal["integer", "decimal", "number", "code", "none", "record"] = "integer"  # number: whole if whole
    record: Mapping[str, Expr] = field(default_factory=dict)  # instead of a value: several, by name
    bands: Mapping[str, Expr] = field(default_factory=dict)
    range: tuple[Fraction, Fraction] | None = None  # of a bounded whole-number score
    monotone: frozenset[str] = frozenset()  # inputs with which the value moves one way only, whatever the others are
    doubtful: Mapping[str, Expr] = field(default_factory=dict)  # input -> when it contradicts the others: queried
    adults_only: bool = True
    danger: tuple[str, ...] = ()  # bands or values that say a danger: there what a patient wrote counts as true
    examples: tuple[Example, ...] = ()


@dataclass(frozen=True, slots=True)
class Option:
    code: str
    title: Text


@dataclass(frozen=True, slots=True)
class RedFlag:
    """Shown at once when ``when`` (over this answer) is true: a fixed text, and an alert to the clinic."""

    when: Expr
    instruction: str  # key of the questionnaire's instructions
    alert: str  # plan code alert:...
    urgency: Urgency


@dataclass(frozen=True, slots=True)
class Question:
    item: str
    kind: Literal[
        "yes_no", "scale", "integer", "decimal", "quantity", "choice", "choices", "text", "date", "stools",
        "allergies", "medications", "history", "family_history", "previous_treatments",
    ]  # fmt: skip
    text: Text
    fact: str | None = None  # the fact it writes; lists write their section of the case; text writes free_text
    section: str = "questionnaire"  # of the case: questionnaire, patient, vitals, free_text, diary, ...
    help: Text | None = None
    unit: str | None = None
    units: tuple[str, ...] = ()
    low: Fraction | None = None
    high: Fraction | None = None
    low_label: Text | None = None
    high_label: Text | None = None
    options: tuple[Option, ...] = ()
    when: Expr | None = None  # shown unless known false
    red_flags: tuple[RedFlag, ...] = ()
    always_ask: bool = False  # red flags and pregnancy: never skipped as already known
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    name: str
    title: Text
    questions: tuple[Question, ...]
    intro: Text | None = None
    when: Expr | None = None


@dataclass(frozen=True, slots=True)
class Instruction:
    """A fixed text approved with its version: never composed."""

    name: str
    title: Text
    body: Text
    call: str | None = None  # phone number to press, e.g. 112


@dataclass(frozen=True, slots=True, kw_only=True)
class Questionnaire(Document):
    kind: Literal["intake", "diary", "score"]
    groups: tuple[Group, ...]
    instructions: Mapping[str, Instruction] = field(default_factory=dict)
    minutes: int = 5
    score: str | None = None


@dataclass(frozen=True, slots=True)
class Invariant:
    """A statement about the plan of every patient for whom ``when`` is true.

    ``never``: nothing that ``names`` mean is proposed, but for the codes in ``but``; ``always``: one of ``names`` is
    there, proposed or held. A name is a code of the plan (``alert:melaena``), a kind of item (``diet``), ``drug:`` with
    an ingredient or a class, or ``any_medicine``.
    """

    name: str
    kind: Literal["never", "always"]
    names: tuple[str, ...]
    when: Expr
    because: Text
    but: tuple[str, ...] = ()
    source: str = ""
    place: Place = field(default=NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Edition:
    """One version of everything: what a program is compiled from. ``digest`` is over the texts of its files."""

    vocabulary: Vocabulary
    formulary: Formulary
    protocols: Mapping[str, Protocol]
    scores: Mapping[str, Score]
    questionnaires: Mapping[str, Questionnaire]
    versions: Mapping[str, str]  # "protocol:reflux" -> "1.2.0"
    digest: str
    lexicon: Lexicon = field(default_factory=Lexicon)
    invariants: tuple[Invariant, ...] = ()


@dataclass(frozen=True, slots=True)
class Library:
    """Every checked file, all versions. ``at(day)`` picks what was in force; without a day, the highest."""

    vocabulary: Vocabulary
    formulary: Formulary
    protocols: tuple[Protocol, ...]
    scores: tuple[Score, ...]
    questionnaires: tuple[Questionnaire, ...]
    files: Mapping[str, str]  # path -> sha256
    notes: tuple[Problem, ...] = ()  # what the checker could not look into
    lexicon: Lexicon = field(default_factory=Lexicon)
    invariants: tuple[Invariant, ...] = ()

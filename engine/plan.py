"""What comes out: items with a state, an urgency, a reason, and what is still to be asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from engine.facts import Conflict, Mention, Text
from engine.urgency import Urgency

State = Literal["proposed", "held", "blocked"]
Truth = bool | None
Status = Literal["ok", "incomplete", "reject_or_query"]


@dataclass(frozen=True, slots=True)
class Dose:
    """One ingredient as this item gives it; ``daily`` is the sum of a day in ``unit`` (None: cannot be summed)."""

    ingredient: str
    dose: str
    frequency: str = ""
    route: str = ""
    timing: Text = field(default_factory=dict)
    duration_days: int | None = None
    daily: str | None = None
    unit: str | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """The rule behind an item: where it stands, what it rests on, and its evidence."""

    protocol: str
    version: str
    rule: str
    file: str
    line: int
    because: Text
    source: str = ""
    evidence: str = ""
    review_needed: bool = False


@dataclass(frozen=True, slots=True)
class SafetyFinding:
    """One safety condition of the formulary that is not known to be clear."""

    subject: str  # ingredient, regimen or supplement it speaks of
    severity: Literal["contraindicated", "adjust", "monitor"]
    truth: Truth
    because: Text
    facts: tuple[str, ...] = ()  # the unknown ones that would settle it
    source: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One line of the plan. In the plan means proposed or held."""

    code: str
    kind: str  # rx supp diet test ref alert advice plan fu dx monitor ask
    state: State
    urgency: Urgency
    title: Text
    reasons: tuple[Reason, ...]
    drugs: tuple[str, ...] = ()
    classes: tuple[str, ...] = ()
    doses: tuple[Dose, ...] = ()
    patient_text: Text = field(default_factory=dict)
    alternatives: tuple[str, ...] = ()
    safety: tuple[SafetyFinding, ...] = ()
    waiting_for: tuple[str, ...] = ()  # facts that would free a held item, red flags first
    after_days: int | None = None
    within_days: int | None = None
    with_questionnaire: str | None = None
    red_flag: bool = False
    conflicts: tuple[str, ...] = ()
    unconfirmed: tuple[str, ...] = ()  # facts it rests on that only a free text says
    answered_by: tuple[str, ...] = ()  # of an alert that safety brings: the items it brings with it, which answer it


@dataclass(frozen=True, slots=True)
class OpenRule:
    """A rule whose indication is unknown, and the facts that could settle it."""

    protocol: str
    rule: str
    waiting_for: tuple[str, ...]
    red_flag: bool = False


@dataclass(frozen=True, slots=True)
class ScoreResult:
    name: str
    value: object  # int, float, code or None
    band: str | None
    status: Status
    missing: tuple[str, ...] = ()  # inputs by their own name, in input order
    query: tuple[str, ...] = ()
    possible_range: tuple[int, int] | None = None
    unconfirmed: tuple[str, ...] = ()  # facts it rests on that only a free text says


@dataclass(frozen=True, slots=True)
class TraceLine:
    """One condition of one rule as it was decided: its text, truth and the values used, empty if it used none."""

    text: Text
    truth: Truth
    depth: int
    value: Text = field(default_factory=dict)
    origin: str = ""
    dated: str = ""


@dataclass(frozen=True, slots=True)
class Coverage:
    """How far a diary is filled in within a window of a rule; ``open`` are missing days that can still be told."""

    series: str
    window: str  # "last 14 days", "both weeks", "since start of omeprazole", "all"
    days: int
    recorded: int
    needed: int | None = None
    missing: tuple[str, ...] = ()  # dates, or numbers of days if nobody said when the diary ends
    open: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """The answer of the engine for one case; the same input and versions give the same bytes out."""

    id: str
    hypotheses: tuple[str, ...]
    items: tuple[Item, ...]
    urgency: Urgency
    ask: tuple[str, ...]
    ask_now: tuple[str, ...]  # red flags of applicable protocols that are not known false
    follow_up_days: int | None
    scores: Mapping[str, ScoreResult]
    versions: Mapping[str, str]
    open_rules: tuple[OpenRule, ...] = ()
    not_proposed: tuple[Reason, ...] = ()  # indication true, excluded: the reason is shown
    queries: tuple[str, ...] = ()
    conflicts: tuple[Conflict, ...] = ()  # sources that disagree about a fact: both are shown
    mentions: tuple[Mention, ...] = ()  # what the free text says
    unconfirmed: tuple[str, ...] = ()  # facts that only a mention says: true where that is safe, unknown elsewhere
    coverage: tuple[Coverage, ...] = ()  # of the diaries that rules look at

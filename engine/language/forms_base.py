"""What the shapes of all kinds of files share: closed lists of words, and the head of a file."""

from typing import Annotated

from engine.language.scalars import Day, LocatedName, SourceKey, Str, Version, among
from engine.language.shapes import Shape, Words, Written

FACT_TYPES = ("yes_no", "integer", "decimal", "quantity", "choice", "set", "text", "date", "series")
Urgency = Annotated[str, among("none", "soon", "urgent_2w", "same_day", "emergency")]
Evidence = Annotated[str, among("strong", "moderate", "weak", "very_low", "consensus")]
Severity = Annotated[str, among("contraindicated", "adjust", "monitor")]
Review = Annotated[str, among("needed")]
ACTIONS = (
    "prescribe", "supplement", "diet", "test", "refer", "alert", "advice", "step", "follow_up", "hypothesis",
    "monitor", "ask", "conclude",
)  # fmt: skip

FactKind = Annotated[str, among(*FACT_TYPES)]
Status = Annotated[str, among("published", "draft")]
ScoreStatus = Annotated[str, among("ok", "incomplete", "reject_or_query")]
ValueType = Annotated[str, among("integer", "decimal", "number", "code", "none", "record")]
FormKind = Annotated[str, among("intake", "diary", "score")]
ItemKind = Annotated[
    str,
    among(
        "yes_no", "scale", "integer", "decimal", "quantity", "choice", "choices", "text", "date", "stools",
        "allergies", "medications", "history", "family_history", "previous_treatments",
    ),
]  # fmt: skip
HitPolicy = Annotated[str, among("unique", "first", "priority", "any", "collect")]
Collect = Annotated[str, among("sum", "min", "max", "count")]
Names = list[LocatedName]


class Effective(Shape):
    """When a version is in force."""

    from_: Annotated[Day | None, Written("from")] = None
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

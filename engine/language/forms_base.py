"""What the shapes of all kinds of files share: closed lists of words, and the head of a file."""

from typing import Annotated

from pydantic import Field

from engine.language.shapes import (
    Among,
    Day,
    LocatedName,
    Shape,
    SourceKey,
    Str,
    Version,
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
ValueType = Annotated[str, Among("integer", "decimal", "number", "code", "none", "record")]
FormKind = Annotated[str, Among("intake", "diary", "score")]
ItemKind = Annotated[
    str,
    Among(
        "yes_no", "scale", "integer", "decimal", "quantity", "choice", "choices", "text", "date", "stools",
        "allergies", "medications", "history", "family_history",
    ),
]  # fmt: skip
HitPolicy = Annotated[str, Among("unique", "first", "priority", "any", "collect")]
Collect = Annotated[str, Among("sum", "min", "max", "count")]
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

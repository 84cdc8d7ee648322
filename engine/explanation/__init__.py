"""What would change a plan: the smallest change of one answer, how near a threshold is, and what to ask next."""

from engine.explanation.asking import Asking, Question, asking, asking_about, prepare
from engine.explanation.changing import Change, changes
from engine.explanation.nearness import Near, fragility
from engine.explanation.outcomes import Outcomes
from engine.explanation.prospects import Prospect
from engine.explanation.telling import (
    ToldChange,
    ToldNear,
    ToldQuestion,
    told_changes,
    told_near,
    told_questions,
    word,
)

__all__ = [
    "Asking", "Change", "Near", "Outcomes", "Prospect", "Question", "ToldChange", "ToldNear", "ToldQuestion",
    "asking", "asking_about", "changes", "fragility", "prepare", "told_changes", "told_near", "told_questions", "word",
]  # fmt: skip

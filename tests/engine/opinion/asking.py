"""Both channels asked about one case, the second one in this very process, so that a fault can be put into either."""

from dataclasses import dataclass, field
from typing import Any

from engine.compiler import Program, compile_edition
from engine.confirming import Verdict, confirm, lines_of
from engine.evaluator import evaluate
from engine.facts import CaseFacts
from engine.language.documents import Edition
from engine.opinion.answering import Adviser
from engine.second_opinion import Rules, opinion_json


@dataclass
class Here:
    """Answers as the process of the second opinion does, and remembers what it said."""

    said: dict[tuple[str, int], dict[str, Any]] = field(default_factory=dict)

    def ask(self, edition: Edition, case: CaseFacts) -> dict[str, Any]:
        key = edition.digest, id(case)
        if key not in self.said:
            self.said[key] = opinion_json(Adviser(edition, Rules).opinion(case))
        return self.said[key]


def verdict(edition: Edition, case: CaseFacts, kept: Any) -> Verdict:
    """Return what the second opinion says of the evaluator's plan."""
    return verdict_on(compile_edition(edition), case, kept)


def verdict_on(program: Program, case: CaseFacts, kept: Any) -> Verdict:
    """Return the same of a program that is compiled already."""
    return confirm(program, case, lines_of(evaluate(program, case)), kept)

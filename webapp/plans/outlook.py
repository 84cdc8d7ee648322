"""What would change a plan: what to ask next, and values near a threshold; worked out when somebody looks at it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from engine.evaluator import evaluate
from engine.explanation import (
    Outcomes,
    Prospect,
    ToldChange,
    ToldNear,
    ToldQuestion,
    asking,
    asking_about,
    changes,
    fragility,
    told_changes,
    told_near,
    told_questions,
)
from engine.language.cases import read_case
from engine.plan import Plan
from rules import services as shelf
from webapp.plans.askable import askable
from webapp.plans.models import Evaluation
from webapp.plans.presenting import Question, question
from webapp.plans.terms import Terms

OFFERED, NAMED, CHANGES, TITLES = 3, 12, 6, 3


@dataclass(frozen=True, slots=True)
class Asked:
    """A question in the order in which to ask, with the form it can be answered in and what it bears on."""

    question: Question
    told: ToldQuestion
    of_patient: bool = False  # a questionnaire asks it: the patient can be asked

    @property
    def titles(self) -> str:
        return ", ".join(self.told.titles[:TITLES])

    @property
    def others(self) -> int:
        return max(len(self.told.titles) - TITLES, 0)


@dataclass(frozen=True, slots=True)
class Outlook:
    """``offered`` questions can be answered at once, ``named`` ones follow, ``more`` is how many are not named."""

    offered: Sequence[Asked]
    named: Sequence[Asked]
    more: int
    settled: bool
    near: Sequence[ToldNear]

    @property
    def to_ask(self) -> list[Asked]:
        """The questions that a patient can be asked: in order, those answered on the spot first."""
        return [each for each in (*self.offered, *self.named) if each.of_patient]


@dataclass(frozen=True, slots=True)
class ItemOutlook:
    """What would change one item, and what can still be asked about it."""

    changes: Sequence[ToldChange]
    questions: Sequence[Asked]
    more: int
    settled: bool


def outlook_of(evaluation: Evaluation, terms: Terms) -> Outlook:
    """Return what would change the plan of an evaluation, worked out from the stored case."""
    prospect, plan = _prospect(evaluation)
    asked = asking(Outcomes(prospect), plan)
    found = [_asked(each, terms) for each in told_questions(prospect, asked, terms.language)]
    return Outlook(
        offered=found[:OFFERED],
        named=found[OFFERED:NAMED],
        more=max(len(found) - NAMED, 0),
        settled=asked.settled,
        near=told_near(prospect, fragility(prospect), terms.language),
    )


def outlook_of_item(evaluation: Evaluation, code: str, terms: Terms) -> ItemOutlook:
    """Return what would change one item of the plan of an evaluation."""
    prospect, plan = _prospect(evaluation)
    asked = asking_about(Outcomes(prospect), plan, code)
    found = [_asked(each, terms) for each in told_questions(prospect, asked, terms.language)]
    told = told_changes(prospect, changes(prospect, code)[:CHANGES], terms.language)
    return ItemOutlook(told, found[:CHANGES], max(len(found) - CHANGES, 0), asked.settled)


def _asked(told: ToldQuestion, terms: Terms) -> Asked:
    return Asked(question(told.fact, terms), told, told.fact in askable(terms.edition))


def _prospect(evaluation: Evaluation) -> tuple[Prospect, Plan]:
    digest = evaluation.release.digest if evaluation.release else None
    program = shelf.program(digest, date.fromisoformat(evaluation.case["as_of"]))
    case = read_case(evaluation.case, program.edition.vocabulary, program.edition.formulary)
    return Prospect(program, case), evaluate(program, case)

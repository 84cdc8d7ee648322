"""Red flags of questionnaires that promise less haste than the plan of everybody who sets them off."""

from collections.abc import Iterator
from typing import NamedTuple

import z3

from engine.analysis.rails import every, no, some
from engine.analysis.search import Answer, Search
from engine.analysis.stated import Stated
from engine.analysis.witness import Witness
from engine.errors import Place
from engine.evaluator import evaluate
from engine.language.documents import Questionnaire, RedFlag
from engine.urgency import URGENCIES, Urgency


class Late(NamedTuple):
    """A red flag of a question by which a patient waits longer than the plan lets anybody wait."""

    question: str
    said: str
    place: Place
    answer: Answer


def late(search: Search) -> Iterator[Late]:
    """Yield the red flags of questionnaires that are less urgent than the same alert in every plan they come with."""
    for asked in search.plans.encoder.program.edition.questionnaires.values():
        questions = [question for group in asked.groups for question in group.questions]
        for question in questions:
            for flag in question.red_flags:
                item = search.plans.items.get(flag.alert)
                level = None if item is None else _surely(flag, item, asked, search)
                if item is not None and level is not None:
                    said = f"{flag.urgency}, and {flag.alert} is {level} in every plan"
                    yield Late(f"{asked.name}.{question.item}", said, question.place, _somebody(flag, level, search))


def _surely(flag: RedFlag, item: Stated, asked: Questionnaire, search: Search) -> Urgency | None:
    """Return the least haste of the plans of all who set off a flag, if that is more than the flag says.

    Whoever sets off another flag of the questionnaire with it that says as much is told so there.
    """
    when = _when(flag, search)
    for level in reversed(URGENCIES[URGENCIES.index(flag.urgency) + 1 :]):
        others = some(_when(each, search) for each in _as_urgent(level, asked))
        alone = every((when, no(others)))
        if search.can_be(alone) and not search.can_be(every((alone, no(_reaches(item, level))))):
            return level
    return None


def _as_urgent(level: Urgency, asked: Questionnaire) -> Iterator[RedFlag]:
    for question in (question for group in asked.groups for question in group.questions):
        yield from (flag for flag in question.red_flags if URGENCIES.index(flag.urgency) >= URGENCIES.index(level))


def _when(flag: RedFlag, search: Search) -> z3.BoolRef:
    return search.plans.encoder.truth(flag.when, red=True).true


def _reaches(item: Stated, level: Urgency) -> z3.BoolRef:
    """Return that an item stands in the plan with at least this urgency."""
    least = URGENCIES.index(level)
    return some(
        some((each.proposed, each.held)) for each in item.given if URGENCIES.index(each.action.urgency) >= least
    )


def _somebody(flag: RedFlag, level: Urgency, search: Search) -> Answer:
    """Return a patient who sets off a flag and in whose plan the evaluator has the alert with more haste."""
    wanted = URGENCIES[URGENCIES.index(level) :]

    def confirms(witness: Witness) -> bool:
        items = evaluate(search.plans.encoder.program, witness.facts).items
        return any(item.code == flag.alert and item.urgency in wanted for item in items)

    return search.find(_when(flag, search), confirms)

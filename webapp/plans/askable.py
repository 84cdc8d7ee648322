"""Which facts a patient can be asked for: those that a published questionnaire asks, each by its own question."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.language.documents import Edition

ASKED_BY = ("intake", "score")  # in this order; a diary asks about one day


@dataclass(frozen=True, slots=True)
class Place:
    """Where a fact is asked: the questionnaire and the item in it."""

    questionnaire: str
    item: str


def askable(edition: Edition) -> Mapping[str, Place]:
    """Return, by fact, the question that asks a patient for it; a fact without one is found out otherwise."""
    known = sorted(edition.questionnaires.values(), key=lambda each: (*ASKED_BY, each.kind).index(each.kind))
    found: dict[str, Place] = {}
    for each in known:
        for question in (one for group in each.groups for one in group.questions if each.kind in ASKED_BY):
            if question.fact:
                found.setdefault(question.fact, Place(each.name, question.item))
    return found

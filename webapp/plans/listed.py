"""Facts that a list of the record fills: where one of them is missing, the list is what somebody has to ask for."""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from engine.language.case_treatments import FACTS, SECTION
from engine.language.documents import Edition
from webapp.patients.lists import RECORD_LISTS
from webapp.patients.models import NoneRecorded
from webapp.patients.selectors import Record

_Topic = NoneRecorded.Topic


@dataclass(frozen=True, slots=True)
class Listing:
    """A list of the record: its part of the patient's page, and the words that nothing stands in it."""

    topic: str
    part: str
    none: Promise

    @property
    def title(self) -> str | Promise:
        return _Topic(self.topic).label


LISTINGS: Mapping[str, Listing] = {
    each.topic: each
    for each in (
        Listing(_Topic.ALLERGIES, "allergies", gettext_lazy("Asked: no allergies")),
        Listing(_Topic.MEDICATIONS, "medications", gettext_lazy("Asked: takes no medicines")),
        Listing(_Topic.PREVIOUS_TREATMENTS, "treatments", gettext_lazy("Asked: no earlier treatments")),
        Listing(_Topic.HISTORY, "conditions", gettext_lazy("Asked: no illnesses")),
        Listing(_Topic.FAMILY_HISTORY, "family", gettext_lazy("Asked: no illnesses in the family")),
    )
}


def listing(fact: str, edition: Edition) -> Listing | None:
    """Return the list a fact is read from, None for a fact that stands alone."""
    if fact in FACTS:
        return LISTINGS[SECTION]
    return next((LISTINGS.get(topic) for topic, name in edition.vocabulary.lists.items() if name == fact), None)


def filled(record: Record) -> frozenset[str]:
    """Return the lists that hold something: of these nobody says that they are empty, but that they are whole."""
    return frozenset(topic for topic, each in RECORD_LISTS.items() if each.is_filled(record))

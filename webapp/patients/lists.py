"""The five lists of a record, and what is said of one as a whole: that there is none, or no more, or that nobody knows.

Unknown is never normal: a list in which something stands is not all of it until somebody says so. What is added after
that is added to a whole list.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone

from webapp.patients.lines import Entry
from webapp.patients.models import (
    AllergyIntolerance,
    Condition,
    FamilyMemberHistory,
    MedicationStatement,
    NoneRecorded,
    Observation,
    Patient,
    PreviousTreatment,
)

ASKED_AGAIN = timedelta(days=365)  # as long as an answer of a questionnaire is offered with "still true?"


@dataclass(frozen=True, slots=True)
class RecordList:
    """A list of the record: the name it is asked for by, its table, and where its lines stand in a Record."""

    topic: str
    model: type[Entry]
    part: str

    def lines_in(self, record: Any) -> Sequence[Any]:
        """Return the lines of this list in a record, those that no longer hold included."""
        found: Sequence[Any] = getattr(record, self.part)
        return found

    def is_filled(self, record: Any) -> bool:
        return any(line.active for line in self.lines_in(record))


_TOPIC = NoneRecorded.Topic
RECORD_LISTS: Mapping[str, RecordList] = {
    each.topic: each
    for each in (
        RecordList(_TOPIC.ALLERGIES.value, AllergyIntolerance, "allergies"),
        RecordList(_TOPIC.MEDICATIONS.value, MedicationStatement, "medications"),
        RecordList(_TOPIC.HISTORY.value, Condition, "conditions"),
        RecordList(_TOPIC.FAMILY_HISTORY.value, FamilyMemberHistory, "family_history"),
        RecordList(_TOPIC.PREVIOUS_TREATMENTS.value, PreviousTreatment, "previous_treatments"),
    )
}


@dataclass(frozen=True, slots=True)
class SaidOfLists:
    """What is said of the lists: empty, not known, or all there is, with the line that says so."""

    none: frozenset[str] = frozenset()
    unsure: frozenset[str] = frozenset()
    whole: Mapping[str, NoneRecorded] = field(default_factory=dict)


def said_of_lists(
    patient: Patient, lists: Mapping[str, Sequence[Entry]], newest: Mapping[str, Observation]
) -> SaidOfLists:
    """Return what is said of each list of a patient, given every line ever written and the newest observations.

    ``none``: nothing more stands in it since nobody knew of more. ``unsure``: the newest word is "I don't know".
    """
    said = {line.list: line for line in NoneRecorded.objects.filter(patient=patient).order_by("recorded_at", "pk")}
    doubts = {topic: newest[topic].recorded_at for topic in lists if topic in newest and newest[topic].is_unknown}
    unsure = {topic for topic, doubt in doubts.items() if _nothing_since(doubt, lists[topic], said.get(topic))}
    none = {topic for topic, lines in lists.items() if topic in said and _all_before(lines, said[topic].recorded_at)}
    whole = {topic: line for topic, line in said.items() if topic not in doubts or doubts[topic] < line.recorded_at}
    return SaidOfLists(frozenset(none - unsure), frozenset(unsure), whole)


def _nothing_since(doubt: datetime, lines: Iterable[Entry], said: NoneRecorded | None) -> bool:
    """Whether neither a line nor a word on the whole list was written down after somebody did not know."""
    moments = [line.recorded_at for line in lines] + ([said.recorded_at] if said else [])
    return all(moment <= doubt for moment in moments)


def _all_before(lines: Iterable[Entry], moment: datetime) -> bool:
    return all(line.recorded_at <= moment and not line.active for line in lines)


def is_long_ago(said: NoneRecorded) -> bool:
    """Return whether a list was said to be whole so long ago that one asks again; until then it counts."""
    return timezone.now() - said.recorded_at > ASKED_AGAIN

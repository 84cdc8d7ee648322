"""An exception to a rule, drafted from why doctors decided against it: text to copy, never applied. Part of selectors.

What is looked for is a word that most of those have for whom it was decided against, and few of the others. Facts of
fewer than five people are never said.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from webapp.accounts.models import User
from webapp.plans import uses
from webapp.plans.models import Evaluation, PlanItem
from webapp.studio.working import PUBLISH, WRITE

FEWEST = 5
MOST, OFTEN, SELDOM = 500, 0.7, 0.5  # cases read; share of those against it, and of the others at most this part
AGES = (65, 75)


@dataclass(frozen=True, slots=True)
class Draft:
    """``against`` of ``having`` people who have this were decided against, most often with one reason."""

    condition: str
    reason: str  # a code
    against: int
    having: int
    share: float

    @property
    def text(self) -> str:
        """The lines to copy into the rule of a draft."""
        return f"    exclude:\n      any:\n        - {self.condition}\n"


def drafted(user: User, protocol: str, rule: str, since: datetime) -> list[Draft]:
    """Return exceptions worth a thought, the commonest first; three queries, and nothing for who does not write."""
    if not (user.may(PUBLISH) or user.may(WRITE)):
        return []
    decided = _decided(protocol, rule, since)
    reasons = Counter(row.reason_code for row in decided.values() if row.what in uses.AGAINST and row.reason_code)
    if not reasons or reasons.most_common(1)[0][1] < FEWEST:
        return []
    reason, _times = reasons.most_common(1)[0]
    against = {item for item, row in decided.items() if row.what in uses.AGAINST and row.reason_code == reason}
    people = _people(decided.keys())
    return sorted(_drafts(reason, against, people), key=lambda one: (-one.against, one.condition))


def _decided(protocol: str, rule: str, since: datetime) -> dict[UUID, uses.Row]:
    rows = [row for row in uses.rows_of(since) if (row.protocol, row.rule) == (protocol, rule)]
    return {row.item_id: row for row in uses.last_words(rows) if row.item_id}


def _people(items: Any) -> dict[UUID, tuple[UUID, frozenset[str]]]:
    """Return of each item whose it was and what the case said of that person."""
    rows = PlanItem.objects.filter(pk__in=list(items)).order_by("-decided_at")
    told = {item: rest for item, *rest in rows.values_list("pk", "plan__patient_id", "plan__evaluation_id")[:MOST]}
    cases = Evaluation.objects.filter(pk__in=[one[1] for one in told.values()]).order_by().values_list("pk", "case")
    said = {pk: frozenset(_conditions(case)) for pk, case in cases}
    return {item: (patient, said[evaluation]) for item, (patient, evaluation) in told.items()}


def _conditions(case: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is true of a person in the words of the language; free text and lists are left out."""
    person = case.get("patient", {})
    yield from (f"age >= {years} years" for years in AGES if (person.get("age_years") or 0) >= years)
    if person.get("sex"):
        yield f"sex = {person['sex']}"
    for code, said in case.get("questionnaire", {}).items():
        if isinstance(said, Mapping) and said.get("value") is True:
            yield code


def _drafts(reason: str, against: set[UUID], people: Mapping[UUID, tuple[UUID, frozenset[str]]]) -> Iterator[Draft]:
    having: dict[str, tuple[set[UUID], set[UUID]]] = defaultdict(lambda: (set(), set()))
    for item, (patient, conditions) in people.items():
        for each in conditions:
            having[each][item not in against].add(patient)
    sides = [{people[item][0] for item in people if (item in against) == side} for side in (True, False)]
    if len(sides[1] - sides[0]) < FEWEST:  # nobody to hold them against: what all have tells nothing
        return
    for condition, (theirs, others) in having.items():
        share = len(theirs) / max(len(sides[0]), 1)
        of_others = len(others - theirs) / max(len(sides[1] - sides[0]), 1)
        if len(theirs) >= FEWEST and share >= OFTEN and of_others <= share * SELDOM:
            yield Draft(condition, reason, len(theirs), len(theirs | others), share)

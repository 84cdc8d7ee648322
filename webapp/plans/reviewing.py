"""Everything the review page of one plan shows, gathered once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils import timezone

from webapp.accounts.models import User
from webapp.patients import selectors as patients
from webapp.patients.models import Patient
from webapp.patients.selectors import Record
from webapp.plans import (
    checks,
    comparing,
    cosigning,
    handing,
    inputs,
    listed,
    monitoring,
    noticing,
    papers,
    presenting,
    selectors,
    trends,
)
from webapp.plans.lines import name_of
from webapp.plans.models import Handover, Plan, PlanItem, Task
from webapp.plans.occasions import occasion
from webapp.plans.terms import Terms, terms_of


@dataclass(frozen=True, slots=True)
class Page:
    """The review page: its columns and what the bottom bar may offer."""

    plan: Plan
    record: Record
    terms: Terms
    items: Sequence[PlanItem]
    groups: Sequence[presenting.Group]
    hypotheses: Sequence[presenting.Row]
    inputs: inputs.Inputs
    notices: noticing.Notices
    tasks: Sequence[Task]
    trends: Sequence[trends.Trend]
    days_filled: int
    left: selectors.ToDo
    age: int
    versions: str
    newer: Plan | None
    may_decide: bool
    namesakes: Sequence[Patient]
    compared: comparing.Comparison
    since: comparing.Since | None
    checks: Sequence[checks.Line]
    handed: Handover | None
    undo_seconds: int = 0  # how long the reader, who signed it, may still take it back

    @property
    def undo_shown(self) -> str:
        return clock(self.undo_seconds)

    @property
    def allergies(self) -> list[tuple[str, bool]]:
        """The allergies that hold, by name, each with whether somebody confirmed it."""
        return [(name_of(one, self.terms), one.is_confirmed) for one in self.record.allergies if one.active]

    @property
    def filled(self) -> frozenset[str]:
        """The lists of the record that hold something."""
        return listed.filled(self.record)

    @property
    def partial(self) -> frozenset[str]:
        """The lists that hold something of which nobody has said that it is all."""
        return self.filled - self.record.whole.keys()

    @property
    def occasion(self) -> Any:
        """Why this plan was worked out."""
        return occasion(self.plan.evaluation.because)

    @property
    def is_told(self) -> bool:
        """Whether the patient can see it: then it may be printed and handed out."""
        return self.plan.told_at is not None and self.plan.told_at <= timezone.now()

    @property
    def rows(self) -> list[presenting.Row]:
        return [row for group in self.groups for row in group.rows]

    @property
    def urgency(self) -> Any:
        return presenting.URGENT.get(self.plan.urgency, "")

    @property
    def counts(self) -> str:
        tally: dict[str, int] = {}
        for row in self.rows:
            tally[row.word] = tally.get(row.word, 0) + 1
        return ", ".join(f"{count} {word}" for word, count in tally.items())


def page_of(user: User, plan: Plan, *, language: str, today: date, path: str = "") -> Page:
    """Return the page of a plan this user may review; reading it is written into the audit."""
    record = patients.record_of(user, plan.patient, path=path)
    terms = terms_of(plan.evaluation, language)
    items = selectors.items_for(user, plan)
    left = selectors.to_do(user, plan, items, record)
    notices = noticing.notices_of(user, plan, items, left, terms)
    before = comparing.signed_before(plan)
    compared = comparing.comparison(plan, before, items, terms)
    return Page(
        plan=plan,
        record=record,
        terms=terms,
        items=items,
        groups=presenting.groups_of(
            items, terms, notices.beside, presenting.Beside(compared.by_code, compared.gone, cosigning.told_of(plan))
        ),
        hypotheses=presenting.hypotheses_of(items, terms),
        inputs=inputs.inputs_of(record, items, plan.evaluation, terms, _day_of(before)),
        notices=notices,
        tasks=list(monitoring.open_of(user, plan.patient_id)),
        trends=trends.trends_of(plan.evaluation.case.get("diary")),
        days_filled=trends.days_filled(plan.evaluation.case.get("diary")),
        left=left,
        age=plan.patient.age_on(today),
        versions=papers.versions(items, terms),
        newer=_newer(user, plan),
        may_decide=plan.status == Plan.Status.DRAFT and user.may("plans.sign"),
        namesakes=patients.namesakes_of(user, plan.patient, path=path),
        compared=compared,
        since=comparing.since_before(plan, terms),
        checks=checks.lines_of(left.stands_on or plan.evaluation, items, terms),
        handed=handing.opened(plan, user) if plan.status == Plan.Status.DRAFT else None,
        undo_seconds=seconds_left(user, plan),
    )


@dataclass(frozen=True, slots=True)
class Undoable:
    """A signature its signer may still take back, with the time left in seconds and in words."""

    plan: Plan
    seconds: int

    @property
    def shown(self) -> str:
        return clock(self.seconds)


def undoable(user: User) -> list[Undoable]:
    """Return what this person signed in the last three minutes, for the worklist."""
    return [Undoable(plan, seconds_left(user, plan)) for plan in selectors.undoable_by(user)]


def clock(seconds: int) -> str:
    """Return a time as minutes and seconds: 2:47."""
    return f"{seconds // 60}:{seconds % 60:02d}"


def seconds_left(user: User, plan: Plan) -> int:
    """Return how long this person may still take the signature back, 0 for everybody else and afterwards."""
    if plan.status != Plan.Status.SIGNED or plan.signed_by_id != user.pk or plan.told_at is None:
        return 0
    return max(int((plan.told_at - timezone.now()).total_seconds()), 0)


def _day_of(before: Plan | None) -> date | None:
    """Return the day of the plan signed before: what came later is new."""
    return timezone.localdate(before.signed_at) if before is not None and before.signed_at else None


def _newer(user: User, plan: Plan) -> Plan | None:
    """Return the plan that counts in place of this one; of a signed plan, the draft that waits beside it."""
    if plan.status == Plan.Status.DRAFT:
        return None
    counting = [Plan.Status.DRAFT] if plan.status == Plan.Status.SIGNED else [Plan.Status.DRAFT, Plan.Status.SIGNED]
    return selectors.plans_of(user, plan.patient_id).filter(status__in=counting).first()

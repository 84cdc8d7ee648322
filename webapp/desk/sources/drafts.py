"""Drafts of plans that wait for a doctor, and the checks in them that could not be made."""

from collections.abc import Iterable

from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy

from webapp.accounts.models import User
from webapp.alerts.models import RANK
from webapp.desk.instants import Instant, Name
from webapp.desk.promises import promised_at
from webapp.desk.waiting import Key, Source, waiting_by
from webapp.plans import selectors as plans
from webapp.plans.models import Plan, PlanItem

PLAN, HELD = frozenset({"plans"}), frozenset({"plans", "held"})


def _drafts(user: User) -> Iterable[Key]:
    pending = PlanItem.objects.filter(plan=OuterRef("pk"), state="held", decision=PlanItem.Decision.PENDING)
    drafts = plans.reviewable_by(user).filter(status=Plan.Status.DRAFT).order_by().annotate(held=Exists(pending))
    columns = (Name("patient_id"), Name("pk"), "urgency", Instant("created_at"), "held")
    for who, pk, urgency, since, held in drafts.values_list(*columns):
        rank = RANK.get(urgency, 0)
        yield who, pk, rank, since, HELD if held else PLAN, promised_at(rank, since)


SOURCE = Source(
    "drafts",
    waiting_by(_drafts),
    tabs={"plans": gettext_lazy("Plans"), "held": gettext_lazy("Held checks")},
    place=20,
    keys=_drafts,
)

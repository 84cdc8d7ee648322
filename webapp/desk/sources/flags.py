"""Alerts nobody has taken charge of: red flags, and answers that could not be assessed."""

from collections.abc import Iterable

from django.utils.translation import gettext_lazy

from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import RANK
from webapp.desk.instants import Instant, Name
from webapp.desk.promises import promised_at
from webapp.desk.waiting import Key, Source, waiting_by

FLAGS, NOT_ASSESSED, NONE = frozenset({"flags"}), frozenset({"not_assessed"}), frozenset[str]()


def _open(user: User) -> Iterable[Key]:
    columns = (Name("patient_id"), Name("pk"), "urgency", Instant("last_raised_at"), "not_assessed")
    for who, pk, urgency, since, not_assessed in alerts.open_for(user).order_by().values_list(*columns):
        tabs = NOT_ASSESSED if not_assessed else FLAGS if urgency in alerts.RED_FLAG else NONE
        rank = RANK[urgency]
        yield who, pk, rank, since, tabs, promised_at(rank, since)


SOURCE = Source(
    "alerts",
    waiting_by(_open),
    tabs={"flags": gettext_lazy("Red flags"), "not_assessed": gettext_lazy("Not assessed")},
    place=10,
    keys=_open,
)

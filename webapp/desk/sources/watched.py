"""What a doctor said she would watch, from its day on."""

from collections.abc import Iterable
from datetime import datetime, time

from django.utils import timezone
from django.utils.translation import gettext_lazy

from webapp.accounts.models import User
from webapp.alerts.models import RANK
from webapp.desk.waiting import Source, Waiting
from webapp.plans import monitoring

WATCHED = frozenset({"watched"})


def _due(user: User) -> Iterable[Waiting]:
    due = monitoring.due_for(user, timezone.localdate()).order_by().values_list("patient_id", "pk", "due_on")
    for who, pk, day in due:
        since, until = (timezone.make_aware(datetime.combine(day, at)) for at in (time(), time(23, 59)))
        yield Waiting(who, pk, RANK["soon"], since, WATCHED, until)


SOURCE = Source("watched", _due, tabs={"watched": gettext_lazy("To be watched")}, place=40)

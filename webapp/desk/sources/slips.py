"""Patients who say that they took less of their doses than the clinic asks, in the newest week that is over."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.desk.waiting import Reason, Source, Waiting
from webapp.prescriptions import selectors as prescriptions

SLIPS = frozenset({"slips"})


def _waiting(user: User) -> Iterable[Waiting]:
    rows = prescriptions.slips_for(user, timezone.localdate()).values_list("patient_id", "plan_id", "last_day")
    for who, plan, day in rows:
        yield Waiting(who, plan, 0, timezone.make_aware(datetime.combine(day, time(23))), SLIPS)


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    found = prescriptions.slips_for(user, timezone.localdate()).filter(plan__in=pks)
    with override(language):
        return {one.plan_id: _reason(one) for one in found}


def _reason(one: prescriptions.Week) -> Reason:
    words = _("Took %(done)d of %(due)d doses in week %(n)d; of %(unknown)d nothing is known") % {
        "done": one.done, "due": one.due, "n": one.number, "unknown": one.due - one.done - one.not_done,
    }  # fmt: skip
    url = reverse("prescriptions:course", kwargs={"patient": one.patient_id})
    return Reason(words, url, "graph-down", gettext_lazy("Doses left out"))


SOURCE = Source("slips", _waiting, _told, tabs={"slips": gettext_lazy("Doses left out")}, place=47)

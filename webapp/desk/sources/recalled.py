"""Patients of a recall: with the doctor who treats them, until what was done is written down."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.alerts.models import RANK
from webapp.desk.waiting import Reason, Source, Waiting
from webapp.plans import recalling
from webapp.plans.models import RecallTask

RECALLED = frozenset({"recalled"})


def _waiting(user: User) -> Iterable[Waiting]:
    rows = recalling.waiting_for(user).order_by().values_list("patient_id", "pk", "made_at")
    return (Waiting(who, pk, RANK["soon"], at, RECALLED) for who, pk, at in rows)


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    with override(language):
        return {one.pk: _reason(one) for one in recalling.waiting_for(user).filter(pk__in=pks)}


def _reason(one: RecallTask) -> Reason:
    words = _("Recalled by %(name)s: %(why)s") % {"name": one.recall.made_by.display_name, "why": one.recall.message}
    url = reverse("plans:recalled", kwargs={"recalled": one.pk})
    return Reason(words, url, "arrow-repeat", gettext_lazy("Recalled"))


SOURCE = Source("recalled", _waiting, _told, tabs={"recalled": gettext_lazy("Recalled")}, place=35)

"""Drafts handed from one doctor to another: in the list of who has them now, and of who gave them until opened."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.alerts.models import RANK
from webapp.desk.waiting import Reason, Source, Waiting
from webapp.plans import handing

HANDED = frozenset({"handed"})


def _waiting(user: User) -> Iterable[Waiting]:
    columns = ("plan__patient_id", "pk", "plan__urgency", "given_at")
    rows = handing.waiting_for(user).order_by().values_list(*columns)
    return (Waiting(who, pk, RANK.get(urgency, 0), at, HANDED) for who, pk, urgency, at in rows)


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    found = handing.waiting_for(user).filter(pk__in=pks).select_related("given_by", "given_to")
    with override(language):
        return {one.pk: _reason(one, user) for one in found}


def _reason(one: handing.Handover, user: User) -> Reason:
    mine = one.given_to_id == user.pk
    words = _("%(name)s hands it to you: %(why)s") if mine else _("Handed to %(name)s, not opened yet: %(why)s")
    name = one.given_by.display_name if mine else one.given_to.display_name
    url = reverse("plans:review", kwargs={"pk": one.plan_id})
    return Reason(words % {"name": name, "why": one.reason}, url, "people", gettext_lazy("Handed over"))


SOURCE = Source("handed", _waiting, _told, tabs={"handed": gettext_lazy("Between colleagues")}, place=45)

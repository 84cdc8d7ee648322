"""Second signatures a colleague asks for: a blocked item waits for this doctor's word."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.alerts.models import RANK
from webapp.desk.waiting import Reason, Source, Waiting
from webapp.plans import cosigning

HANDED = frozenset({"handed"})


def _waiting(user: User) -> Iterable[Waiting]:
    rows = cosigning.waiting_for(user).order_by().values_list("plan__patient_id", "pk", "asked_at")
    return (Waiting(who, pk, RANK["soon"], at, HANDED) for who, pk, at in rows)


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    found = cosigning.waiting_for(user).filter(pk__in=pks).select_related("asked_by")
    with override(language):
        return {one.pk: _reason(one) for one in found}


def _reason(one: cosigning.SecondSignature) -> Reason:
    words = _("%(name)s asks you to sign for a blocked item too") % {"name": one.asked_by.display_name}
    url = f"{reverse('plans:review', kwargs={'pk': one.plan_id})}#item-{one.item_id}"
    return Reason(words, url, "pencil", gettext_lazy("Second signature"))


SOURCE = Source("seconds", _waiting, _told, place=46)

"""What has been taken for so long that a doctor looks at it again."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import Reminder
from webapp.desk.waiting import Reason, Source, Waiting

REVIEWS = frozenset({"reviews"})


def _waiting(user: User) -> Iterable[Waiting]:
    rows = alerts.reviews_for(user, timezone.now()).order_by().values_list("patient_id", "pk", "due_at")
    return (Waiting(who, pk, 0, at, REVIEWS) for who, pk, at in rows)


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    with override(language):
        return {one.pk: _reason(one) for one in alerts.reviews_for(user, timezone.now()).filter(pk__in=pks)}


def _reason(one: Reminder) -> Reason:
    day = date_format(timezone.localdate(one.due_at), "DATE_FORMAT")
    words = _("Long acid suppression to look at again, since %(day)s") % {"day": day}
    url = reverse("desk:patient", kwargs={"pk": one.patient_id}) + "#reminders"
    return Reason(words, url, "capsule", gettext_lazy("To look at again"))


SOURCE = Source("reviews", _waiting, _told, tabs={"reviews": gettext_lazy("To look at again")}, place=46)

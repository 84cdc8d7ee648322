"""Patients who kept a diary and have let it rest for longer than the clinic waits."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy, ngettext, override

from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import Reminder
from webapp.base import house
from webapp.desk.waiting import Reason, Source, Waiting

SILENT = frozenset({"silent"})


def _waiting(user: User) -> Iterable[Waiting]:
    rows = alerts.silent_for(user, timezone.now()).order_by().values_list("patient_id", "pk", "due_at")
    return (Waiting(who, pk, 0, at, SILENT) for who, pk, at in rows)


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    with override(language):
        return {one.pk: _reason(one) for one in alerts.silent_for(user, timezone.now()).filter(pk__in=pks)}


def _reason(one: Reminder) -> Reason:
    days = (timezone.localdate() - timezone.localdate(one.due_at)).days + house.now().remind_diary_after + 1
    words = ngettext("No diary for %(n)d day", "No diary for %(n)d days", days) % {"n": days}
    url = reverse("desk:patient", kwargs={"pk": one.patient_id}) + "#reminders"
    return Reason(words, url, "wifi-off", gettext_lazy("Stopped reporting"))


SOURCE = Source("silent", _waiting, _told, tabs={"silent": gettext_lazy("Stopped reporting")}, place=45)

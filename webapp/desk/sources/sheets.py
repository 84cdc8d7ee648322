"""Results a doctor has to release: the critical at once, the rest out of range soon."""

from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.alerts.models import RANK
from webapp.desk.instants import Instant, Name
from webapp.desk.promises import promised_at
from webapp.desk.waiting import Key, Reason, Source, waiting_by
from webapp.plans.lines import terms_now
from webapp.results import presenting
from webapp.results import selectors as results

SHEETS = frozenset({"sheets"})


def _waiting(user: User) -> Iterable[Key]:
    columns = (Name("patient_id"), Name("pk"), "critical", "abnormal", Instant("received_at"))
    for who, pk, critical, abnormal, since in results.waiting_for(user).order_by().values_list(*columns):
        rank = RANK["same_day"] if critical else RANK["soon"] if abnormal else 0
        yield who, pk, rank, since, SHEETS, promised_at(rank, since)


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    found = list(results.waiting_for(user).filter(pk__in=pks))
    with override(language):
        shown = presenting.shown(found, terms_now(language, timezone.localdate()), for_patient=False)
        return {one.release.pk: _reason(one) for one in shown}


def _reason(one: presenting.Shown) -> Reason:
    out = presenting.headline(one.lines)
    words = _("Result to release: %(what)s") % {"what": out or one.title}
    url = reverse("results:report", kwargs={"report": one.release.pk})
    return Reason(words, url, "droplet", gettext_lazy("Result"))


SOURCE = Source(
    "results", waiting_by(_waiting), _told, tabs={"sheets": gettext_lazy("Results")}, place=30, keys=_waiting
)

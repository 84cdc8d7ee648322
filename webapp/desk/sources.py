"""Who may put patients into the worklist: each source tells who waits, how urgently, since when, and says why in words.

A new source is one entry of SOURCES: the list, its tabs, its order and its counts follow.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Protocol
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.alerts import selectors as alerts
from webapp.alerts.models import RANK
from webapp.plans import monitoring
from webapp.plans import selectors as plans
from webapp.plans.lines import terms_now
from webapp.results import presenting
from webapp.results import selectors as results

Words = str | Promise


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits, by plain columns only: thousands are sorted by them."""

    patient_id: UUID
    pk: UUID
    rank: int
    since: datetime
    tabs: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a patient stands in the list, in words, and where it is done; ``icon`` and ``label`` say of what kind."""

    words: str
    url: str
    icon: str
    label: Words


class Told(Protocol):
    """Puts what waits into words, for the page that is shown: as many queries for one as for fifty."""

    def __call__(self, user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]: ...


@dataclass(frozen=True, slots=True)
class Source:
    """``waiting`` gives everybody who waits, in one query; ``told`` is None where the page has a place of its own."""

    name: str
    waiting: Callable[[User], Iterable[Waiting]]
    told: Told | None = None


def _drafts(user: User) -> Iterable[Waiting]:
    rows = plans.drafts_for(user).values_list("patient_id", "pk", "urgency", "created_at")
    return (Waiting(who, pk, RANK.get(urgency, 0), at, frozenset({"plans"})) for who, pk, urgency, at in rows)


def _alerts(user: User) -> Iterable[Waiting]:
    columns = ("patient_id", "pk", "urgency", "last_raised_at", "not_assessed")
    for who, pk, urgency, at, not_assessed in alerts.open_for(user).values_list(*columns):
        tab = "not_assessed" if not_assessed else "flags" if urgency in alerts.RED_FLAG else ""
        yield Waiting(who, pk, RANK[urgency], at, frozenset({tab} - {""}))


def _watched(user: User) -> Iterable[Waiting]:
    due = monitoring.due_for(user, timezone.localdate()).values_list("patient_id", "pk", "due_on")
    for who, pk, day in due:
        since = timezone.make_aware(datetime.combine(day, time()))
        yield Waiting(who, pk, RANK["soon"], since, frozenset({"watched"}))


def _results(user: User) -> Iterable[Waiting]:
    """Tell what a doctor has to release: the critical at once, the rest out of range soon."""
    columns = ("patient_id", "pk", "critical", "abnormal", "received_at")
    for who, pk, critical, abnormal, at in results.waiting_for(user).values_list(*columns):
        rank = RANK["same_day"] if critical else RANK["soon"] if abnormal else 0
        yield Waiting(who, pk, rank, at, frozenset({"sheets"}))


def _results_told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    found = list(results.waiting_for(user).filter(pk__in=pks))
    with override(language):
        shown = presenting.shown(found, terms_now(language, timezone.localdate()), for_patient=False)
        return {one.release.pk: _result(one) for one in shown}


def _result(one: presenting.Shown) -> Reason:
    out = presenting.headline(one.lines)
    words = _("Result to release: %(what)s") % {"what": out or one.report.title}
    url = reverse("results:report", kwargs={"report": one.release.pk})
    return Reason(words, url, "droplet", gettext_lazy("Result"))


SOURCES: tuple[Source, ...] = (
    Source("drafts", _drafts),
    Source("alerts", _alerts),
    Source("watched", _watched),
    Source("results", _results, _results_told),
)


def reasons(user: User, waiting: Mapping[str, Sequence[UUID]], language: str) -> dict[UUID, Reason]:
    """Return, of what the sources that speak for themselves put on a page, why it waits."""
    found: dict[UUID, Reason] = {}
    for source in SOURCES:
        if source.told is not None and waiting.get(source.name):
            found.update(source.told(user, waiting[source.name], language))
    return found

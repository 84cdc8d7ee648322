"""Medicines patients ask to go on with: what is contraindicated today first, then what runs out soonest."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from webapp.accounts.models import User
from webapp.alerts.models import RANK
from webapp.desk.promises import promised
from webapp.desk.waiting import Reason, Source, Waiting
from webapp.plans.taken import words_of
from webapp.plans.terms import words
from webapp.prescriptions import selectors as prescriptions
from webapp.prescriptions.models import Renewal

RENEWALS = frozenset({"renewals"})
SOON = timedelta(days=3)  # what runs out by then cannot wait its turn
Verdict = Renewal.Verdict
SAFETY = {
    Verdict.CLEAR: gettext_lazy("nothing against it"),
    Verdict.HELD: gettext_lazy("something not known or to be weighed"),
    Verdict.BLOCKED: gettext_lazy("CONTRAINDICATED"),
    Verdict.NOT_CHECKED: gettext_lazy("COULD NOT BE CHECKED"),
}


def _waiting(user: User) -> Iterable[Waiting]:
    today = timezone.localdate()
    columns = ("patient_id", "pk", "verdict", "runs_out_on", "asked_at")
    for who, pk, verdict, ends, at in prescriptions.asked_for(user).order_by().values_list(*columns):
        rank = _rank(verdict, ends, today)
        yield Waiting(who, pk, rank, at, RENEWALS, promised(rank, at))


def _rank(verdict: str, ends: date | None, today: date) -> int:
    if verdict == Verdict.BLOCKED:
        return RANK["urgent_2w"]
    return RANK["soon"] if verdict == Verdict.NOT_CHECKED or (ends and ends <= today + SOON) else 0


def _told(user: User, pks: Sequence[UUID], language: str) -> Mapping[UUID, Reason]:
    today = timezone.localdate()
    with override(language):
        return {one.pk: _reason(one, language, today) for one in prescriptions.asked_for(user).filter(pk__in=pks)}


def _reason(one: Renewal, language: str, today: date) -> Reason:
    title = words(words_of(one.item).get("title"), language) or one.item.code
    parts = [_left(one.runs_out_on, today), _checked(one), str(SAFETY[Verdict(one.verdict)])]
    said = _("Renewal: %(what)s") % {"what": " · ".join([title, *parts])}
    url = reverse("prescriptions:renewal", kwargs={"renewal": one.pk})
    return Reason(said, url, "arrow-repeat", gettext_lazy("Renewal"))


def _left(ends: date | None, today: date) -> str:
    if ends is None:
        return _("no last day")
    return _("%(n)d days left") % {"n": max(0, (ends - today).days + 1)}


def _checked(one: Renewal) -> str:
    """Return when a doctor last decided on it: by an earlier renewal, or by signing the plan."""
    at = one.checked_at  # type: ignore[attr-defined]
    return _("last check %(day)s") % {"day": date_format(timezone.localdate(at), "DATE_FORMAT")}


SOURCE = Source("renewals", _waiting, _told, tabs={"renewals": gettext_lazy("Renewals")}, place=35)

"""Results of tests, at the day of the test."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.desk.moment import Line, Moment, Part, Reader
from webapp.plans.lines import terms_now
from webapp.results import presenting
from webapp.results import selectors as results


def _moments(reader: Reader) -> Iterable[Moment]:
    rows = results.releases_for(reader.user).filter(patient=reader.patient).order_by()
    for pk, day, came in rows.values_list("pk", "report__effective", "received_at"):
        yield Moment(_day(day) or came, pk)


def _day(text: str) -> datetime | None:
    """Return the day of a report as a moment; None where the month or the year alone is known."""
    try:
        return timezone.make_aware(datetime.strptime(text, "%Y-%m-%d").replace(hour=12))  # noqa: DTZ007 — made aware
    except ValueError:
        return None


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    found = list(results.releases_for(reader.user).filter(pk__in=keys))
    shown = presenting.shown(found, terms_now(reader.language, reader.today), for_patient=False)
    return {one.release.pk: _line(one) for one in shown}


def _line(one: presenting.Shown) -> Line:
    url = reverse("results:report", kwargs={"report": one.release.pk})
    waits = _("not released to the patient yet") if one.release.state == "waiting" else ""
    detail = " · ".join(part for part in (presenting.headline(one.lines), waits) if part)
    return Line(one.title, url, detail)


PART = Part("sheets", gettext_lazy("Results"), "droplet", _moments, _told, place=30)

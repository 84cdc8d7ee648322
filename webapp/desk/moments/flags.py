"""Alerts about the patient: raised, and closed."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.alerts import selectors as alerts
from webapp.alerts.models import RANK
from webapp.base.codes import code_of
from webapp.desk.moment import Line, Moment, Part, Reader, Words
from webapp.desk.selectors import BANDS
from webapp.plans.terms import words

RAISED, CLOSED = "raised", "closed"


def _moments(reader: Reader) -> Iterable[Moment]:
    rows = alerts.alerts_for(reader.user).filter(patient=reader.patient).order_by()
    for pk, raised, closed in rows.values_list("pk", "raised_at", "closed_at"):
        yield Moment(raised, (RAISED, pk))
        if closed is not None:
            yield Moment(closed, (CLOSED, pk))


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    rows = alerts.alerts_for(reader.user).filter(pk__in=[pk for _what, pk in keys]).select_related("closed_by")
    found = {row.pk: row for row in rows}
    return {(what, pk): _line(reader, what, found[pk]) for what, pk in keys if pk in found}


def _line(reader: Reader, what: str, alert: Any) -> Line:
    url = reverse("desk:patient", kwargs={"pk": reader.patient.pk})
    said = words(alert.text, reader.language)
    if what == CLOSED:
        by = alert.closed_by.display_name if alert.closed_by else ""
        return Line(_("Alert closed: %(what)s") % {"what": said}, url, alert.note or "", by)
    return Line(said, f"{url}#{code_of('alerts')}", _how_soon(alert.urgency))


def _how_soon(urgency: str) -> Words:
    """Return the word of the worklist for how soon it is looked at."""
    return next(title for floor, title in BANDS if RANK[urgency] >= floor)


PART = Part("flags", gettext_lazy("Alerts"), "exclamation-octagon", _moments, _told, place=60)

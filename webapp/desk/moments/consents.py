"""What the patient agreed to, and withdrew."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from webapp.desk.moment import Line, Moment, Part, Reader
from webapp.patients import selectors as people


def _moments(reader: Reader) -> Iterable[Moment]:
    rows = people.ledger_of(reader.patient).order_by().values_list("pk", "decided_at")
    return (Moment(at, pk) for pk, at in rows)


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    url = reverse("desk:consents", kwargs={"pk": reader.patient.pk})
    rows = people.ledger_of(reader.patient).filter(pk__in=keys)
    return {row.pk: _line(row, url) for row in rows}


def _line(row: Any, url: str) -> Line:
    return Line(f"{row.text.get_purpose_display()}: {row.get_decision_display()}", url, row.get_channel_display())


PART = Part("consents", gettext_lazy("Consents"), "shield-check", _moments, _told, place=80)

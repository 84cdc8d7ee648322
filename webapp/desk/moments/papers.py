"""Files of the record, when they came in."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from webapp.accounts import selectors as accounts
from webapp.desk.moment import Line, Moment, Part, Reader
from webapp.patients import selectors as people


def _shown(reader: Reader) -> QuerySet[Any]:
    return people.shown_to(reader.user, reader.patient)


def _moments(reader: Reader) -> Iterable[Moment]:
    return (Moment(at, pk) for pk, at in _shown(reader).order_by().values_list("pk", "recorded_at"))


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    rows = list(_shown(reader).filter(pk__in=keys))
    names = accounts.names_of(row.recorded_by_id for row in rows if row.recorded_by_id)
    return {row.pk: _line(reader, row, names.get(row.recorded_by_id or 0, "")) for row in rows}


def _line(reader: Reader, row: Any, by: str) -> Line:
    url = reverse("desk:document", kwargs={"pk": reader.patient.pk, "document": row.pk})
    return Line(row.title, url, row.get_kind_display(), by)


PART = Part("papers", gettext_lazy("Documents"), "file-text", _moments, _told, place=40)

"""Questionnaires and days of the diary that were sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from webapp.desk import record
from webapp.desk.moment import Line, Moment, Part, Reader


def _sent(reader: Reader) -> QuerySet[Any]:
    return record.sent_by(reader.user, reader.patient).filter(for_day=None).order_by()


def _moments(reader: Reader) -> Iterable[Moment]:
    return (Moment(at, pk) for pk, at in _sent(reader).values_list("pk", "completed_at"))


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    rows = record.sent_by(reader.user, reader.patient).filter(pk__in=keys)
    return {row.pk: _line(reader, row) for row in rows}


def _line(reader: Reader, row: Any) -> Line:
    url = reverse("desk:answers", kwargs={"pk": reader.patient.pk, "response": row.pk})
    by = "" if row.completed_by_id == reader.patient.user_id else row.completed_by.display_name
    return Line(record.title_of(row, reader.language), url, by=by)


PART = Part("asked", gettext_lazy("Questionnaires"), "clipboard2-check", _moments, _told, place=10)

"""Days of the diary, at the day they tell of."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, time
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.desk import record
from webapp.desk.moment import Line, Moment, Part, Reader

NOON = time(12)


def _moments(reader: Reader) -> Iterable[Moment]:
    rows = record.sent_by(reader.user, reader.patient).exclude(for_day=None).order_by()
    for pk, day in rows.values_list("pk", "for_day"):
        yield Moment(timezone.make_aware(datetime.combine(day, NOON)), pk)


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    rows = record.sent_by(reader.user, reader.patient).filter(pk__in=keys)
    return {row.pk: _line(reader, row) for row in rows}


def _line(reader: Reader, row: Any) -> Line:
    url = reverse("desk:answers", kwargs={"pk": reader.patient.pk, "response": row.pk})
    words = _("Diary of %(day)s") % {"day": date_format(row.for_day, "DATE_FORMAT")}
    return Line(words, url, _("filled in later, from memory") if row.recalled else "")


PART = Part("days", gettext_lazy("Diary"), "journal-text", _moments, _told, place=20)

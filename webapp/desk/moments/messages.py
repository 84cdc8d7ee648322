"""Messages to the patient: what was sent by which way, and what could not be sent."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from webapp.desk.moment import Line, Moment, Part, Reader
from webapp.outbox import selectors as outbox
from webapp.outbox.models import Message
from webapp.outbox.texts import TEXTS
from webapp.patients.models import Patient

LEFT = (Message.State.SENT, Message.State.GIVEN_UP)


def _to(reader: Reader) -> QuerySet[Any]:
    found = outbox.to_person(str(reader.patient.pk))
    return found if reader.user.may("record.read") else found.none()


def _moments(reader: Reader) -> Iterable[Moment]:
    rows = _to(reader).filter(state__in=LEFT).order_by()
    return (Moment(sent or due, pk) for pk, sent, due in rows.values_list("pk", "sent_at", "due_at"))


def _told(reader: Reader, keys: Sequence[Any]) -> Mapping[Any, Line]:
    url = reverse("desk:identity", kwargs={"pk": reader.patient.pk})
    return {row.pk: _line(row, url) for row in _to(reader).filter(pk__in=keys)}


def _line(row: Any, url: str) -> Line:
    text = TEXTS.get(row.template)
    words = _("Message: %(what)s") % {"what": text.subject if text else row.template}
    if row.state == Message.State.GIVEN_UP:
        return Line(words, url, _("could not be sent"))
    return Line(words, "", dict(Patient.Channel.choices).get(row.channel, row.channel))


PART = Part("messages", gettext_lazy("Messages to the patient"), "envelope", _moments, _told, place=70)

"""Reads of the outbox: figures and codes, never an address."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet

from webapp.base.fields import blind
from webapp.outbox.hours import is_quiet
from webapp.outbox.models import Message

State = Message.State
WAITING = (State.QUEUED, State.FAILED)


@dataclass(frozen=True, slots=True)
class Standing:
    """How the outbox stands; ``oldest`` is since when the message that waits longest has been due.

    ``at_night``: nothing but what cannot wait leaves at this hour, so that waiting means nothing.
    """

    due: int
    later: int
    given_up: int
    in_doubt: int
    oldest: datetime | None
    last_sent: datetime | None
    at_night: bool


def standing(now: datetime) -> Standing:
    """Return the outbox in figures; one query."""
    due = Q(state__in=WAITING, due_at__lte=now) | Q(state=State.SENDING, carried_by__isnull=True)
    found = Message.objects.aggregate(
        due=Count("pk", filter=due),
        later=Count("pk", filter=Q(state__in=WAITING, due_at__gt=now)),
        given_up=Count("pk", filter=Q(state=State.GIVEN_UP)),
        in_doubt=Count("pk", filter=Q(in_doubt__gt=0)),
        oldest=Min("due_at", filter=due),
        last_sent=Max("sent_at"),
    )
    return Standing(**found, at_night=is_quiet(now))


def given_up() -> QuerySet[Message]:
    """Return what was given up, newest first, without address, link or key."""
    rows = Message.objects.filter(state=State.GIVEN_UP).order_by("-due_at", "-pk")
    return rows.only("pk", "state", "template", "channel", "attempts", "error", "due_at")


def to_person(recipient: str) -> QuerySet[Message]:
    """Return every message to one person, without address or link: when, by which way, and what became of it."""
    rows = Message.objects.filter(recipient=blind(recipient, "outbox.message.recipient"))
    return rows.only("pk", "state", "template", "channel", "due_at", "sent_at")


def reminders_sent(since: datetime) -> QuerySet[Message]:
    """Return the reminders that left since then, by themselves or in one message with others."""
    return Message.objects.filter(state=State.SENT, key__startswith="reminder:", sent_at__gte=since)

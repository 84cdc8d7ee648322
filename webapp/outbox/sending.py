"""Sending what is due: each message by one worker, at a decent hour, several to one person as one.

A message is claimed (state ``sending``, committed) and then sent under its row's lock, which the database lets go of
the moment its holder dies. A message in state ``sending`` that is not locked was therefore left by a dead sender, and
is taken up at once: the transport is asked whether it took it. A folder knows, so there it leaves exactly once. A mail
server cannot be asked; the mail then leaves again under the same Message-ID. Twice is better than never, since no text
says anything but "sign in"; how often that happened stands on the page of jobs.
"""

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from webapp.base import house
from webapp.outbox.hours import day_begins, is_quiet, tomorrow_morning
from webapp.outbox.letters import letter_of
from webapp.outbox.models import Message
from webapp.outbox.selectors import WAITING
from webapp.outbox.texts import IN_DOUBT, TEXTS, TOO_LATE
from webapp.outbox.transports import NotSent, Transport, transport_of

WAITS = tuple(timedelta(minutes=n) for n in (1, 5, 15, 60, 180, 360, 720))  # after the last of them: given up
MOST_DOUBTS = 3
State, Haste = Message.State, Message.Haste


def deliver() -> int:
    """Send everything that is due now; return how many messages left the house."""
    with house.read_once():
        return _deliver()


def _deliver() -> int:
    open_ways: dict[str, Transport] = {}
    sent = 0
    try:
        while message := _claim(timezone.now()):
            if message.channel not in open_ways:
                open_ways[message.channel] = transport_of(message.channel)
            sent += _send(message.pk, open_ways[message.channel])
    finally:
        for way in open_ways.values():
            way.close()
    return sent


def _due(now: datetime) -> QuerySet[Message]:
    """Return what may be claimed, each row being skipped while another worker holds it."""
    ready = Q(state__in=WAITING, due_at__lte=now) | Q(state=State.SENDING, carried_by__isnull=True)
    rows = Message.objects.select_for_update(skip_locked=True).filter(ready)
    return rows.filter(haste=Haste.NOW) if is_quiet(now) else rows


@transaction.atomic
def _claim(now: datetime) -> Message | None:
    """Return the message to send next, marked as being sent; None when nothing is left to do now."""
    while message := _due(now).order_by("due_at", "pk").first():
        if message.state == State.SENDING and message.in_doubt < MOST_DOUBTS:
            Message.objects.filter(pk=message.pk).update(in_doubt=message.in_doubt + 1)
            return message
        if message.state == State.SENDING:  # whatever kills its senders must not hold up the others
            _settle(message, state=State.GIVEN_UP, error=IN_DOUBT)
        elif _too_late(message, now):
            Message.objects.filter(pk=message.pk).update(state=State.GIVEN_UP, error=TOO_LATE, link="")
        elif _over_the_cap(message, now):
            waiting = [message.pk, *(one.pk for one in _companions(message, now))]
            Message.objects.filter(pk__in=waiting).update(due_at=tomorrow_morning(now))
        else:
            return _taken(message, now)
    return None


def _too_late(message: Message, now: datetime) -> bool:
    limit = TEXTS[message.template].useless_after
    return limit is not None and now > message.queued_at + limit


def _over_the_cap(message: Message, now: datetime) -> bool:
    if message.haste != Haste.NORMAL:
        return False
    today = Message.objects.filter(recipient=message.recipient, sent_at__gte=day_begins(now), carried_by__isnull=True)
    return today.exclude(haste=Haste.NOW).count() >= house.now().most_messages  # what comes on top waits, as one


def _companions(message: Message, now: datetime) -> QuerySet[Message]:
    """Return what else is due to the same person by the same way, in the same haste."""
    alike = {name: getattr(message, name) for name in ("recipient", "channel", "haste")}
    return _due(now).filter(state__in=WAITING, **alike).exclude(pk=message.pk)


def _taken(message: Message, now: datetime) -> Message:
    """Claim a message, and with it what one mail can say to the same person."""
    if not TEXTS[message.template].at_any_hour:
        together = [one for one in _companions(message, now) if not TEXTS[one.template].at_any_hour]
        same = [one.pk for one in together if one.address == message.address]
        Message.objects.filter(pk__in=same).update(state=State.SENDING, carried_by=message, error="")
    attempts = message.attempts + 1
    Message.objects.filter(pk=message.pk).update(state=State.SENDING, carried_by=None, attempts=attempts, error="")
    return message


@transaction.atomic
def _send(pk: int, way: Transport) -> bool:
    """Send one claimed message under its lock and write what became of it; return whether it left."""
    message = Message.objects.select_for_update(skip_locked=True).filter(pk=pk, state=State.SENDING).first()
    if message is None:  # somebody else took it for abandoned and has it now
        return False
    letter = letter_of(message, several=message.carries.filter(state=State.SENDING).exists())
    try:
        if not (message.in_doubt and way.took(letter)):
            way.send(letter)
    except NotSent as fault:
        _not_sent(message, fault)
        return False
    _settle(message, state=State.SENT, sent_at=timezone.now(), error="", link="")
    return True


def _not_sent(message: Message, fault: NotSent) -> None:
    if fault.final or message.attempts > len(WAITS):
        _settle(message, state=State.GIVEN_UP, error=fault.code)
    else:
        due = timezone.now() + WAITS[message.attempts - 1]
        _settle(message, state=State.FAILED, error=fault.code, due_at=due)


def _settle(message: Message, **values: object) -> None:
    """Write the same of a message that was being sent and of those it spoke for."""
    together = Message.objects.filter(Q(pk=message.pk) | Q(carried_by=message.pk), state=State.SENDING)
    together.update(**values)

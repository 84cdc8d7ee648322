"""Queue a message, cancel it, try one again that was given up. Sending is the worker's work (sending.py)."""

import logging
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException

from webapp.base.fields import blind
from webapp.outbox.hours import next_allowed
from webapp.outbox.models import Message
from webapp.outbox.selectors import WAITING
from webapp.outbox.texts import TEXTS, TOO_LATE

DELIVER = "outbox.deliver"
KEPT = timedelta(days=365)
CODE = re.compile(r"[0-9A-Za-z-]{4,20}")
NO_ADDRESS = re.compile(r"[\s\x00-\x1f\x7f<>]")  # what would end a line or begin a header
State, Haste = Message.State, Message.Haste
log = logging.getLogger(__name__)
_silent: ContextVar[bool] = ContextVar("nobody is told while past months are lived through", default=False)


class OutboxError(ValueError):
    """A message that cannot be queued: a fault of the calling code or of the settings, told without its content."""


class NoAddress(OutboxError):
    """Nothing can go to this address."""


def queue(
    *,
    key: str,
    address: str,
    template: str,
    language: str,
    link: str = "",
    channel: str = "email",
    due_at: datetime | None = None,
    recipient: str = "",
    haste: str = "normal",
) -> Message | None:
    """Return the message, to be sent at ``due_at`` or at once, as the hour allows; None: this key was queued before.

    Part of the caller's transaction. ``template`` is a name of texts.py; ``link`` a path of ours, a whole address, or
    the code of a template that holds one; ``recipient`` tells one person from another (default: the address);
    ``haste`` is one of Message.Haste. Raises OutboxError.
    """
    if _silent.get():
        return None
    made = _made(
        key=key,
        address=address,
        template=template,
        language=language,
        link=link,
        channel=channel,
        due_at=due_at,
        recipient=recipient,
        haste=haste,
    )
    values = {name: getattr(made, name) for name in _TOLD}
    message, fresh = Message.objects.get_or_create(key=key, defaults=values)
    if fresh and message.due_at <= message.queued_at:
        soon()
    return message if fresh else None


def queue_all(orders: Iterable[Mapping[str, Any]]) -> None:
    """Queue many messages at once, each given as the arguments of ``queue``; a key queued before is left as it is.

    One without an address that can be read is left out, and logged: it must not hold back the others.
    """
    if _silent.get():
        return
    rows = []
    for order in orders:
        try:
            rows.append(_made(**{**_USUAL, **order}))
        except NoAddress:
            log.warning("A message had no readable address and was not queued: %s", order["key"])
    if rows:
        Message.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)
        soon()


_TOLD = ("channel", "address", "recipient", "template", "language", "link", "haste", "due_at", "queued_at")
_USUAL: dict[str, Any] = {"link": "", "channel": "email", "due_at": None, "recipient": "", "haste": "normal"}


def _made(
    *,
    key: str,
    address: str,
    template: str,
    language: str,
    link: str,
    channel: str,
    due_at: datetime | None,
    recipient: str,
    haste: str,
) -> Message:
    """Return the row of a message, not stored yet; raise OutboxError for what cannot be sent."""
    _check(template, language, channel, address)
    now = timezone.now()
    due, at_night_too = due_at or now, haste == Haste.NOW or TEXTS[template].at_any_hour
    return Message(
        key=key,
        channel=channel,
        address=address,
        recipient=blind(recipient or address, "outbox.message.recipient"),
        template=template,
        language=language,
        link=_whole(link, template),
        haste=Haste.NOW if at_night_too else Haste(haste),
        due_at=due if at_night_too else next_allowed(due),
        queued_at=now,
    )


def _check(template: str, language: str, channel: str, address: str) -> None:
    if template not in TEXTS:
        raise OutboxError(f"There is no text {template!r}. The texts stand in webapp/outbox/texts.py.")
    if language not in dict(settings.LANGUAGES):
        raise OutboxError(f"The texts are written in {', '.join(dict(settings.LANGUAGES))}, not in {language!r}.")
    if not settings.OUTBOX_CHANNELS.get(channel):
        raise OutboxError(f"Nothing carries {channel!r} messages. Name a transport: docs/how-to/send-messages.md")
    if not address or NO_ADDRESS.search(address):
        raise NoAddress("A message needs one address without spaces.")


def _whole(link: str, template: str) -> str:
    """Return the link as a whole address; a code as it is. Raise OutboxError for anything else."""
    if TEXTS[template].holds_code:
        if not CODE.fullmatch(link):
            raise OutboxError("A code is made of 4 to 20 letters, digits or dashes.")
        return link
    whole = urljoin(settings.SITE_URL, link or "/")
    if NO_ADDRESS.search(whole) or not whole.startswith(("https://", "http://")):
        raise OutboxError("A link is a path of ours or an http(s) address without spaces.")
    return whole


def cancel(*keys: str) -> bool:
    """Return whether a message of these keys was stopped: what is sent, or on its way, stays as it is."""
    return bool(Message.objects.filter(key__in=keys, state__in=WAITING).update(state=State.CANCELLED, link=""))


def again(pk: int) -> bool:
    """Return whether a message that was given up waits again, with all its attempts before it."""
    given_up = Message.objects.filter(pk=pk, state=State.GIVEN_UP).exclude(error=TOO_LATE)
    anew = {"attempts": 0, "in_doubt": 0, "error": "", "carried_by": None, "due_at": timezone.now()}
    fresh = given_up.update(state=State.QUEUED, **anew)
    if fresh:
        soon()
    return bool(fresh)


def forget(now: datetime) -> None:
    """Delete what was sent, given up or cancelled a year ago, addresses with it."""
    over = (State.SENT, State.GIVEN_UP, State.CANCELLED)
    old = Message.objects.filter(state__in=over, due_at__lt=now - KEPT)
    old.exclude(carried_by=None).delete()
    old.delete()


def soon() -> None:
    """Wake the worker once this transaction is committed; without it the message leaves with the next minute."""
    transaction.on_commit(_wake, robust=True)  # what was committed stands, whatever becomes of the wake-up


def _wake() -> None:
    try:
        with transaction.atomic():
            app.configure_task(DELIVER).defer()
    except AlreadyEnqueued:
        return
    except (ConnectorException, DatabaseError) as fault:  # what was committed stands; the periodic job finds it
        log.warning("The worker was not woken: %s", type(fault).__name__)


@contextmanager
def silence() -> Iterator[None]:
    """Queue nothing inside: for bringing in a past in which everybody was told in its time."""
    token = _silent.set(True)
    try:
        yield
    finally:
        _silent.reset(token)

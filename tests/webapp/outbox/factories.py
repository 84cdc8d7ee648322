"""Messages for tests, at an hour at which they may leave."""

import itertools
from datetime import datetime
from typing import Any
from unittest import mock
from zoneinfo import ZoneInfo

from webapp.outbox import services
from webapp.outbox.models import Message

MADRID = ZoneInfo("Europe/Madrid")
NOON = datetime(2026, 11, 23, 12, tzinfo=MADRID)
_numbers = itertools.count(1)


def at(moment):
    """Let it be ``moment`` for the services."""
    return mock.patch("django.utils.timezone.now", return_value=moment)


def queued(**values: Any) -> Message:
    """Queue a message at noon and return it as it is stored."""
    n = next(_numbers)
    given = {
        "key": f"test:{n}",
        "address": f"person{n}@example.org",
        "template": "task_due",
        "language": "es",
        "link": "/portal/",
        "due_at": NOON,
        **values,
    }
    with at(min(given["due_at"], NOON)):
        message = services.queue(**given)
    assert message is not None
    return Message.objects.get(pk=message.pk)

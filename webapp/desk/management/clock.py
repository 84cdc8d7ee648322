"""Living through the months of the demo clinic in a moment, each line dated when it would have been written."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from unittest import mock

from procrastinate.contrib.django import app
from procrastinate.testing import InMemoryConnector

from webapp.outbox.services import silence


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Let ``timezone.now()`` be ``moment``. For the demo only: it is what every service asks for the time."""
    with mock.patch("django.utils.timezone.now", return_value=moment):
        yield


@contextmanager
def no_jobs() -> Iterator[None]:
    """Let jobs and messages be queued nowhere: what was sent in these months was assessed and told in its time."""
    with app.replace_connector(InMemoryConnector()), silence():
        yield

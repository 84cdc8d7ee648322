"""A published shelf and a clinic once a file, quiet logs, and words in English."""

from copy import deepcopy

import pytest
from django.db import transaction

from tests.webapp.access.conftest import _hush, _in_english, shelf
from tests.webapp.access.world import a_world

__all__ = ["_hush", "_in_english", "shelf"]


@pytest.fixture(scope="module")
def _clinic(shelf, django_db_blocker):
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)


@pytest.fixture
def world(_clinic):
    """The same clinic for each test of a file, as it was before any of them changed it."""
    return deepcopy(_clinic)

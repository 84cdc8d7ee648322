"""Messages are matched in the language they are written in; the protocols are published once for a file of tests."""

import logging
from io import StringIO

import pytest
from django.db import transaction
from django.utils import translation

from tests.webapp.access.world import a_world, on_the_shelf
from tests.webapp.base.test_logs import the_log_s_own


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture(autouse=True)
def _hush():
    """A walk through closed doors fills the log with refusals."""
    logging.disable(logging.ERROR)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def log(_hush):
    """What is written into the log meanwhile, by the line and from the level that production writes."""
    logging.disable(logging.NOTSET)
    written, root = StringIO(), logging.getLogger()
    handler = logging.StreamHandler(written)
    handler.setFormatter(the_log_s_own())
    root.addHandler(handler)
    yield written
    root.removeHandler(handler)


@pytest.fixture(scope="module")
def shelf(django_db_setup, django_db_blocker):
    """The protocols are read and published once for all roles, and taken away at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        on_the_shelf()
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def world(shelf, django_db_blocker):
    """One clinic for all tests of a file that leave it as they found it."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield a_world()
        transaction.set_rollback(True)

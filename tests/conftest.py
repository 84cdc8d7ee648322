"""What every test stands on. The run connects as the owner, who makes the test database on the private server."""

import os

import pgtrigger
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from tests import migrated

TOGETHER = ("browser", "tools")  # folders whose files share a running clinic, or a port, and stay in one process


class BySetUp(LoadScopeScheduling):
    """Keeps what shares its set-up in one process when the run is spread over several: a file, or a whole folder."""

    def _split_scope(self, nodeid):
        file = nodeid.partition("::")[0]
        folder = file.split("/")[1]
        return folder if folder in TOGETHER else file


@pytest.hookimpl(optionalhook=True)  # a run in one process may leave the plugin out
def pytest_xdist_make_scheduler(config, log):
    return BySetUp(config, log)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """On the private server the test database begins as a copy of one that is migrated."""
    if "DATABASE_URL" not in os.environ:
        settings.DATABASES["default"].setdefault("TEST", {})["TEMPLATE"] = migrated.database()


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Give the application's role its rights in the test database too, as `make demo` does in the real one."""
    with django_db_blocker.unblock():
        call_command("grant_database_role")


@pytest.fixture(autouse=True, scope="session")
def emptied_between_tests():
    """Tests that commit leave empty tables: what may never be emptied steps aside for that moment, and only there."""
    teardown = TransactionTestCase._fixture_teardown

    def without_triggers(case):
        with pgtrigger.ignore():
            teardown(case)

    TransactionTestCase._fixture_teardown = without_triggers
    yield
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(autouse=True)
def in_spanish():
    """Each test begins in the clinic's first language, whatever language the one before was left in."""
    with translation.override("es"):
        yield

"""What every test stands on. The run connects as the owner, who makes the test database on the private server."""

import gc
import os
from collections import Counter

import pgtrigger
import pytest
from django.conf import settings
from django.core.management import call_command
from django.test import TransactionTestCase
from django.utils import translation
from xdist.scheduler import LoadScopeScheduling

from rules import reading
from tests import migrated

reading.LIBRARIES, reading.PROGRAMS = 24, 48  # the small ones of many tests do not push the shipped one out
TOGETHER = ("browser", "tools")  # folders whose files share a running clinic, or a port, and stay in one process
SECOND_HALF = "test_record_pages"  # the browser's files from here on have a clinic of their own
# What takes longest begins first, so that no process is left with it while the others have nothing more to do.
LONGEST = (
    "browser",
    "browser, second half",
    "tests/webapp/access/test_matrix.py",
    "tools",
    "tests/flows/test_kill_worker.py",
    "tests/webapp/access/test_canary.py",
    "tests/webapp/demo/test_load.py",
    "tests/engine/opinion/test_random_programs.py",
    "tests/webapp/security/test_every_route.py",
    "tests/flows/test_kill.py",
    "tests/engine/test_commands.py",
    "tests/engine/content/test_patients_unknown.py",
    "tests/webapp/patients/test_lines.py",
    "tests/webapp/plans/test_review_page.py",
    "tests/engine/test_random_cases.py",
    "tests/webapp/access/test_canary_beyond.py",
    "tests/engine/test_examples.py",
    "tests/engine/analysis/test_encoder.py",
    "tests/engine/test_reference.py",
    "tests/webapp/security/test_rotation.py",
    "tests/engine/opinion/test_shipped.py",
    "tests/engine/test_plan_properties.py",
    "tests/webapp/security/test_rotation_live.py",
    "tests/webapp/plans/test_ageing.py",
    "tests/flows/test_fifty_doctors.py",
    "tests/flows/test_two_renewals.py",
    "tests/flows/test_signing_while_assessed.py",
    "tests/flows/test_two_doctors.py",
    "tests/engine/analysis/test_prove.py",
    "tests/docs/test_tutorial.py",
)


def group_of(nodeid):
    """Return what stays together when a run is spread over processes: a file, or what shares a clinic or a port."""
    file = nodeid.partition("::")[0]
    folder = file.split("/")[1]
    if folder == "browser" and file.split("/")[-1] >= SECOND_HALF:
        return "browser, second half"
    return folder if folder in TOGETHER else file


class BySetUp(LoadScopeScheduling):
    """Keeps what shares its set-up in one process when the run is spread over several."""

    def _split_scope(self, nodeid):
        return group_of(nodeid)


@pytest.hookimpl(optionalhook=True)  # a run in one process may leave the plugin out
def pytest_xdist_make_scheduler(config, log):
    config.option.loadscopereorder = False  # the order is that of the collection: the longest first
    return BySetUp(config, log)


def pytest_collection_modifyitems(config, items):
    """Spread over processes, the longest groups come first, then those of many tests."""
    if not hasattr(config, "workerinput"):
        return
    tests = Counter(group_of(item.nodeid) for item in items)
    rank = {group: LONGEST.index(group) if group in LONGEST else len(LONGEST) for group in tests}
    items.sort(key=lambda item: (rank[group := group_of(item.nodeid)], -tests[group], group))


def pytest_collection_finish():
    """Leave what stays to the end of the run out of every later search for what can be thrown away."""
    gc.collect()
    gc.freeze()


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

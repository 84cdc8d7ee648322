"""What every test stands on. The run connects as the owner, who makes the test database on the private server."""

import pytest
from django.core.management import call_command


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Give the application's role its rights in the test database too, as `make demo` does in the real one."""
    with django_db_blocker.unblock():
        call_command("grant_database_role")

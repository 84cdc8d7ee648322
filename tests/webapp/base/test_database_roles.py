"""The application's role may use the tables and nothing more."""

import pytest
from django.conf import settings
from django.db import connection

pytestmark = pytest.mark.django_db


def test_the_applications_role_is_no_superuser_and_owns_no_table():
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = %s", [settings.DATABASE_APP_ROLE])
        assert cursor.fetchone() == (False,)
        cursor.execute("SELECT count(*) FROM pg_tables WHERE tableowner = %s", [settings.DATABASE_APP_ROLE])
        assert cursor.fetchone() == (0,)

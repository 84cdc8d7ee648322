"""Messages are matched in the language they are written in. Who invites, who is invited, and who comes."""

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import translation

from tests.webapp.patients.coming import an_invited_patient
from tests.webapp.people import a_user
from webapp.base.roles import Role


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def fresh_limits():
    cache.clear()


@pytest.fixture
def desk():
    return a_user(Role.FRONT_DESK, language="en")


@pytest.fixture
def marina():
    return an_invited_patient()


@pytest.fixture
def visitor():
    return Client(headers={"Accept-Language": "en"})

"""Each hat sees its own ways in, and only those that lead somewhere."""

import pytest
from django.urls import path

from webapp.base import navigation
from webapp.base.navigation import Entry
from webapp.base.roles import CLINICIANS, OUTSIDE, STAFF, Role

urlpatterns = [path("rooms/", lambda request: None, name="rooms")]
pytestmark = pytest.mark.urls(__name__)
ROOMS = Entry("rooms", "Rooms", "house", frozenset({Role.DOCTOR}))
CELLAR = Entry("cellar", "Cellar", "house", frozenset({Role.DOCTOR}))


@pytest.fixture(autouse=True)
def _entries(monkeypatch):
    monkeypatch.setattr(navigation, "ENTRIES", (ROOMS, CELLAR))
    monkeypatch.setattr(navigation, "HOMES", {Role.DOCTOR: ("cellar", "rooms"), Role.BILLING: ("cellar",)})


def test_a_way_in_that_has_no_page_yet_is_not_shown():
    assert [link.label for link in navigation.links_for("doctor", "/")] == ["Rooms"]


def test_the_open_page_is_marked():
    assert navigation.links_for("doctor", "/rooms/")[0].current
    assert not navigation.links_for("doctor", "/")[0].current


@pytest.mark.parametrize("role", ["patient", "marketing", ""])
def test_another_hat_does_not_see_it(role):
    assert navigation.links_for(role, "/") == []


def test_the_day_begins_at_the_first_page_that_exists():
    assert navigation.home_of("doctor") == "/rooms/"


@pytest.mark.parametrize("role", ["billing", "patient"])
def test_a_hat_without_a_page_has_no_home(role):
    assert navigation.home_of(role) is None


def test_every_hat_is_of_the_clinic_or_from_outside():
    assert set(Role) == STAFF | OUTSIDE
    assert not STAFF & OUTSIDE
    assert CLINICIANS < STAFF


def test_a_way_in_by_permission_is_seen_by_who_has_it_whatever_the_hat(monkeypatch):
    rooms = Entry("rooms", "Rooms", "house", permission="patients.search")
    monkeypatch.setattr(navigation, "ENTRIES", (rooms,))
    held = frozenset({"patients.search"})
    assert [link.label for link in navigation.links_for("front_desk", "/", held)] == ["Rooms"]
    assert navigation.links_for("front_desk", "/") == []
    assert navigation.home_of("doctor", held) == "/rooms/"
    assert navigation.home_of("doctor") is None

"""What a page tells of one patient is the same whether or not anybody else was ever at the clinic."""

from datetime import date

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from tests.webapp.access.routes import is_personal, path_to, routes, undone
from tests.webapp.access.walk import NEVER_TWICE_THE_SAME, lets_in, looks
from tests.webapp.access.world import a_life, a_staff
from tests.webapp.access.world_plans import a_recall
from webapp.base import access
from webapp.base.roles import Role
from webapp.patients import services as patients

pytestmark = pytest.mark.django_db
READERS = (Role.PATIENT, Role.DOCTOR, Role.FRONT_DESK, Role.ADMINISTRATOR)
# Made afresh for each answer, about those who work here and when they last came, of paper, or the end of the walk.
LEFT_OUT = NEVER_TWICE_THE_SAME | {
    "accounts:person", "accounts:security", "plans:paper", "plans:record_paper", "account_logout",
    "prescriptions:paper", "prescriptions:advice",
}  # fmt: skip


def reader_of(route):
    """Return who reads this page; nobody where it tells of no patient."""
    let_in = (role for role in READERS if lets_in(route, role))
    role = next(let_in, None) if route.rule != access.PUBLIC and route.name not in LEFT_OUT else None
    return role if role == Role.PATIENT or is_personal(route) else None


def told(people, life):
    """Return what every page about this patient says, as looks tells two answers apart."""
    clients = {role: Client() for role in people}
    for role, client in clients.items():
        client.force_login(people[role])
    pages = {}
    for route in routes():
        if role := reader_of(route):
            cache.clear()
            with undone():
                pages[route.name] = looks(clients[role].get(path_to(route, life)))
    return {name: page for name, page in pages.items() if page[0] == 200}


def test_no_page_about_one_patient_changes_because_there_is_another(shelf):
    users = a_staff()
    life = a_life("Marina", "Rey", users[Role.DOCTOR])
    people = {role: users.get(role, life.user) for role in READERS}
    a_recall(users[Role.DIRECTOR], [life.draft])
    alone = told(people, life)
    other = a_life("Otilia", "Gil", users[Role.DOCTOR])
    patients.correct_identity(patient=other.patient, actor=None, phone="600770077", birth_date=date(1950, 5, 5))
    doctor = Client()
    doctor.force_login(users[Role.DOCTOR])
    assert doctor.get(reverse("desk:patient", args=[other.patient.pk])).status_code == 200
    again = told(people, life)
    assert {name for name, page in again.items() if page != alone.get(name)} == set()
    assert again.keys() == alone.keys()
    assert {"portal:record", "desk:patient", "desk:looks", "plans:review"} <= alone.keys()

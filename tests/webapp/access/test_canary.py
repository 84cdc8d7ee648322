"""Every clinical field holds a mark. Front desk, marketing, billing, direction and administration never see it."""

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from tests.webapp.access.routes import path_to, routes, undone
from tests.webapp.access.world import CLINICAL, a_world
from webapp.base.roles import Role
from webapp.patients import selectors
from webapp.patients.models import Patient

pytestmark = pytest.mark.django_db
NEVER = (Role.FRONT_DESK, Role.MARKETING, Role.BILLING, Role.ADMINISTRATOR, Role.DIRECTOR)
ROUTES = routes()


def pages(user, lives):
    """What a person gets from every address there is, read and written, with every patient's objects."""
    client = Client(raise_request_exception=False)
    client.force_login(user)
    kept = client.session.session_key
    for route in ROUTES:
        if route.name == "account_logout":
            continue
        for life in lives:
            for method in ("get", "post"):
                cache.clear()
                with undone():
                    answer = getattr(client, method)(path_to(route, life), {"q": CLINICAL[:4], "search": CLINICAL[:4]})
                    body = b"" if answer.streaming else answer.content
                    yield route.name, f"{dict(answer.headers)}{body.decode()}"
    assert client.session.session_key == kept


@pytest.mark.parametrize("role", NEVER)
def test_no_page_shows_these_roles_a_clinical_word(role, shelf):
    world = a_world()
    seen = {name for name, page in pages(world.users[role], (world.own, world.foreign)) if CLINICAL in page}
    assert seen == set()
    assert not any(CLINICAL in f"{letter.subject}{letter.body}" for letter in mail.outbox)


def test_the_doctor_and_the_patient_do_see_it_so_the_mark_is_really_there(shelf):
    world = a_world()
    doctor = {name for name, page in pages(world.users[Role.DOCTOR], (world.own,)) if CLINICAL in page}
    patient = {name for name, page in pages(world.own.user, (world.own,)) if CLINICAL in page}
    assert {"desk:patient", "plans:review"} <= doctor
    assert {"portal:plan", "portal:answer"} <= patient


@pytest.mark.parametrize("role", NEVER)
def test_what_selectors_give_these_roles_holds_no_clinical_field(role, shelf):
    world = a_world()
    user = world.users[role]
    given = selectors.directory(user).patients
    assert len(given) == (3 if role == Role.FRONT_DESK else 0)
    names = {field.name for field in Patient._meta.get_fields() if field.concrete}
    for patient in given:
        assert set(vars(patient)) - {"_state"} <= names | {f"{name}_id" for name in names}
        assert CLINICAL not in str(vars(patient))
    with pytest.raises(Patient.DoesNotExist):
        selectors.record_of(user, world.own.patient)

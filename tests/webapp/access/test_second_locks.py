"""Behind the rule on a view stands a second question: with every door open, nobody gets further than the threshold.

So a rule taken away by mistake, or a new view that forgets it, shows and changes nothing of anybody's.
"""

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.webapp.access.marks import CLINICAL, PERSONAL
from tests.webapp.access.routes import is_personal, path_to, routes, undone
from tests.webapp.access.test_canary import all_of
from tests.webapp.access.walk import ids_of, lets_in, looks
from webapp.base import access
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
ROUTES = [route for route in routes() if is_personal(route) and route.rule not in (access.PUBLIC, access.SIGNED_IN)]
REPEATING = ("accounts:person", "accounts:deed")  # the answer repeats the address, and with it a number
CLINICS_OWN = [route for route in ROUTES if not lets_in(route, Role.PATIENT) and route.name not in REPEATING]
FORM = {"decision": "accepted", "confirm": "yes", "reason": "other", "note": "n", "code": "advice:small_meals"}
# Who may know who a patient is sees names and numbers behind these doors, and no more.
KNOWS_PEOPLE = (Role.FRONT_DESK, Role.DIETITIAN)
# What a dietitian may do in the record too: the rule only says that it is not done from a plan.
DONE_ELSEWHERE = {"post plans:assess_again", "post plans:allergy"}
TRACES = ("audit_", "accounts_session", "django_session")


@pytest.fixture
def open_doors(monkeypatch):
    monkeypatch.setattr(access, "refusal", lambda _request, _rule: None)


class Writes:
    """Tells whether anything was written but traces of who looked."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def __call__(self, execute, sql, *rest):
        verb, _space, what = sql.lstrip().partition(" ")
        if verb in ("INSERT", "UPDATE", "DELETE") and not any(f'"{table}' in what[:60] for table in TRACES):
            self.found.append(sql[:60])
        return execute(sql, *rest)


def behind(role, world, life):
    """Give what a person gets behind each door shut to the role: where, the answer, and what was written."""
    client = Client(raise_request_exception=False)
    client.force_login(world.users[role])
    for route in ROUTES:
        if lets_in(route, role):
            continue
        for method, form in (("get", {}), ("post", FORM | ids_of(life))):
            cache.clear()
            writes = Writes()
            with undone(), connection.execute_wrapper(writes):
                answer = getattr(client, method)(path_to(route, life), form)
            yield f"{method} {route.name}", answer, writes.found


@pytest.mark.parametrize("role", [Role.MARKETING, Role.FRONT_DESK, Role.DIETITIAN, Role.PATIENT])
def test_with_every_door_open_nobody_sees_or_changes_more(role, world, open_doors):
    life = world.foreign if role == Role.PATIENT else world.own
    marks = (CLINICAL,) if role in KNOWS_PEOPLE else (CLINICAL, PERSONAL)
    shown, written, tried = [], {}, 0
    for where, answer, writes in behind(role, world, life):
        tried += 1
        shown += [where] if any(mark in all_of(answer) for mark in marks) else []
        written |= {where: writes} if writes and not (role == Role.DIETITIAN and where in DONE_ELSEWHERE) else {}
    assert (shown, written) == ([], {})
    assert tried > 20


@pytest.mark.parametrize("route", CLINICS_OWN, ids=lambda route: route.name)
def test_behind_an_open_door_a_strangers_thing_looks_to_a_patient_like_none(route, world, open_doors):
    client, hers = Client(raise_request_exception=False), world.foreign
    client.force_login(world.users[Role.PATIENT])
    for method, form in (("get", {}), ("post", FORM | ids_of(hers))):
        answers = []
        for life in (hers, None):
            cache.clear()
            with undone():
                answers.append(looks(getattr(client, method)(path_to(route, life), form)))
        assert answers[0] == answers[1], method


def test_the_doors_are_open_and_what_is_written_is_seen(world, open_doors):
    """A walk before shut doors would find nothing either."""
    client = Client()
    client.force_login(world.users[Role.DIETITIAN])
    assert client.get("/jobs/").status_code == 200
    writes = [found for where, _answer, found in behind(Role.DIETITIAN, world, world.own) if where in DONE_ELSEWHERE]
    assert all(writes)
    assert writes

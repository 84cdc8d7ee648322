"""What holds for every address there is: no change by a link or without the page's own form, no reading unseen."""

import hashlib

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client

from tests.webapp.access.routes import is_personal, path_to, routes, undone
from tests.webapp.access.test_dump import dump
from tests.webapp.access.walk import lets_in
from webapp.audit.models import Entry
from webapp.base import access
from webapp.base.roles import Role

pytestmark = pytest.mark.django_db
ROUTES = routes()
# Tables in which looking may leave a trace: the book of who saw what, and the session itself.
TRACES = {"audit_entry", "accounts_session"}
# Of the own questionnaire, step by step: sending it and reading it in the portal are written down, each screen is not.
PUBLIC = {"clinic:picture"}  # the logo: anybody's, and its address changes with it
STEPS = "intake:"


def opened_by(role):
    return [
        route
        for route in ROUTES
        if route.rule is not None
        and (route.rule in (access.PUBLIC, access.SIGNED_IN) or role in route.rule.roles)
        and route.name != "account_logout"
    ]


def browser(world, role, **options):
    client = Client(raise_request_exception=False, **options)
    client.force_login(world.users[role])
    return client


def contents() -> dict[str, str]:
    """Return a digest of every table but those that only tell who looked."""
    tables = {name: rows for name, rows in dump().items() if name not in TRACES}
    return {name: hashlib.sha256(rows).hexdigest() for name, rows in tables.items()}


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT])
def test_a_link_changes_nothing(role, world):
    """Whoever can make somebody open an address (a mail, an image) can do nothing in that person's name."""
    client, before = browser(world, role), contents()
    for route in opened_by(role):
        cache.clear()
        client.get(path_to(route, world.own), {"decision": "accepted", "confirm": "yes", "go": "next"})
    after = contents()
    assert [name for name in before if before[name] != after[name]] == []


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT])
def test_a_form_of_another_site_is_refused_everywhere(role, world):
    taken = []
    client = browser(world, role, enforce_csrf_checks=True)
    before = contents()
    for route in ROUTES:
        cache.clear()
        answer = client.post(path_to(route, world.own), {"decision": "accepted", "confirm": "yes", "role": role})
        shut = route.space == "api" and not lets_in(route, role)  # the door is before the form there
        taken += [] if answer.status_code == (404 if shut else 403) else [f"{route.name}: {answer.status_code}"]
    assert taken == []
    assert contents() == before


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.DIETITIAN, Role.PATIENT, Role.FRONT_DESK])
def test_no_page_about_a_patient_is_read_unseen(role, world):
    unseen, shown = [], 0
    client, marina = browser(world, role), world.own.patient
    for route in opened_by(role):
        if not is_personal(route) or route.name.startswith(STEPS):
            continue
        with undone():
            answer = client.get(path_to(route, world.own))
            told = Entry.objects.filter(patient_id=marina.pk, actor_id=world.users[role].pk, actor_role=role)
            if answer.status_code == 200:
                shown += 1
                unseen += [] if told.exists() else [route.name]
    assert unseen == []
    assert shown


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT])
def test_no_browser_or_proxy_keeps_a_copy_of_any_answer(role, world):
    kept = []
    client = browser(world, role)
    for route in ROUTES:
        cache.clear()
        answers = [client.get(path_to(route, world.own))]
        with undone():
            answers += [client.post(path_to(route, world.own))] if route.name != "account_logout" else []
        rules = [answer.get("Cache-Control", "") for answer in answers]
        kept += [f"{route.name}: {rule}" for rule in rules if "no-store" not in rule and route.name not in PUBLIC]
    assert kept == []


@pytest.mark.parametrize("role", [Role.DOCTOR, Role.PATIENT])
def test_bytes_no_text_holds_break_no_page(role, world):
    """A zero byte, a letter that is none, thousands of digits: an answer, never a fault."""
    broke = []
    client = browser(world, role)
    wild = dict.fromkeys(
        ("q", "page", "tab", "after", "note", "next", "reason", "decision", "code", "fact", "value", "revision", "was",
         "item", "questionnaire", "day", "purpose", "text", "language", "role", "go", "dose-0", "days-0", "login"),
        "\x00 \ufffe" + "9" * 5000,
    )  # fmt: skip
    for route in opened_by(role):
        for method in ("get", "post"):
            cache.clear()
            with undone():
                answer = getattr(client, method)(path_to(route, world.own), wild)
                broke += [f"{route.name} {method}"] if answer.status_code == 500 else []
    assert broke == []


def test_the_walk_over_tables_sees_a_change(world):
    before = contents()
    assert len(before) > 25
    with undone(), connection.cursor() as cursor:
        cursor.execute("UPDATE patients_patient SET language = 'en' WHERE id = %s", [world.own.patient.pk])
        after = contents()
    assert [name for name in before if before[name] != after[name]] == ["patients_patient", "patients_patientevent"]

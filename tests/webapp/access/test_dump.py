"""Whoever carries the database away reads no name, no address, no number and no clinical word in it."""

import base64

import pytest
from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse

from tests.webapp.access.marks import CLINICAL, PERSONAL
from tests.webapp.access.world import a_world
from tests.webapp.people import comes_in
from webapp.accounts.models import Session
from webapp.alerts.models import Alert
from webapp.base.fields import _Sealed
from webapp.base.roles import Role
from webapp.plans.models import PlanItem, RuleEvent, Settlement, Task

pytestmark = pytest.mark.django_db
SEALED = [model for model in apps.get_models() if any(isinstance(field, _Sealed) for field in model._meta.get_fields())]


def dump() -> dict[str, bytes]:
    """Return every table of the database as COPY writes it."""
    tables = connection.introspection.table_names()
    with connection.cursor() as cursor:
        return {table: _copy(cursor.cursor, table) for table in tables}


def _copy(cursor, table: str) -> bytes:
    with cursor.copy(f'COPY "{table}" TO STDOUT') as copy:
        return b"".join(bytes(block) for block in copy)


def forms(mark: str) -> list[bytes]:
    """Return a mark as it might stand in a table: plain, as bytea's hexadecimal, in base64 at each of its offsets."""
    plain = mark.encode()
    shifted = [base64.b64encode(b"\0" * offset + plain)[4:-4] for offset in range(3)]
    return [plain, plain.lower(), plain.hex().encode(), *shifted]


def leaks(tables: dict[str, bytes], *marks: str) -> set[str]:
    return {table for table, rows in tables.items() for mark in marks for form in forms(mark) if form in rows}


def used_by_everybody(world) -> None:
    """Log in rightly and wrongly, and look at pages, so that sessions, locks and the audit fill up."""
    cache.clear()
    for role in (Role.PATIENT, Role.DOCTOR, Role.FRONT_DESK):
        client, address = Client(), world.users[role].email
        client.post(reverse("account_login"), {"login": address, "password": f"{PERSONAL} wrong"})
        comes_in(client, address)
        client.get(reverse("home"), follow=True)
        client.get(reverse("desk:patients"), {"q": PERSONAL})
        client.get(reverse("desk:patient", args=[world.own.patient.pk]))


def test_a_raw_dump_of_a_used_clinic_holds_no_mark(shelf):
    world = a_world()
    used_by_everybody(world)
    tables = dump()
    assert len(tables) > 30
    assert leaks(tables, CLINICAL, PERSONAL) == set()
    numbers = (world.own.patient.national_id, "600112233", "1979-03-14")
    assert leaks({name: rows for name, rows in tables.items() if name != "audit_entry"}, *numbers) == set()


def test_no_code_and_no_rule_stands_beside_a_patient(shelf):
    """What was proposed, warned of or watched names an illness as plainly as its words would."""
    a_world()
    named = {item.code for item in PlanItem.objects.all()} | {task.what for task in Task.objects.all()}
    named |= {part for row in RuleEvent.objects.all() for part in (row.protocol, row.rule)}
    named |= {part for row in Alert.objects.all() for part in (row.rule, row.code)}
    named |= {row.key for row in Settlement.objects.all()}
    assert len(named) >= 8
    care = {name: rows for name, rows in dump().items() if name.startswith(("plans_", "alerts_"))}
    assert leaks(care, *named) == set()


def test_sessions_unpacked_hold_no_mark_either(shelf):
    world = a_world()
    used_by_everybody(world)
    assert Session.objects.exists()
    for session in Session.objects.all():
        assert PERSONAL.casefold() not in str(session.get_decoded()).casefold()


def test_every_table_with_sealed_columns_was_filled_for_this_test(shelf):
    """A new sealed column that no test fills would be promised safe by nobody."""
    a_world()
    empty = [model._meta.label for model in SEALED if not model._default_manager.exists()]
    assert empty == []


def test_the_search_would_find_a_mark_that_leaked():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE leak (note text, packed bytea)")
        cursor.execute("INSERT INTO leak VALUES (%s, %s)", [base64.b64encode(f"xx{CLINICAL}".encode()).decode(), b""])
        assert leaks(dump(), CLINICAL) == {"leak"}
        cursor.execute("TRUNCATE leak")
        cursor.execute("INSERT INTO leak VALUES ('', %s)", [PERSONAL.encode()])
        assert leaks(dump(), PERSONAL) == {"leak"}

"""A new key takes the place of an old one while the clinic works: nothing is lost, and no key goes too early."""

import io

import pytest
from allauth.mfa.models import Authenticator
from asgiref.sync import async_to_sync
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.db.models import F

from tests.webapp.access.marks import CLINICAL
from tests.webapp.access.routes import undone
from tests.webapp.access.world import a_world
from tests.webapp.people import a_user
from webapp import asgi
from webapp.accounts.models import User
from webapp.audit.models import Entry
from webapp.base import reencrypting, rekeying, sealing
from webapp.patients.models import Observation
from webapp.plans.models import PlanItem

pytestmark = pytest.mark.django_db
NEW = ("new", b"n" * 32)
SECRET = "JBSWY3DPEHPK3PXP"


def run(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def a_full_clinic():
    """The world of every kind of record, and a second factor's secret in its package's own table."""
    world = a_world()
    secret = sealing.seal_text(SECRET, "mfa.authenticator.data")
    Authenticator.objects.create(user=world.own.user, type="totp", data={"secret": secret, "step": 5})
    return world


def everything() -> dict[str, list]:
    """All rows of all tables with sealed values, opened."""
    held = {table.name for table in rekeying.tables()}
    models = [one for one in apps.get_models(include_auto_created=True) if one._meta.db_table in held]
    return {one._meta.db_table: list(one._base_manager.order_by("pk").values()) for one in models}


def keys_in_use() -> set[str]:
    return {use.key for use in rekeying.uses()}


def put_first(settings, *keys):
    settings.FIELD_KEYS = [*keys, *settings.FIELD_KEYS]


def test_everything_is_written_anew_and_says_the_same_without_the_old_key(shelf, settings):
    world = a_full_clinic()
    before = everything()
    assert {"patients_patient", "patients_observation", "plans_planitem", "intake_answer", "mfa_authenticator"} <= set(
        before
    )
    put_first(settings, NEW)
    said = run("reencrypt")
    assert "rows written anew under new" in said
    assert keys_in_use() == {"new"}
    settings.FIELD_KEYS = [NEW]
    after = everything()
    secrets = [rows.pop("mfa_authenticator")[-1]["data"] for rows in (before, after)]
    assert before == after
    assert sealing.open_text(secrets[1]["secret"], "mfa.authenticator.data") == SECRET
    assert secrets[1]["step"] == 5
    assert CLINICAL in str(after)
    assert world.own.patient.given_name == "Marina"


def test_a_second_call_finds_nothing_to_do(shelf, settings):
    a_full_clinic()
    put_first(settings, NEW)
    run("reencrypt")
    assert run("reencrypt").strip() == "0 rows written anew under new"
    assert Entry.objects.filter(verb="keys.reencrypted").count() == 1


def test_what_never_changes_still_never_changes_afterwards(shelf, settings):
    a_full_clinic()
    put_first(settings, NEW)
    run("reencrypt")
    with pytest.raises(DatabaseError), transaction.atomic():
        Observation.objects.update(unit="g")
    with pytest.raises(DatabaseError), transaction.atomic():
        PlanItem.objects.filter(plan__status="signed").update(position=F("position") + 1)


def test_no_key_is_retired_while_a_single_table_still_uses_it(shelf, settings, monkeypatch):
    a_full_clinic()
    put_first(settings, NEW)
    every = [table for table in rekeying.tables() if any(use.table == table.name for use in rekeying.uses())]
    assert len(every) > 10
    for left in every:
        others = [table for table in every if table != left]
        monkeypatch.setattr(reencrypting, "tables", lambda others=others: others)
        with undone():
            run("reencrypt")
            with pytest.raises(CommandError, match=f"K007 local cannot be retired(?s:.*){left.name}") as told:
                run("field_keys", "--retire", "local")
            assert not any(f"{table.name}." in str(told.value) for table in others)
    monkeypatch.undo()
    run("reencrypt")
    assert "local can be retired" in run("field_keys", "--retire", "local")


def test_the_key_that_writes_is_never_retired(settings):
    with pytest.raises(CommandError, match="K006 local is the key that writes"):
        run("field_keys", "--retire", "local")


def test_the_report_counts_what_stands_under_each_key(settings):
    a_user(email="one@example.org")
    put_first(settings, NEW)
    a_user(email="two@example.org")
    told = run("field_keys")
    assert "new (writes): 3 values" in told
    assert "local: 3 values\n    accounts_user.display_name: 1\n    accounts_user.email: 1" in told
    assert "example" not in told


def lifespan() -> list[dict]:
    """What the web server is told when it starts."""
    said: list[dict] = []
    calls = iter([{"type": "lifespan.startup"}])

    async def receive():
        return next(calls, {"type": "lifespan.shutdown"})

    async def send(message):
        said.append(message)

    async_to_sync(asgi.application)({"type": "lifespan"}, receive, send)
    return said


def test_web_server_and_worker_refuse_to_start_without_a_key_their_data_needs_and_name_its_id_alone(settings):
    a_user()
    lost, settings.FIELD_KEYS = settings.FIELD_KEYS[0], [NEW]
    told = lifespan()
    assert [one["type"] for one in told] == ["lifespan.startup.failed"]
    assert "K002 data is encrypted under local" in told[0]["message"]
    assert lost[1].hex() not in told[0]["message"]
    with pytest.raises(ImproperlyConfigured, match="K002"):
        call_command("run_worker")
    assert "local (NOT IN FIELD_KEYS): 3 values" in run("field_keys")


def test_another_key_under_the_old_id_is_refused_too(settings):
    a_user()
    settings.FIELD_KEYS = [("local", b"x" * 32)]
    with pytest.raises(ImproperlyConfigured, match="K003 FIELD_KEYS holds another key under the id local"):
        rekeying.refuse_without_keys()


def test_with_its_keys_the_server_starts(settings, monkeypatch):
    a_user()
    monkeypatch.setattr("webapp.plans.warming.start", lambda: None)
    put_first(settings, NEW)
    assert [one["type"] for one in lifespan()] == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


def test_a_value_that_was_altered_stays_and_is_told_by_its_place_while_the_rest_goes_on(settings):
    altered, whole = a_user(), a_user()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET email = set_byte(email, octet_length(email) - 1,"
            " get_byte(email, octet_length(email) - 1) # 1) WHERE id = %s RETURNING email",
            [altered.pk],
        )
        stored = bytes(cursor.fetchone()[0])
    put_first(settings, NEW)
    with pytest.raises(CommandError, match=r"K004 some values do not open .*accounts.user.email \(1\)"):
        run("reencrypt")
    with connection.cursor() as cursor:
        cursor.execute("SELECT email FROM accounts_user WHERE id = %s", [altered.pk])
        assert bytes(cursor.fetchone()[0]) == stored
    settings.FIELD_KEYS = [NEW]
    assert User.objects.get(pk=whole.pk).email == whole.email
    with pytest.raises(CommandError, match="K007"):
        run("field_keys", "--retire", "local")

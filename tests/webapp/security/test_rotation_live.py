"""The key changes while people work: none of their words is undone, nobody waits, and a power cut costs nothing."""

import base64
import io
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from django.conf import settings as configured
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from webapp.accounts.models import User
from webapp.base import reencrypting, rekeying

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).resolve().parents[3]
NEW, OLD = ("new", b"n" * 32), configured.FIELD_KEYS[0]


def run(*command: str) -> str:
    out = io.StringIO()
    call_command(*command, stdout=out)
    return out.getvalue()


def put_first(settings, *keys):
    settings.FIELD_KEYS = [*keys, *settings.FIELD_KEYS]


def keys_in_use() -> set[str]:
    return {use.key for use in rekeying.uses()}


def many_users(count: int) -> list[int]:
    made = User.objects.bulk_create(
        User(email=f"p{n}@example.org", email_index=n.to_bytes(16, "big"), display_name=f"name {n}")
        for n in range(count)
    )
    return [one.pk for one in made]


def apart(work) -> threading.Thread:
    """Run in a thread of its own, with a connection of its own."""

    def body():
        try:
            work()
        finally:
            connection.close()

    thread = threading.Thread(target=body)
    thread.start()
    return thread


def test_what_people_write_meanwhile_is_never_overwritten_with_what_stood_there_before(settings, monkeypatch):
    monkeypatch.setattr(rekeying, "BATCH", 7)
    pks, written, over = many_users(300), {}, threading.Event()
    put_first(settings, NEW)

    def people():
        turn = 0
        while not over.is_set():
            turn += 1
            pk = pks[turn * 37 % len(pks)]
            User.objects.filter(pk=pk).update(display_name=f"newer {turn}")
            written[pk] = f"newer {turn}"

    thread = apart(people)
    try:
        run("reencrypt")
    finally:
        over.set()
        thread.join()
    assert len(written) > 5
    settings.FIELD_KEYS = [NEW]
    names = dict(User.objects.values_list("pk", "display_name"))
    assert names == {pk: written.get(pk, f"name {n}") for n, pk in enumerate(pks)}


def test_nobody_waits_for_a_row_that_somebody_holds_and_it_is_done_when_it_is_free(settings, monkeypatch):
    monkeypatch.setattr(reencrypting, "PAUSE", 0.05)
    pks, holding, go_on = many_users(20), threading.Event(), threading.Event()
    put_first(settings, NEW)

    def a_long_deed():
        with transaction.atomic():
            one = User.objects.select_for_update().get(pk=pks[0])
            holding.set()
            go_on.wait(10)
            one.display_name = "written last"
            one.save()

    thread = apart(a_long_deed)
    holding.wait(10)
    done = []

    def report(rows: int) -> None:
        done.append(rows)
        if rows == len(pks) - 1:
            go_on.set()

    outcome = reencrypting.reencrypt(report)
    thread.join()
    assert outcome.held == 0
    assert max(done) >= len(pks) - 1
    settings.FIELD_KEYS = [NEW]
    assert User.objects.get(pk=pks[0]).display_name == "written last"
    assert keys_in_use() == {"new"}


def test_a_row_held_without_end_is_told_and_its_key_not_retired(settings, monkeypatch):
    monkeypatch.setattr(reencrypting, "PATIENCE", 2)
    monkeypatch.setattr(reencrypting, "PAUSE", 0.01)
    pks, holding, go_on = many_users(3), threading.Event(), threading.Event()
    put_first(settings, NEW)

    def without_end():
        with transaction.atomic():
            User.objects.select_for_update().get(pk=pks[0])
            holding.set()
            go_on.wait(10)

    thread = apart(without_end)
    holding.wait(10)
    try:
        with pytest.raises(CommandError, match="K005 1 rows were held"):
            run("reencrypt")
        with pytest.raises(CommandError, match="K007"):
            run("field_keys", "--retire", "local")
    finally:
        go_on.set()
        thread.join()
    assert run("reencrypt").startswith("1 of 1 rows")


# --- a power cut


def a_process_of_its_own() -> subprocess.Popen:
    """Begin to re-encrypt this test's database as an operator would."""
    known = connection.settings_dict
    address = f"postgres://{known['USER']}:{known['PASSWORD']}@{known['HOST']}:{known['PORT']}/{known['NAME']}"
    keys = ",".join(f"{name}:{base64.b64encode(key).decode()}" for name, key in (NEW, OLD))
    environment = os.environ | {"PAUTA_ENV": "test", "DATABASE_OWNER_URL": address, "FIELD_KEYS": keys}
    command = [sys.executable, "manage.py", "reencrypt"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def rows_under(key: str) -> int:
    return sum(use.count for use in rekeying.uses() if use.key == key) // 2


def test_a_kill_in_the_middle_loses_nothing_and_the_next_call_goes_on(settings):
    pks = many_users(1500)
    begun = a_process_of_its_own()
    until = time.monotonic() + 60
    while not rows_under("new") and begun.poll() is None and time.monotonic() < until:
        time.sleep(0.01)
    begun.send_signal(signal.SIGKILL)
    begun.communicate()
    put_first(settings, NEW)
    assert 0 < rows_under("new") < len(pks), "the kill came too early or too late to say anything"
    names = list(User.objects.order_by("pk").values_list("display_name", flat=True))
    assert names == [f"name {n}" for n in range(1500)]
    left = rows_under("local")
    again = a_process_of_its_own()
    said = again.communicate(timeout=60)[0].decode()
    assert again.returncode == 0, said
    assert f"{left} rows written anew under new" in said
    settings.FIELD_KEYS = [NEW]
    assert User.objects.get(pk=pks[-1]).display_name == "name 1499"

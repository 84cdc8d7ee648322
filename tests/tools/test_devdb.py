"""The private database: started once for all who ask, brought back after a kill, its roles kept apart."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import psycopg
import pytest

from tools import devdb

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def home():
    """A data folder of its own, with a server that is stopped at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pauta-test-"))
    folder.chmod(0o711)
    yield folder
    devdb_in(folder, "devdb.stop()")
    shutil.rmtree(folder)


def start(folder, words, **changes):
    code = f"from tools import devdb; {words}"
    given = os.environ | {"PAUTA_DATA_DIR": str(folder)} | changes
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, env=given, text=True, **pipes)


def devdb_in(folder, words, **changes):
    """Return what a fresh process prints that uses the private server of ``folder``."""
    process = start(folder, words, **changes)
    out, err = process.communicate(timeout=120)
    assert process.returncode == 0, err
    return out.strip()


def server(folder):
    return int((folder / "postgres/postmaster.pid").read_text().split()[0])


def ask(folder, role, statement):
    with psycopg.connect(devdb_in(folder, f"print(devdb.url({role!r}))"), autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def test_processes_that_ask_at_once_share_one_server(home):
    asking = [start(home, "print(devdb.ensure())") for _ in range(4)]
    ports = {process.communicate(timeout=120)[0].strip() for process in asking}
    assert len(ports) == 1
    assert ports.pop().isdigit()


def test_after_a_kill_it_comes_back_where_it_was_with_what_it_held(home):
    ask(home, "owner", "CREATE TABLE kept (word text)")
    ask(home, "owner", "INSERT INTO kept VALUES ('still here')")
    before = devdb_in(home, "print(devdb.ensure())")
    os.kill(server(home), signal.SIGKILL)
    time.sleep(0.5)
    assert devdb_in(home, "print(devdb.ensure())") == before
    assert ask(home, "app", "SELECT word FROM kept") == [("still here",)]


def test_a_first_start_that_was_cut_short_begins_again():
    folder = Path(tempfile.mkdtemp(prefix="pauta-test-"))
    folder.chmod(0o711)
    (folder / "postgres/base").mkdir(parents=True)
    try:
        assert devdb_in(folder, "print(devdb.ensure())").isdigit()
    finally:
        devdb_in(folder, "devdb.stop()")
        shutil.rmtree(folder)


@pytest.mark.parametrize("role", ["app", "owner"])
def test_neither_role_is_a_superuser(home, role):
    assert ask(home, role, "SELECT rolsuper, rolcreaterole FROM pg_roles WHERE rolname = current_user") == [
        (False, False)
    ]


@pytest.mark.parametrize("statement", ["CREATE TABLE mine (x int)", "DROP TABLE tables_of_owner", "CREATE DATABASE d"])
def test_the_applications_role_makes_and_drops_nothing(home, statement):
    ask(home, "owner", "CREATE TABLE IF NOT EXISTS tables_of_owner (x int)")
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(home, "app", statement)


def test_the_applications_role_reads_and_writes_what_the_owner_makes_in_a_new_database_too(home):
    ask(home, "owner", "CREATE DATABASE fresh")
    for role, statement in (("owner", "CREATE TABLE t (x int)"), ("app", "INSERT INTO t VALUES (1)")):
        address = devdb_in(home, f"print(devdb.url({role!r}))").removesuffix("pauta") + "fresh"
        with psycopg.connect(address) as connection:
            connection.execute(statement)


def test_nobody_enters_without_the_password(home):
    port = devdb_in(home, "print(devdb.ensure())")
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(host="127.0.0.1", port=port, user="postgres", dbname="pauta", password="guess")


def test_it_rests_when_nobody_uses_it_and_not_before(home):
    with psycopg.connect(devdb_in(home, "print(devdb.url('app'))")):
        assert devdb_in(home, "devdb.rest(); print(devdb.is_running())") == "True"
    time.sleep(0.3)
    assert devdb_in(home, "devdb.rest(); print(devdb.is_running())") == "False"


def test_it_waits_a_moment_for_those_who_are_just_leaving(home):
    with psycopg.connect(devdb_in(home, "print(devdb.url('app'))")) as leaving:
        threading.Timer(1, leaving.close).start()
        assert devdb_in(home, "devdb.rest(); print(devdb.is_running())") == "False"


def test_its_secrets_are_readable_by_their_owner_only_and_stay_the_same(home):
    first = devdb_in(home, "print(sorted(devdb.stored_secrets().items()))")
    assert devdb_in(home, "print(sorted(devdb.stored_secrets().items()))") == first
    assert (home / "secrets.json").stat().st_mode & 0o077 == 0


def test_a_project_the_servers_user_cannot_reach_keeps_its_data_elsewhere(monkeypatch, tmp_path):
    monkeypatch.delenv("PAUTA_DATA_DIR", raising=False)
    monkeypatch.setattr(devdb, "ROOT", tmp_path / "away")
    monkeypatch.setattr(devdb, "_reachable", lambda path: tmp_path not in (path, *path.parents))
    folder = devdb.data_dir.__wrapped__()
    try:
        assert folder.parent == Path(tempfile.gettempdir())
        assert str(os.getuid()) in folder.name
    finally:
        folder.rmdir()


def test_programs_the_servers_user_cannot_reach_are_copied_to_where_they_still_run(monkeypatch, home):
    installed = devdb._programs()
    monkeypatch.setattr(devdb, "_reachable", lambda path: "site-packages" not in str(path))
    monkeypatch.setattr(devdb, "data_dir", lambda: home)
    copied = devdb._programs()
    assert copied.is_relative_to(home)
    assert {path.name for path in copied.iterdir()} == {path.name for path in installed.iterdir()}
    assert (copied / "postgres").stat().st_mode & 0o001
    for program in ("postgres", "initdb", "pg_ctl"):
        said = subprocess.run([str(copied / program), "--version"], capture_output=True, text=True, check=True, cwd="/")
        assert "PostgreSQL" in said.stdout

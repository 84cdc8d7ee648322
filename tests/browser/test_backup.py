"""The drill: the demo clinic is dumped while it runs, brought back elsewhere, and is the same record by record."""

import subprocess

import psycopg
import pytest
from psycopg import sql

from tests.site import Site, _drop, _recreate
from tools import backup


@pytest.fixture
def empty():
    """Another database of the same server, with nothing in it."""
    other = Site("pauta_restored")
    _recreate(other.database)
    yield other
    _drop(other.database)


def refused(site, *words, role="owner"):
    with pytest.raises(AssertionError) as told:
        site.manage(*words, role=role)
    return str(told.value)


def test_a_backup_brought_back_has_every_record_to_the_byte_and_a_whole_audit(site, empty, tmp_path):
    file = tmp_path / "pauta.dump"
    before = site.manage("record_digests")
    assert len(before.splitlines()) == 60
    said = site.manage("backup", str(file), role="owner")
    assert said.startswith("pauta.dump: ")
    assert file.stat().st_mode & 0o077 == 0
    assert "each following from the one before" in empty.manage("restore", str(file), role="owner")
    assert empty.manage("record_digests") == before
    assert "each following from the one before" in empty.manage("verify_audit")
    with psycopg.connect(empty.url("app")) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("UPDATE audit_entry SET verb = 'nothing'")
    assert "B004" in refused(empty, "restore", str(file))
    marked = file.read_bytes()
    assert b"Ortega" not in marked
    file.write_bytes(marked[:-1] + bytes([marked[-1] ^ 1]))
    assert "B003" in refused(empty, "restore", str(file))


def test_a_dump_that_breaks_off_leaves_an_empty_database_and_no_file(site, empty, tmp_path):
    file = tmp_path / "torn.dump"
    site.manage("backup", str(file), role="owner")
    backup.digest_file(file).unlink()
    file.write_bytes(file.read_bytes()[: file.stat().st_size // 2])
    assert "B005" in refused(empty, "restore", str(file))
    statement = sql.SQL("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'")
    with psycopg.connect(empty.url("owner")) as connection:
        assert connection.execute(statement).fetchone() == (0,)
    assert "B002" in refused(empty, "restore", str(tmp_path / "none.dump"))
    with pytest.raises(backup.BackupError, match="B005"):
        backup.dump({"NAME": "nowhere", "HOST": "127.0.0.1", "PORT": 1, "USER": "u", "PASSWORD": ""}, tmp_path / "x")
    assert not (tmp_path / "x").exists()
    assert not list(tmp_path.glob("*.part"))


def test_without_the_programs_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(backup.importlib.util, "find_spec", lambda _name: None)
    assert subprocess.run([backup.program("pg_dump"), "--version"], check=True, capture_output=True).stdout
    monkeypatch.setattr(backup.shutil, "which", lambda _name: None)
    with pytest.raises(backup.BackupError, match="B001 pg_dump is missing"):
        backup.program("pg_dump")

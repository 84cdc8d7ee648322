"""Databases made once, which those of the tests begin as copies of: migrated, with protocols, with the demo clinic."""

import base64
import hashlib
import importlib.metadata
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from psycopg import sql
from psycopg.rows import dict_row

from tools import devdb

Standing = tuple[psycopg.Connection, str]
ROOT = Path(__file__).resolve().parent.parent
NAMED, SHELVED, FILLED = "pauta_migrated_", "pauta_shelved_", "pauta_filled_"
# The keys of the server's locks under which a copy is made: who needs the empty one does not wait for the clinic.
ONE_AT_A_TIME = {NAMED: 7_203_114, SHELVED: 7_203_115, FILLED: 7_203_115}
BRINGS_MIGRATIONS = ("Django", "django-allauth", "django-axes", "django-pghistory", "django-pgtrigger", "procrastinate")
MAKES_THE_CLINIC = ("webapp", "engine", "rules", "protocols_yaml", "fixtures", "tools")
FRESH = 3 * 3600  # seconds for which a demo clinic is as good as new: its days are told from today's


def database() -> str:
    """Return the empty one's name; make it first if the migrations, or the packages that bring some, have changed."""
    files = [*ROOT.glob("*/migrations/*.py"), *ROOT.glob("*/*/migrations/*.py")]
    with _standing(NAMED, _digest(files), "template1", _migrate) as (_server, name):
        return name


def copy_shelf(to: str) -> None:
    """Make the database ``to``: no clinic yet, but the protocols of this moment are published."""
    with _shelved() as (server, name):
        _copy(server, name, to)


def rows_of_the_shelf(tables: Iterable[str]) -> dict[str, list[dict[str, Any]]]:
    """Return what stands in these tables once the protocols of this moment are published: each row by its columns."""
    with _shelved() as (_server, name):  # while it is read nobody can copy it, so nobody may want to
        address = devdb.url("owner").rsplit("/", 1)[0] + f"/{name}"
        with psycopg.connect(address, row_factory=dict_row) as shelf:
            question = sql.SQL("SELECT * FROM {}")
            return {table: shelf.execute(question.format(sql.Identifier(table))).fetchall() for table in tables}


def copy_clinic(to: str) -> str:
    """Make the database ``to``: the clinic that `make demo` would fill with the code and texts of this moment.

    Return what was said while it was filled.
    """
    with _shelved() as (_server, shelf):
        pass
    with _standing(FILLED, _digest_of_the_clinic(), shelf, _fill) as (server, name):
        _copy(server, name, to)
        text = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
        [(said,)] = server.execute(text, [name]).fetchall()
    return str(said)


def _shelved() -> AbstractContextManager[Standing]:
    return _standing(SHELVED, _digest_of_the_clinic(), database(), _publish)


def _digest_of_the_clinic() -> str:
    files = (file for part in MAKES_THE_CLINIC for file in (ROOT / part).rglob("*") if _counts(file))
    return _digest([*files, Path(__file__)], str(int(time.time() // FRESH)))


def keys() -> dict[str, str]:
    """Return the tests' own keys, for the environment of a program: what it writes they can read, and it theirs."""
    [(name, key), *_] = settings.FIELD_KEYS
    written = {"FIELD_KEYS": key, "BLIND_INDEX_KEY": settings.BLIND_INDEX_KEY}
    told = {name: base64.b64encode(value).decode() for name, value in written.items()}
    return told | {"FIELD_KEYS": f"{name}:{told['FIELD_KEYS']}"}


def _counts(file: Path) -> bool:
    return file.is_file() and not {"__pycache__", "static", "dist"} & set(file.parts) and file.suffix != ".mo"


def _digest(files: Iterable[Path], *words: str) -> str:
    found = hashlib.sha256()
    for file in sorted(files):
        found.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    for package in BRINGS_MIGRATIONS:
        found.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    found.update("\n".join(words).encode())
    return found.hexdigest()[:16]


@contextmanager
def _standing(kind: str, digest: str, source: str, make: Callable[[str], None]) -> Iterator[Standing]:
    """Give the database of a kind and digest, made if it is missing; nobody drops it meanwhile as out of date."""
    name, draft = kind + digest, f"{kind}draft"
    with psycopg.connect(devdb.url("owner"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME[kind]])
        rows = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [kind]).fetchall()
        if (name,) not in rows:
            for old in {*(old for (old,) in rows), draft}:
                server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
            _copy(server, source, draft)
            make(draft)
            rename = sql.SQL("ALTER DATABASE {} RENAME TO {}")  # only a whole run makes it the right one
            _once_left(server, rename.format(sql.Identifier(draft), sql.Identifier(name)))
        yield server, name


def _copy(server: psycopg.Connection, source: str, to: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    _once_left(server, statement.format(sql.Identifier(to), sql.Identifier(source)))


def _once_left(server: psycopg.Connection, statement: sql.Composed) -> None:
    """Run what needs a database nobody is in: on a busy machine whoever just left takes a while to be gone."""
    for _attempt in range(20):  # the server itself waits five seconds each time
        try:
            server.execute(statement)
        except psycopg.errors.ObjectInUse:
            continue
        return
    server.execute(statement)


def _migrate(draft: str) -> None:
    _run(draft, "manage.py", "migrate", "--skip-checks", "--verbosity", "0", application="owner")


def _publish(draft: str) -> None:
    _run(draft, "manage.py", "grant_database_role", "--skip-checks", application="app")
    _run(draft, "manage.py", "load_protocols", "--skip-checks", "protocols_yaml", application="app", role="app")


def _fill(draft: str) -> None:
    said = _run(draft, "-m", "tools.prepare", application="app")
    with psycopg.connect(devdb.url("owner"), autocommit=True) as server:
        kept = sql.SQL("COMMENT ON DATABASE {} IS {}")  # it stays with the database, whatever its name becomes
        server.execute(kept.format(sql.Identifier(draft), sql.Literal(said)))


def _run(draft: str, *words: str, application: str, role: str = "owner") -> str:
    """Run a program as the owner of a database, and as ``application`` where it goes on as the application's role.

    ``role`` "app" runs it as the application from the start. Return what it printed.
    """
    addresses = {who: devdb.url(who).rsplit("/", 1)[0] + f"/{draft}" for who in ("owner", application)}
    told = {"DATABASE_URL": addresses[application], "DATABASE_OWNER_URL": addresses["owner"]}
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    environment = inherited | told | keys() | {"PAUTA_ENV": "development", "PAUTA_DATABASE_ROLE": role}
    command = [sys.executable, *words]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{' '.join(words)}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    return done.stdout

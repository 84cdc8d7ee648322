"""An empty database in which every migration has run, made once: each database of the tests begins as a copy of it."""

import hashlib
import importlib.metadata
import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from tools import devdb

ROOT = Path(__file__).resolve().parent.parent
NAMED = "pauta_migrated_"
ONE_AT_A_TIME = 7_203_114  # the key of the server's lock under which the copy is made
BRINGS_MIGRATIONS = ("Django", "django-allauth", "django-axes", "django-pghistory", "django-pgtrigger", "procrastinate")


def database() -> str:
    """Return its name; make it first if the migrations, or the packages that bring some, are not those it has."""
    name = NAMED + _digest()
    with psycopg.connect(devdb.url("owner"), autocommit=True) as server:
        server.execute("SELECT pg_advisory_lock(%s)", [ONE_AT_A_TIME])
        standing = _standing(server)
        if name not in standing:
            _make(server, name, standing)
    return name


def _digest() -> str:
    found = hashlib.sha256()
    for file in sorted(ROOT.glob("*/migrations/*.py")) + sorted(ROOT.glob("*/*/migrations/*.py")):
        found.update(f"{file.relative_to(ROOT)}\n".encode() + file.read_bytes())
    for package in BRINGS_MIGRATIONS:
        found.update(f"{package} {importlib.metadata.version(package)}\n".encode())
    return found.hexdigest()[:16]


def _standing(server: psycopg.Connection) -> list[str]:
    rows = server.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [NAMED]).fetchall()
    return [name for (name,) in rows]


def _make(server: psycopg.Connection, name: str, outdated: list[str]) -> None:
    """Migrate under another name, which only a whole run changes into the right one."""
    draft = f"{NAMED}draft"
    for old in {*outdated, draft}:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(old)))
    server.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(draft)))
    address = devdb.url("owner").rsplit("/", 1)[0] + f"/{draft}"
    told = {"DATABASE_URL": address, "DATABASE_OWNER_URL": address, "PAUTA_ENV": "development"}
    inherited = {name: value for name, value in os.environ.items() if name != "DJANGO_SETTINGS_MODULE"}
    command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
    environment = inherited | told | {"PAUTA_DATABASE_ROLE": "owner"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"migrate:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
    server.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(sql.Identifier(draft), sql.Identifier(name)))

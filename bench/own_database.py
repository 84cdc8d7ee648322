"""A database of its own for a bench that writes what it measures: made from the published shelf, dropped afterwards."""

import os
import subprocess
import sys
from pathlib import Path

import psycopg
from psycopg import sql

from tests import migrated
from tools import devdb

ROOT = Path(__file__).resolve().parent.parent


def stands(name: str) -> bool:
    """Return whether the database is there already."""
    with psycopg.connect(devdb.url("owner"), autocommit=True) as server:
        return bool(server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchall())


def make(name: str) -> None:
    """Make it anew with the published protocols and nobody in it."""
    drop(name)
    migrated.copy_shelf(name)


def drop(name: str) -> None:
    with psycopg.connect(devdb.url("owner"), autocommit=True) as server:
        server.execute(sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(name)))


def run(name: str, module: str, *words: str) -> int:
    """Run a module on that database in a process of its own; return how it ended."""
    command = [sys.executable, "-m", module, *words]
    return subprocess.run(command, cwd=ROOT, env=_environment(name), check=False).returncode


def _environment(name: str) -> dict[str, str]:
    addresses = {f"DATABASE{mark}URL": devdb.url(who) for mark, who in (("_", "app"), ("_OWNER_", "owner"))}
    told = {key: address.rsplit("/", 1)[0] + f"/{name}" for key, address in addresses.items()}
    return {**os.environ, **told, **migrated.keys(), "PAUTA_ENV": "development"}

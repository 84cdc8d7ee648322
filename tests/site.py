"""A whole Pauta of its own for tests that need real processes: a database, a web server, the demo clinic."""

import base64
import hmac
import http.client
import os
import re
import signal
import socket
import struct
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path

import psycopg
from psycopg import sql

from tests import migrated
from tools import devdb

ROOT = Path(__file__).resolve().parent.parent
SETTINGS = "tests.site_settings"
PASSWORD = "pauta-demo-2026"
DEMO_SECRET = "PAUTADEMOPAUTADEMOPAUTADEMOPAUTA"


def demo_code(secret: str = DEMO_SECRET) -> str:
    """Return what an authenticator app of this secret shows now (RFC 6238); the demo's staff share one."""
    digest = hmac.digest(base64.b32decode(secret), struct.pack(">Q", int(time.time()) // 30), "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06d}"


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Browser:
    """As much of a browser as a form needs: cookies, and the token of each page; ``headers`` go with every request."""

    def __init__(self, address: str, **headers: str) -> None:
        self.address, self.cookies = address, CookieJar()
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(self.cookies))
        self.opener.addheaders = list(headers.items())
        self.token = ""

    def get(self, path: str) -> str:
        return self._read(urllib.request.Request(self.address + path))  # noqa: S310 (our own server)

    def post(self, path: str, fields: dict[str, str], **headers: str) -> str:
        data = urllib.parse.urlencode({"csrfmiddlewaretoken": self.token, **fields}).encode()
        return self._read(urllib.request.Request(self.address + path, data, headers))  # noqa: S310

    def _read(self, request: urllib.request.Request) -> str:
        with self.opener.open(request, timeout=20) as answer:
            page, self.at = answer.read().decode(), urllib.parse.urlparse(answer.url).path
        if found := re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page):
            self.token = found[1]
        return page


@dataclass
class Site:
    """A running clinic; ``kill`` ends the web server as a power cut would, ``start`` brings it back."""

    database: str
    port: int = field(default_factory=_free_port)
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def environment(self, role: str) -> dict[str, str]:
        inherited = {k: v for k, v in os.environ.items() if k != "PAUTA_TEST_DB_SUFFIX"}
        addresses = {f"DATABASE{mark}URL": self.url(who) for mark, who in (("_", "app"), ("_OWNER_", "owner"))}
        told = {"PAUTA_ENV": "development", "PAUTA_DATABASE_ROLE": role, "DJANGO_SETTINGS_MODULE": SETTINGS}
        return inherited | addresses | migrated.keys() | told

    def url(self, role: str) -> str:
        return devdb.url(role).rsplit("/", 1)[0] + f"/{self.database}"

    def manage(self, *words: str, role: str = "app") -> str:
        """Return what ``manage.py words`` printed; the test fails with its output if it failed."""
        command = [sys.executable, "manage.py", *words]
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment(role), capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, f"{' '.join(words)}:\n{done.stdout[-3000:]}{done.stderr[-3000:]}"
        return done.stdout

    def query(self, text: str, *values: object) -> list[tuple[object, ...]]:
        with psycopg.connect(self.url("owner"), autocommit=True) as connection:
            return connection.execute(text.encode(), values).fetchall()

    def forget_codes(self) -> None:
        """Let a code be typed again: many tests log in as the same doctor within one half minute."""
        self.query("UPDATE mfa_authenticator SET data = data - 'last_counter' RETURNING id")

    def tell_patients(self) -> None:
        """Let the minutes pass in which a signature can be taken back: the triggers look away for it."""
        with psycopg.connect(self.url("owner")) as connection:
            connection.execute("ALTER TABLE plans_plan DISABLE TRIGGER USER")
            connection.execute(
                "UPDATE plans_plan SET signed_at = signed_at - interval '4 minutes' WHERE status = 'signed'"
            )
            connection.execute("ALTER TABLE plans_plan ENABLE TRIGGER USER")

    def start(self) -> None:
        command = [sys.executable, "-m", "uvicorn", "webapp.asgi:application", "--port", str(self.port)]
        quiet = [*command, "--log-level", "warning"]
        self.process = subprocess.Popen(quiet, cwd=ROOT, env=self.environment("app"), start_new_session=True)
        self._wait_until_it_answers()

    def _wait_until_it_answers(self) -> None:
        for _attempt in range(1200):
            if self.answers():
                return
            time.sleep(0.1)
        raise AssertionError("the web server did not answer within two minutes")

    def answers(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False
        finally:
            connection.close()

    def kill(self, how: signal.Signals = signal.SIGKILL) -> None:
        if self.process is not None:
            os.killpg(self.process.pid, how)
            self.process.wait()
            self.process = None


def _drop(database: str) -> None:
    """Drop a test's database once the last connection of its killed server is gone."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {}").format(sql.Identifier(database))
    with psycopg.connect(devdb.url("owner"), autocommit=True) as connection:
        for _attempt in range(100):
            try:
                connection.execute(statement)
            except psycopg.errors.ObjectInUse:
                time.sleep(0.1)
            else:
                return
    raise AssertionError(f"somebody still uses {database}")


def _recreate(database: str, source: str = "template1") -> None:
    _drop(database)
    with psycopg.connect(devdb.url("owner"), autocommit=True) as connection:
        copied = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
        connection.execute(copied.format(sql.Identifier(database), sql.Identifier(source)))


@contextmanager
def clinic(name: str, *, demo: bool = True) -> Iterator[Site]:
    """Give a running site with the shipped protocols, and the demo clinic unless told otherwise."""
    site = Site(f"pauta_{name}{os.environ.get('PAUTA_TEST_DB_SUFFIX', '')}")
    _drop(site.database)
    (migrated.copy_clinic if demo else migrated.copy_shelf)(site.database)
    try:
        site.start()
        yield site
    finally:
        site.kill(signal.SIGTERM)
        _drop(site.database)

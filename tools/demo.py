"""Runs Pauta with its demo clinic on this machine: database, web server and job worker together, until Ctrl-C.

Safe to run twice: what is made stays, what is missing is made. A killed database or worker is brought back.
"""

import ctypes
import http.client
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from tools import assets, devdb, messages
from tools.prepare import step

ROOT = Path(__file__).resolve().parent.parent
PORT = int(os.environ.get("PORT", "8000"))
PATIENCE = 60  # seconds a server may take until it answers
MANAGE = [sys.executable, "manage.py"]
WEB = [sys.executable, "-m", "uvicorn", "webapp.asgi:application", "--host", "127.0.0.1", "--port", str(PORT)]
PARTS: dict[str, list[str]] = {
    "web server": [*WEB, "--log-level", "warning", "--no-server-header", "--timeout-graceful-shutdown", "5"],
    "job worker": [*MANAGE, "run_worker"],
}


class Stop(BaseException):
    """Somebody asked the demo to end."""


def _ask_to_stop(number: int, frame: FrameType | None) -> None:
    raise Stop


def _port_is_free() -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", PORT))
        except OSError:
            return False
    return True


def prepare() -> None:
    """Make all that is missing: the clinic is filled by one process while this one builds what browsers load."""
    step(1, "Messages, styles and scripts")
    messages.compile_all()
    step(2, "Database")
    if "DATABASE_URL" not in os.environ:
        devdb.ensure()
    filling = _child([sys.executable, "-m", "tools.prepare"])
    try:
        assets.main()
        if filling.wait():
            sys.exit("The demo could not be made ready; why stands above.")
    finally:
        _end([filling])


def _die_with_parent() -> None:
    """Ask Linux to end this child when the demo itself is killed, so that no port stays taken."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def _child(command: Sequence[str], **changes: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | changes,
        start_new_session=True,
        preexec_fn=_die_with_parent,  # noqa: PLW1509 — this program has one thread
    )


def _start(name: str) -> subprocess.Popen[bytes]:
    return _child(PARTS[name], PAUTA_DATABASE_ROLE="app")


def _answers() -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", PORT, timeout=5)
    try:
        connection.request("GET", "/accounts/login/")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _wait_for_first_page(web: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + PATIENCE
    while not _answers():
        if web.poll() is not None or time.monotonic() > until:
            sys.exit("The web server did not answer. Its own words stand above.")
        time.sleep(0.2)


def _keep_running(running: dict[str, subprocess.Popen[bytes]]) -> None:
    """Bring back whatever dies: the database first, since the others die of its death."""
    while True:
        time.sleep(2)
        if "DATABASE_URL" not in os.environ:
            devdb.ensure()
        for name, process in running.items():
            if process.poll() is not None:
                print(f"The {name} had stopped; starting it again.", flush=True)
                running[name] = _start(name)


def _end(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _welcome(began: float) -> None:
    print(f"\nPauta is at http://localhost:{PORT}  ({time.monotonic() - began:.0f} s)", flush=True)
    if "EMAIL_URL" not in os.environ:
        where = devdb.data_dir() / "mail"
        print(f"Mails are files in {where}  (from 8:00 to 22:00 in Madrid, codes at any hour)", flush=True)
    print("Ctrl-C stops it; `make demo` brings it back as it was.", flush=True)


def main() -> None:
    began = time.monotonic()
    if not _port_is_free():
        sys.exit(f"Port {PORT} is taken, perhaps by a demo already running. Another port: PORT={PORT + 1} make demo")
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ask_to_stop)
    running: dict[str, subprocess.Popen[bytes]] = {}
    try:
        prepare()
        step(5, "Web server and job worker")
        running |= {name: _start(name) for name in PARTS}
        _wait_for_first_page(running["web server"])
        _welcome(began)
        _keep_running(running)
    except Stop:
        print("\nStopping ...", flush=True)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        _end(list(running.values()))
        if "DATABASE_URL" not in os.environ:
            devdb.rest()


if __name__ == "__main__":
    main()

"""make demo as a newcomer has it: one command, a first page, back after every kill, gone when told to stop.

The cold start is that of a normal user in a clone of their own. Its clinic is then moved to whoever runs the tests:
where that is root, the same demo is shown both ways.
"""

import http.client
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError

import psutil
import pytest

from tests.site import PASSWORD, Browser
from tests.tools.newcomer import ROOT, Newcomer
from webapp.base.roles import Role

pytestmark = pytest.mark.slow
MOST_WORK = 50  # seconds of processor: three times what a start again was measured to take on a crowded machine
HERE = [sys.executable, "-m", "tools.demo"]


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def own_environment(folder, port):
    taken = {"PAUTA_ENV", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"}
    inherited = {name: value for name, value in os.environ.items() if name not in taken}
    return inherited | {"PAUTA_DATA_DIR": str(folder), "PORT": str(port)}


class Demo:
    """A running demo with its own data folder and port; what it says is kept in a file."""

    def __init__(self, process, port, said):
        self.process, self.port, self.said = process, port, said

    def words(self):
        return self.said.read_text()

    def wait_for(self, condition, seconds):
        until = time.monotonic() + seconds
        while not condition():
            assert self.process.poll() is None, self.words()
            assert time.monotonic() < until, self.words()
            time.sleep(0.2)

    def until_ready(self, seconds=900):
        """Wait for the address; the patience is that of a machine on which everything else runs too."""
        self.wait_for(lambda: "Pauta is at" in self.words(), seconds)

    def answers(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("GET", "/accounts/login/")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()

    def child(self, word):
        """The process among the demo's children whose command holds ``word``; None while there is none."""
        for child in psutil.Process(self.process.pid).children(recursive=True):
            if child.status() != psutil.STATUS_ZOMBIE and any(word in part for part in child.cmdline()):
                return child
        return None

    def work(self):
        """Seconds of processor used so far: what a start takes on a machine that does nothing else."""
        everyone = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children()]
        return sum(sum(one.cpu_times()[:4]) for one in everyone)

    def stop(self, how=signal.SIGTERM):
        """Tell it to end as a keyboard does: the command and what it started hear it together."""
        os.killpg(self.process.pid, how)
        return self.process.wait(timeout=120)


@contextmanager
def ended(demo):
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.stop()


def a_folder(prefix):
    made = Path(tempfile.mkdtemp(prefix=prefix))
    made.chmod(0o711)
    return made


def running_in(folder):
    """The processes that work in a folder, or were told of it."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in " ".join([process.cwd(), *process.cmdline()]):
                found.append(process)
        except psutil.Error:
            continue  # gone meanwhile
    return found


@pytest.fixture(scope="module")
def newcomer():
    person = Newcomer(a_folder("pauta-newcomer-"))
    person.move_in()
    yield person
    shutil.rmtree(person.folder, ignore_errors=True)


@pytest.fixture(scope="module")
def first(newcomer):
    """`make demo` in a fresh clone, by somebody who is not root: environment, packages, database and clinic."""
    port, said = free_port(), newcomer.folder / "said.txt"
    process = newcomer.start("make", "demo", said=said, PORT=str(port))
    with ended(Demo(process, port, said)) as running:
        running.until_ready()
        yield running


def test_it_tells_its_address_and_a_login_for_every_role(first):
    assert f"http://localhost:{first.port}" in first.words()
    logins = first.words().partition("Demo clinic")[2]
    assert len(re.findall(r"\S+@demo\.example", logins)) >= len(Role)


def test_it_tells_where_its_mails_are(first, newcomer):
    assert f"Mails are files in {newcomer.clone / '.data/mail'}" in first.words()


def test_it_shows_how_far_it_is(first):
    assert re.findall(r"\[(\d)/5\]", first.words()) == ["1", "2", "3", "4", "5"]


def test_its_first_page_answers_and_a_doctor_logs_in(first):
    browser = Browser(f"http://127.0.0.1:{first.port}")
    assert "<form" in browser.get("/")
    assert browser.at == "/accounts/login/"
    browser.post(browser.at, {"login": "ibarra@demo.example", "password": PASSWORD})
    assert browser.at == "/accounts/second-step/"
    browser.get("/accounts/login/")
    with pytest.raises(HTTPError, match="422"):
        browser.post(browser.at, {"login": "ibarra@demo.example", "password": "not hers"})


def test_all_of_it_is_a_normal_users_and_root_is_asked_for_nothing(first, newcomer):
    owners = {process.uids().real for process in running_in(newcomer.folder)}
    assert first.child("uvicorn").uids().real == newcomer.user
    assert owners == {newcomer.user}
    assert newcomer.user != 0
    assert {path.stat().st_uid for path in (newcomer.clone / ".data").rglob("*")} == {newcomer.user}


def test_a_second_demo_on_the_same_port_says_so_and_leaves_the_first_alone(first, newcomer):
    second = newcomer.start("make", "demo", said=newcomer.folder / "second.txt", PORT=str(first.port))
    assert second.wait(timeout=120) != 0
    assert f"PORT={first.port + 1} make demo" in (newcomer.folder / "second.txt").read_text()
    assert first.answers()


def test_ctrl_c_ends_all_of_it(first, newcomer):
    first.stop(signal.SIGINT)
    assert "Stopping" in first.words()
    assert "Error" not in first.words()
    assert running_in(newcomer.folder) == []
    assert not (newcomer.clone / ".data/postgres/postmaster.pid").exists()


@pytest.fixture(scope="module")
def folder(newcomer, first):
    """The newcomer's clinic, stopped, as the data of whoever runs the tests: root's server runs as nobody."""
    if first.process.poll() is None:
        first.stop()
    made = a_folder("pauta-demo-")
    subprocess.run(["/bin/cp", "-a", f"{newcomer.clone}/.data/.", str(made)], check=True)
    for path in (made, *(one for one in made.rglob("*") if made / "postgres" not in (one, *one.parents))):
        os.chown(path, os.getuid(), os.getgid())
    yield made
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def a_demo(folder):
    port, said = free_port(), folder / "said.txt"
    environment = own_environment(folder, port)
    with said.open("w") as file:
        process = subprocess.Popen(
            HERE, cwd=ROOT, env=environment, stdout=file, stderr=subprocess.STDOUT, start_new_session=True
        )
    with ended(Demo(process, port, said)) as running:
        running.until_ready()
        yield running


@pytest.fixture(scope="module")
def again(folder):
    with a_demo(folder) as running:
        running.spent = running.work()
        yield running


def test_started_again_it_does_nothing_twice(again):
    assert "there already; nothing was changed" in again.words()
    assert "0 loaded" in again.words()
    assert again.spent < MOST_WORK, again.words()


def test_a_killed_database_comes_back_under_the_running_demo(again, folder):
    server = int((folder / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGKILL)
    again.wait_for(lambda: not psutil.pid_exists(server) or not psutil.Process(server).is_running(), 60)
    again.wait_for(again.answers, 120)


@pytest.mark.parametrize("part", ["uvicorn", "run_worker"])
def test_a_killed_part_is_started_again(again, part):
    again.wait_for(lambda: again.child(part), 120)
    before = again.child(part).pid
    os.kill(before, signal.SIGKILL)
    again.wait_for(lambda: (now := again.child(part)) and now.pid != before, 120)
    again.wait_for(again.answers, 120)


def test_told_to_stop_it_leaves_nothing_running(again, folder):
    parts = [again.child("uvicorn"), again.child("run_worker")]
    again.process.terminate()
    assert again.process.wait(timeout=120) == 0
    assert not any(part.is_running() for part in parts)
    assert running_in(folder) == []
    assert not (folder / "postgres/postmaster.pid").exists()

"""make demo as a newcomer has it: one command, a first page, back after every kill, gone when told to stop."""

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

import psutil
import pytest

from webapp.base.roles import Role

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.slow
MOST_WORK = 50  # seconds of processor: three times what a start again was measured to take on a crowded machine


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Demo:
    """A running demo with its own data folder and port; what it says is kept in a file."""

    def __init__(self, folder, port):
        self.port, self.said = port, folder / "said.txt"
        taken = {"PAUTA_ENV", "DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DJANGO_ALLOW_ASYNC_UNSAFE"}
        environment = {name: value for name, value in os.environ.items() if name not in taken}
        environment |= {"PAUTA_DATA_DIR": str(folder), "PORT": str(port)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tools.demo"],
            cwd=ROOT,
            env=environment,
            stdout=self.said.open("w"),
            stderr=subprocess.STDOUT,
        )

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
        for child in psutil.Process(self.process.pid).children():
            if child.status() != psutil.STATUS_ZOMBIE and any(word in part for part in child.cmdline()):
                return child
        return None

    def work(self):
        """Seconds of processor used so far: what a start takes on a machine that does nothing else."""
        everyone = [psutil.Process(self.process.pid), *psutil.Process(self.process.pid).children()]
        return sum(sum(one.cpu_times()[:4]) for one in everyone)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        return self.process.wait(timeout=120)


@pytest.fixture(scope="module")
def folder():
    made = Path(tempfile.mkdtemp(prefix="pauta-demo-"))
    made.chmod(0o711)
    yield made
    shutil.rmtree(made, ignore_errors=True)


@contextmanager
def a_demo(folder, port=None):
    demo = Demo(folder, port or free_port())
    try:
        yield demo
    finally:
        if demo.process.poll() is None:
            demo.stop()


@pytest.fixture(scope="module")
def demo(folder):
    with a_demo(folder) as running:
        running.until_ready()
        yield running


def test_it_tells_its_address_and_a_login_for_every_role(demo):
    assert f"http://localhost:{demo.port}" in demo.words()
    logins = demo.words().partition("Demo clinic")[2]
    assert len(re.findall(r"\S+@demo\.example", logins)) >= len(Role)


def test_it_tells_where_its_mails_are(demo, folder):
    assert f"Mails are files in {folder / 'mail'}" in demo.words()


def test_it_shows_how_far_it_is(demo):
    assert re.findall(r"\[(\d)/5\]", demo.words()) == ["1", "2", "3", "4", "5"]


def test_its_first_page_answers(demo):
    assert demo.answers()


def test_a_second_demo_on_the_same_port_says_so_and_leaves_the_first_alone(demo, folder):
    second = subprocess.run(
        [sys.executable, "-m", "tools.demo"],
        cwd=ROOT,
        env=os.environ | {"PAUTA_DATA_DIR": str(folder), "PORT": str(demo.port)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert second.returncode != 0
    assert f"PORT={demo.port + 1} make demo" in second.stderr
    assert demo.answers()


def test_a_killed_database_comes_back_under_the_running_demo(demo, folder):
    server = int((folder / "postgres/postmaster.pid").read_text().split()[0])
    os.kill(server, signal.SIGKILL)
    demo.wait_for(lambda: not psutil.pid_exists(server) or not psutil.Process(server).is_running(), 60)
    demo.wait_for(demo.answers, 120)


@pytest.mark.parametrize("part", ["uvicorn", "run_worker"])
def test_a_killed_part_is_started_again(demo, part):
    demo.wait_for(lambda: demo.child(part), 120)
    before = demo.child(part).pid
    os.kill(before, signal.SIGKILL)
    demo.wait_for(lambda: (now := demo.child(part)) and now.pid != before, 120)
    demo.wait_for(demo.answers, 120)


def test_told_to_stop_it_leaves_nothing_running(demo, folder):
    parts = [demo.child("uvicorn"), demo.child("run_worker")]
    assert demo.stop() == 0
    assert not any(part.is_running() for part in parts)
    assert not (folder / "postgres/postmaster.pid").exists()


def test_started_again_it_does_nothing_twice_and_ctrl_c_ends_it(demo, folder):
    if demo.process.poll() is None:
        demo.stop()
    with a_demo(folder) as again:
        again.until_ready()
        work = again.work()
        assert "there already; nothing was changed" in again.words()
        assert "0 loaded" in again.words()
        assert again.stop(signal.SIGINT) == 0
    assert work < MOST_WORK, again.words()
    assert not (folder / "postgres/postmaster.pid").exists()

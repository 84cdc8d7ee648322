"""A site on a PostgreSQL of its own, with a worker that can be killed and a folder for what it sends."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from email import message_from_bytes
from pathlib import Path

from tests.site import ROOT, Site

SHARED = {"DATABASE_URL", "DATABASE_OWNER_URL"}  # the server everybody uses: not for tests that kill one


class WorkedSite(Site):
    def environment(self, role):
        told = super().environment(role) | {"PAUTA_DATA_DIR": str(self.folder), "QUIET_HOURS": "0-0"}
        return {name: value for name, value in told.items() if name not in SHARED}

    def url(self, role):
        return ""

    def start_database(self):
        command = [sys.executable, "-m", "tools.devdb"]
        subprocess.run(command, cwd=ROOT, env=self.environment("app"), check=True, capture_output=True)

    def postmaster(self):
        return int((self.folder / "postgres/postmaster.pid").read_text().split()[0])

    @contextmanager
    def worker(self):
        command = [sys.executable, "manage.py", "run_worker"]
        with (self.folder / "worker.txt").open("a") as said:
            process = subprocess.Popen(
                command, cwd=ROOT, env=self.environment("app"), stdout=said, stderr=said, start_new_session=True
            )
        try:
            yield process
        finally:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def letters(self):
        return list((self.folder / "mail").glob("*.eml"))

    def addresses(self):
        """How many letters each address got."""
        return Counter(message_from_bytes(path.read_bytes())["To"] for path in self.letters())

    def orders(self):
        """The files of the orders that reached the pharmacies."""
        return list((self.folder / "mail-orders").glob("*.json"))

    def wait_for(self, count, process, what=None):
        """Wait until so many letters have left, or of what else; as patient as a machine on which everything runs."""
        sent, until = what or self.letters, time.monotonic() + 240
        while len(sent()) < count:
            assert process.poll() is None, (self.folder / "worker.txt").read_text()[-3000:]
            assert time.monotonic() < until, f"{len(sent())} have left"
            time.sleep(0.05)


@contextmanager
def worked_site():
    with tempfile.TemporaryDirectory(prefix="pauta-worked-", ignore_cleanup_errors=True) as folder:
        site = WorkedSite("pauta")
        site.folder = Path(folder)
        site.folder.chmod(0o711)
        try:
            site.manage("migrate", "--verbosity", "0", role="owner")
            site.manage("grant_database_role", role="owner")
            yield site
        finally:
            os.kill(site.postmaster(), signal.SIGINT)

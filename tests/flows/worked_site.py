"""A site with a worker that can be killed, and a folder of its own for what is sent."""

import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager

from tests.site import ROOT, Site


class WorkedSite(Site):
    """A site with a folder of its own for what is sent, and a worker that can be killed."""

    def environment(self, role):
        return super().environment(role) | {"PAUTA_DATA_DIR": str(self.folder), "QUIET_HOURS": "0-0"}

    @contextmanager
    def worker(self):
        command = [sys.executable, "manage.py", "run_worker"]
        said = (self.folder / "worker.txt").open("a")
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

    def wait_for(self, count, process, seconds=100):
        until = time.monotonic() + seconds
        while len(self.letters()) < count:
            assert process.poll() is None, (self.folder / "worker.txt").read_text()[-3000:]
            assert time.monotonic() < until, f"{len(self.letters())} letters"
            time.sleep(0.1)

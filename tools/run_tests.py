"""Runs every test, real browser included. BROWSER=0 leaves the browser's out, and is the only way past it."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from tools import assets, devdb

ROOT = Path(__file__).resolve().parent.parent
# Chromium that never has a window comes first: the same engine, and a page in half the time.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
INSTALL = "apt-get install -y chromium-headless-shell"
MOST_PROCESSES = 4  # one more than processors: a third of the time a process waits, for a page or the database


def find_browser() -> str | None:
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def install_browser() -> None:
    """Install Chromium where we may (root on Debian); else end, naming the one command that does."""
    if os.getuid() != 0 or not shutil.which("apt-get"):
        sys.exit(f"The browser tests need Chromium. Run: sudo {INSTALL}\nWithout them: BROWSER=0 make test")
    print("Installing Chromium for the browser tests ...", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-q"], INSTALL.split()):
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(f"{' '.join(command)} did not succeed:\n{done.stdout[-1000:]}{done.stderr[-1000:]}")
    if not find_browser():
        sys.exit(f"Chromium is still missing after: {INSTALL}")


def main() -> None:
    arguments = sys.argv[1:]
    if os.environ.get("BROWSER") == "0":
        print("BROWSER=0: the browser tests are left out.", flush=True)
        arguments.append("--ignore=tests/browser")
    elif not find_browser():
        install_browser()
    assets.main()
    found_running = devdb.is_running()
    spread = ["-n", str(min(MOST_PROCESSES, 1 + (os.cpu_count() or 1))), "--dist", "loadscope"]
    done = subprocess.run([sys.executable, "-m", "pytest", *spread, *arguments], cwd=ROOT, check=False)
    if not found_running:
        devdb.rest()
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()

"""Installs the engines the bench compares with into a folder of their own, measures, writes docs/reference/speed.md."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".data" / "bench"
LOCK = ROOT / "bench" / "requirements.lock"


def install() -> None:
    """Put what the lock names into the folder, unless the same lock is there."""
    stamp = FOLDER / "installed.lock"
    if stamp.exists() and stamp.read_bytes() == LOCK.read_bytes():
        return
    print("Installing what bench/requirements.lock names ...", flush=True)
    uv = [str(Path(sys.executable).parent / "uv"), "pip", "install", "-q", "--python", sys.executable]
    subprocess.run([*uv, "--target", str(FOLDER), "--require-hashes", "--no-deps", "-r", str(LOCK)], check=True)
    stamp.write_bytes(LOCK.read_bytes())


def main() -> None:
    install()
    environment = {**os.environ, "PYTHONPATH": str(FOLDER)}
    done = subprocess.run([sys.executable, "-m", "bench.speed", *sys.argv[1:]], cwd=ROOT, env=environment, check=False)
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()

"""Writes requirements.lock from requirements.in: every hash, no address, the same on every machine."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ("--generate-hashes", "--universal", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet")


def main() -> None:
    uv = Path(sys.executable).parent / "uv"
    command = [str(uv), "pip", "compile", *FLAGS, "--python-version", "3.11", *sys.argv[1:]]
    subprocess.run([*command, "requirements.in", "-o", "requirements.lock"], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()

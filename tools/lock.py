"""Writes the lock of the product and that of the bench: every hash, no address, the same on every machine."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLAGS = ("--generate-hashes", "--universal", "--no-emit-index-url", "--no-header", "--no-annotate", "--quiet")


def main() -> None:
    uv = Path(sys.executable).parent / "uv"
    command = [str(uv), "pip", "compile", *FLAGS, "--python-version", "3.11", *sys.argv[1:]]
    for folder in ("", "bench/"):
        names = f"{folder}requirements.in", "-o", f"{folder}requirements.lock"
        subprocess.run([*command, *names], check=True, cwd=ROOT)


if __name__ == "__main__":
    main()

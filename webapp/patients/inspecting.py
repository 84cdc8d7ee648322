"""Has a file of a stranger looked at by a program of its own, which gets the bytes and nothing else."""

import subprocess
import sys
from pathlib import Path

PROGRAMS = Path(__file__).parent / "inspection"
SECONDS = 30


def inspect(program: str, content: bytes, *words: str) -> tuple[str, bytes]:
    """Return what ``program`` ("image" or "pdf") says of ``content``, and the copy it made; ``broken`` if it fails."""
    command = [sys.executable, "-I", str(PROGRAMS / f"{program}.py"), *words]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=SECONDS, env={}, check=False)
    except subprocess.TimeoutExpired:
        return "broken", b""
    verdict, line_break, copy = done.stdout.partition(b"\n")
    if done.returncode or not line_break:
        return "broken", b""
    return verdict.decode(), copy

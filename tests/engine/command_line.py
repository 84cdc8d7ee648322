"""Runs `pauta` as a person does: in a process of its own, from the folder that holds the protocols."""

import json
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).parent / "samples"


def pauta(*arguments, stdin="", seed="0"):
    """Return the finished process of ``pauta`` with these arguments."""
    environment = {**os.environ, "PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"}
    command = [sys.executable, "-c", "from engine.cli import script; script()", *arguments]
    return subprocess.run(
        command, input=stdin, capture_output=True, text=True, cwd=ROOT, env=environment, check=False, encoding="utf-8"
    )


def json_lines(text):
    return [json.loads(line) for line in text.splitlines()]


def lines(values):
    return "\n".join(json.dumps(value, ensure_ascii=False) for value in values) + "\n"


def sample(name):
    return json.loads((SAMPLES / name).read_text(encoding="utf-8"))

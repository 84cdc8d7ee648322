"""Runs the tests on Python 3.13, where durable_rules cannot be imported: everything else passes without it.

It makes .venv-3.13 with what requirements.lock names for that version. Arguments go to pytest.
"""

import subprocess
import sys
from pathlib import Path

from tools import install

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-3.13"
WANTED = (3, 13)
ABOUT_IT = ("tests/engine/opinion", "tests/webapp/plans/test_second_opinion.py")
USUAL = ("tests/engine", "tests/rules", "tests/webapp/plans")
ABSENT = """
from engine.opinion.process import Kept, NoAnswer
from tests.engine.builders import adult, edition
try:
    Kept().ask(edition({}), adult())
except NoAnswer as none:
    raise SystemExit(none.trouble != "absent")
raise SystemExit("durable_rules answered on Python 3.13")
"""


def find() -> str | None:
    """Return a program that is Python 3.13; None if this machine has none."""
    pyenv = sorted(Path.home().glob(".pyenv/versions/3.13.*/bin/python"), reverse=True)
    programs = ["python3.13", *map(str, pyenv)]
    return next((each for each in programs if install.version_of(each) == WANTED), None)


def prepare(python: str) -> Path:
    """Return the Python of .venv-3.13, made of ``python`` and holding what the lock file names."""
    own = VENV / "bin/python"
    if not own.exists():
        subprocess.run([python, "-m", "venv", str(VENV)], check=True)
    command = [str(own), "-m", "pip", "install", "-qq", "--disable-pip-version-check"]
    subprocess.run([*command, "--require-hashes", "--no-deps", "-r", "requirements.lock"], cwd=ROOT, check=True)
    return own


def main() -> int:
    python = find()
    if python is None:
        sys.exit("There is no Python 3.13 on this machine: nothing was run.")
    own = prepare(python)
    subprocess.run([str(own), "-c", ABSENT], cwd=ROOT, check=True)
    print("Python 3.13: the second opinion is absent, and says so.", flush=True)
    ignored = [f"--ignore={path}" for path in ABOUT_IT]
    return subprocess.run([str(own), "-m", "pytest", "-q", *ignored, *(sys.argv[1:] or USUAL)], cwd=ROOT).returncode  # noqa: PLW1510


if __name__ == "__main__":
    sys.exit(main())

"""Nothing looks up: the import contracts hold, and they would show it if they did not."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import rules

ROOT = Path(__file__).resolve().parents[2]
LINT = Path(sys.executable).parent / "lint-imports"


def lint(folder):
    command = [str(LINT), "--config", str(folder / "pyproject.toml"), "--no-cache"]
    environment = {"PYTHONPATH": str(folder), "PATH": "/usr/bin:/bin"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.fixture
def copy(tmp_path):
    """A copy of the code into which a fault may be planted."""
    for name in ("engine", "rules", "webapp"):
        shutil.copytree(ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("static", "locale", "__pycache__"))
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_the_import_contracts_hold():
    done = lint(ROOT)
    assert done.returncode == 0, done.stdout[-3000:]


@pytest.mark.parametrize(
    ("place", "line", "contract"),
    [
        ("engine/errors.py", "import django\n", "engine knows nothing of the web"),
        ("engine/errors.py", "import rules\n", "webapp stands on rules"),
        ("rules/apps.py", "import webapp.base\n", "webapp stands on rules"),
        ("webapp/base/roles.py", "import webapp.accounts.models\n", "apps of the web layer"),
        ("webapp/audit/models.py", "import webapp.audit.services\n", "views call services"),
    ],
)
def test_a_planted_import_upward_is_found(copy, place, line, contract):
    with (copy / place).open("a") as file:
        file.write(line)
    done = lint(copy)
    assert done.returncode != 0
    assert contract in done.stdout.partition("Broken contracts")[2]


def test_the_shelf_is_ours_and_not_a_package_of_that_name():
    assert Path(rules.__file__) == ROOT / "rules/__init__.py"

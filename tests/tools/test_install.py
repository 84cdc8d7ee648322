"""make install finds a Python that runs, and does nothing when nothing changed."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tools import install


def a_program(folder, name, body):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(0o755)
    return path


def says(version):
    return f'echo "{version}"'


@pytest.fixture
def path(tmp_path, monkeypatch):
    """A search path with nothing on it but what a test puts there."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    monkeypatch.delenv("PAUTA_PYTHON", raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "nothing"))
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    return tmp_path


def test_a_shim_that_exists_but_does_not_run_is_passed_over(path):
    a_program(path, "python3.12", "echo 'command not found' >&2; exit 127")
    a_program(path, "python3.11", says("3 11"))
    assert install.find_python() == "python3.11"


def test_behind_such_a_shim_the_real_one_is_found(path):
    a_program(path, "python3.12", "exit 127")
    real = path / "pyenv/versions/3.12.1/bin"
    real.mkdir(parents=True)
    found = a_program(real, "python", says("3 12"))
    assert install.find_python() == str(found)


def test_312_wins_over_311(path):
    a_program(path, "python3", says("3 12"))
    a_program(path, "python3.11", says("3 11"))
    assert install.find_python() == "python3"


def test_the_one_named_by_hand_is_asked_first(path, monkeypatch):
    a_program(path, "python3.12", says("3 12"))
    mine = a_program(path, "mine", says("3 12"))
    monkeypatch.setenv("PAUTA_PYTHON", str(mine))
    assert install.find_python() == str(mine)


@pytest.mark.parametrize("version", ["3 13", "3 10", "2 7", "words"])
def test_versions_pauta_does_not_support_are_refused_with_what_to_do(path, version):
    a_program(path, "python3", says(version))
    with pytest.raises(SystemExit, match=r"3\.12 or 3\.11(.|\n)*apt-get install"):
        install.find_python()


def test_root_on_debian_gets_one_with_apt(path, monkeypatch):
    monkeypatch.setattr(os, "getuid", lambda: 0)
    made = path / "python3"
    a_program(
        path,
        "apt-get",
        f'[ "$1" = install ] || exit 0; echo "#!/bin/sh" > {made}; echo "echo 3 11" >> {made}\n/bin/chmod +x {made}',
    )
    assert install.find_python() == "python3"


def test_a_second_run_only_looks():
    command = [sys.executable, str(install.ROOT / "tools/install.py")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=20, env=dict(os.environ))
    assert (done.returncode, done.stdout) == (0, "")


def test_our_code_is_compiled_even_where_python_is_told_to_write_no_bytecode(monkeypatch):
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    source = install.ROOT / "engine/cli.py"
    compiled = Path(importlib.util.cache_from_source(str(source)))
    compiled.unlink(missing_ok=True)
    install.compile_own()
    assert compiled.exists()


def test_the_stamp_changes_with_the_lock(monkeypatch, tmp_path):
    for name in install.STEPS:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one")
    monkeypatch.setattr(install, "ROOT", tmp_path)
    before = install.digest()
    (tmp_path / "requirements.lock").write_text("two")
    assert install.digest() != before


def test_uv_itself_is_installed_by_its_hashes():
    first, *hashes = install.pinned("uv").splitlines()
    assert first.startswith("uv==")
    assert len(hashes) > 3
    assert all(line.strip().startswith("--hash=sha256:") for line in hashes)


def test_where_uv_does_not_get_through_pip_does_it(monkeypatch):
    asked = []
    monkeypatch.setattr(install, "pip", lambda *words: asked.append(words))
    monkeypatch.setattr(install.subprocess, "run", lambda command, **_: subprocess.CompletedProcess(command, 1))
    install.install_lock()
    assert asked[-1] == install.FROM_LOCK


def test_where_pango_is_missing_root_on_debian_gets_it_with_apt(path, monkeypatch):
    asked = []
    monkeypatch.setattr(os, "getuid", lambda: 0)
    a_program(path, "apt-get", "exit 0")
    monkeypatch.setattr(install, "has_pango", lambda: bool(asked))
    monkeypatch.setattr(install, "apt_install", lambda what, packages: asked.append((what, packages)))
    install.ensure_pango()
    assert asked == [("Pango", install.PANGO_PACKAGES)]


def test_who_is_not_root_is_told_the_one_command(path, monkeypatch):
    monkeypatch.setattr(install, "has_pango", lambda: False)
    with pytest.raises(SystemExit, match="sudo apt-get install libpango"):
        install.ensure_pango()


def test_where_a_compiler_is_missing_root_on_debian_gets_it_with_apt(path, monkeypatch):
    asked = []
    monkeypatch.setattr(os, "getuid", lambda: 0)
    a_program(path, "apt-get", "exit 0")
    monkeypatch.setattr(install, "version_of", lambda program: (3, 12))
    monkeypatch.setattr(install, "can_compile", lambda: bool(asked))
    monkeypatch.setattr(install, "apt_install", lambda what, packages: asked.append(packages))
    install.ensure_compiler()
    assert asked == [install.COMPILER_PACKAGES]


def test_who_is_not_root_is_told_how_to_get_a_compiler_and_python_3_13_needs_none(path, monkeypatch):
    monkeypatch.setattr(install, "can_compile", lambda: False)
    monkeypatch.setattr(install, "version_of", lambda program: (3, 12))
    with pytest.raises(SystemExit, match="sudo apt-get install gcc"):
        install.ensure_compiler()
    monkeypatch.setattr(install, "version_of", lambda program: (3, 13))
    install.ensure_compiler()

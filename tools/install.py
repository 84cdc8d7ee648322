"""Makes .venv with exactly what requirements.lock names, and `pauta` in it. Run again, it only looks.

Started by whatever Python the machine calls ``python3``, so it keeps to syntax that old ones read.
"""

from __future__ import annotations

import ctypes.util
import glob
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
STAMP = VENV / "installed.sha256"
WANTED = ((3, 12), (3, 11))
PACKAGES = ("python3", "python3-venv")
COMPILER_PACKAGES = ("gcc", "libc6-dev", "python3-dev")  # durable_rules comes as source only
WITHOUT_DURABLE = (3, 13)  # from this version on it cannot be imported, and requirements.lock leaves it out
PANGO = ("pango-1.0", "pangoft2-1.0")  # lays out the text of PDFs; no wheel carries it
PANGO_PACKAGES = ("libpango-1.0-0", "libpangoft2-1.0-0")
FROM_LOCK = ("--require-hashes", "--no-deps", "-r", "requirements.lock")
STEPS = ("requirements.lock", "pyproject.toml", "tools/install.py")


def candidates() -> list[str]:
    """Every program that may be a Python we support, best first; a shim may exist and still refuse to start."""
    names = [os.environ["PAUTA_PYTHON"]] if os.environ.get("PAUTA_PYTHON") else []
    for major, minor in WANTED:
        names.append(f"python{major}.{minor}")
        pyenv = os.environ.get("PYENV_ROOT", os.path.expanduser("~/.pyenv"))
        names += sorted(glob.glob(f"{pyenv}/versions/{major}.{minor}.*/bin/python"), reverse=True)
    return [*names, "python3", "python", sys.executable]


def version_of(program: str) -> tuple[int, ...]:
    """The (major, minor) a program reports when run; an empty tuple when it does not run or has no venv."""
    question = "import sys, venv, ensurepip; print(sys.version_info[0], sys.version_info[1])"
    try:
        answer = subprocess.run([program, "-c", question], capture_output=True, text=True, timeout=30, check=True)
        return tuple(int(part) for part in answer.stdout.split())
    except (OSError, subprocess.SubprocessError, ValueError):
        return ()


def best_python() -> str | None:
    """The first program of the newest version we support; None if there is none."""
    found: dict[tuple[int, ...], str] = {}
    for program in candidates():
        version = version_of(program)
        if version == WANTED[0]:
            return program
        found.setdefault(version, program)
    return next((found[version] for version in WANTED if version in found), None)


def may_use_apt() -> bool:
    return os.getuid() == 0 and shutil.which("apt-get") is not None


def apt_install(what: str, packages: tuple[str, ...]) -> None:
    print(f"Installing {what} with apt ...", flush=True)
    for command in (["apt-get", "update", "-q"], ["apt-get", "install", "-y", *packages]):
        subprocess.run(command, stdout=subprocess.DEVNULL, check=False)


def has_pango() -> bool:
    return all(ctypes.util.find_library(name) for name in PANGO)


def ensure_pango() -> None:
    """See that PDFs can be made, with apt where we may (root on Debian); else the run ends, saying what to do."""
    if not has_pango() and may_use_apt():
        apt_install("Pango", PANGO_PACKAGES)
    if not has_pango():
        sys.exit(
            "Pauta makes its PDFs with Pango; it was not found.\n"
            "    On Debian or Ubuntu: sudo apt-get install {}\n"
            "    On macOS: brew install pango".format(" ".join(PANGO_PACKAGES))
        )


def can_compile() -> bool:
    """Whether the Python of .venv has all that builds an extension: a compiler and its own headers."""
    question = "import os, sysconfig; print(os.path.exists(os.path.join(sysconfig.get_paths()['include'], 'Python.h')))"
    answer = subprocess.run([str(VENV / "bin/python"), "-c", question], capture_output=True, text=True, check=False)
    return answer.stdout.strip() == "True" and any(map(shutil.which, ("cc", "gcc", "clang")))


def ensure_compiler() -> None:
    """See that durable_rules can be built, with apt where we may; else the run ends, saying what to do."""
    if version_of(str(VENV / "bin/python")) >= WITHOUT_DURABLE:
        return
    if not can_compile() and may_use_apt():
        apt_install("a C compiler and the headers of Python", COMPILER_PACKAGES)
    if not can_compile():
        sys.exit(
            "Pauta builds durable_rules from source: a C compiler or the headers of this Python were not found.\n"
            "    On Debian or Ubuntu: sudo apt-get install {}\n"
            "    On macOS: xcode-select --install".format(" ".join(COMPILER_PACKAGES))
        )


def find_python() -> str:
    """A Python we support, fetched with apt where we may (root on Debian); else the run ends, saying what to do."""
    if python := best_python():
        return python
    if may_use_apt():
        apt_install("Python", PACKAGES)
        if python := best_python():
            return python
    sys.exit(
        "Pauta needs Python 3.12 or 3.11 with its venv module; none was found.\n"
        "    On Debian or Ubuntu: sudo apt-get install {}\n"
        "    If it stands elsewhere: PAUTA_PYTHON=/where/python3.12 make install".format(" ".join(PACKAGES))
    )


def digest() -> str:
    sha = hashlib.sha256(str(ROOT).encode())
    for name in STEPS:
        sha.update((ROOT / name).read_bytes())
    return sha.hexdigest()


def pip(*arguments: str) -> None:
    command = [str(VENV / "bin/python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq", *arguments]
    subprocess.run(command, check=True, cwd=str(ROOT))


def pinned(name: str) -> str:
    """The lines of requirements.lock that pin one package: version and hashes."""
    lock = (ROOT / "requirements.lock").read_text()
    found = re.search(rf"^{name}==.*(?:\n .*)*", lock, re.MULTILINE)
    return found.group() if found else ""


def install_lock() -> None:
    """Install with uv, several times faster; with pip where uv does not get through (an index only pip knows)."""
    with tempfile.NamedTemporaryFile("w", suffix=".txt") as file:
        file.write(pinned("uv") + "\n")
        file.flush()
        pip("--require-hashes", "--no-deps", "-r", file.name)
    command = [str(VENV / "bin/uv"), "pip", "install", "-q", "--compile-bytecode", "--python", str(VENV / "bin/python")]
    environment = dict(os.environ, UV_LINK_MODE="copy")
    done = subprocess.run([*command, *FROM_LOCK], cwd=str(ROOT), env=environment, capture_output=True, check=False)
    if done.returncode:
        pip(*FROM_LOCK)


def compile_own() -> None:
    """Compile our code: where Python is told to write no byte-code, `pauta` would spend half its time on that."""
    folders = [str(ROOT / name) for name in ("engine", "rules", "webapp")]
    subprocess.run([str(VENV / "bin/python"), "-m", "compileall", "-q", *folders], check=True)
    first = "from engine.language.expressions import parse; parse('age')"  # makes and keeps the tables of the grammar
    subprocess.run([str(VENV / "bin/python"), "-c", first], check=True, cwd=str(ROOT))


def main() -> None:
    if STAMP.exists() and STAMP.read_text() == digest() and (VENV / "bin/pauta").exists():
        compile_own()
        return
    ensure_pango()
    if not version_of(str(VENV / "bin/python")):
        shutil.rmtree(str(VENV), ignore_errors=True)
        python = find_python()
        print(f"Making .venv with {python} ...", flush=True)
        subprocess.run([python, "-m", "venv", str(VENV)], check=True)
    ensure_compiler()
    print("Installing what requirements.lock names ...", flush=True)
    install_lock()
    pip("--no-deps", "--no-build-isolation", "--config-settings", "editable_mode=compat", "-e", ".")
    compile_own()
    STAMP.write_text(digest())


if __name__ == "__main__":
    main()

"""Everything that can be said of the code without running it for long; every step runs, then the failures are named."""

import base64
import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
FIRST = "messages"
STEPS: tuple[tuple[str, list[str]], ...] = (
    ("format", [str(BIN / "ruff"), "format", "--check", "."]),
    ("style", [str(BIN / "ruff"), "check", "."]),
    ("types", [str(BIN / "mypy")]),
    ("imports", [str(BIN / "lint-imports")]),
    ("migrations", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
    ("messages", [sys.executable, "-m", "tools.messages"]),
    ("protocols", [str(BIN / "pauta"), "check", "protocols_yaml"]),
    ("protocols' own tests", [str(BIN / "pauta"), "test", "protocols_yaml"]),
    ("secrets", [sys.executable, "-m", "tools.secret_scan"]),
    ("production settings", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]),
)


def production() -> dict[str, str]:
    """Return an environment with which production starts; its keys are made here and kept nowhere."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {
        "PAUTA_ENV": "production",
        "SECRET_KEY": secrets.token_urlsafe(64),
        "DATABASE_URL": "postgres://pauta_app@127.0.0.1/pauta",
        "FIELD_KEYS": f"first:{key}",
        "BLIND_INDEX_KEY": key,
        "ALLOWED_HOSTS": "pauta.example",
    }


def run(name: str, command: list[str]) -> bool:
    """Run one step, show what it says if it fails, and return whether it passed."""
    began = time.monotonic()
    environment = os.environ | (production() if name == "production settings" else {})
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    said = f"{'ok    ' if passed else 'FAILED'} {name} ({time.monotonic() - began:.1f} s)\n"
    print(said + ("" if passed else f"{done.stdout}\n"), end="", flush=True)  # in one go: others speak too
    return passed


def main() -> None:
    """Compile the messages, which other steps read, and run those beside each other."""
    first = [step for step in STEPS if step[0] == FIRST]
    rest = [step for step in STEPS if step[0] != FIRST]
    with ThreadPoolExecutor(os.cpu_count()) as together:
        passed = [*(run(*step) for step in first), *together.map(run, *zip(*rest, strict=True))]
    failed = [name for (name, _command), fine in zip([*first, *rest], passed, strict=True) if not fine]
    if failed:
        sys.exit(f"Not in order: {', '.join(failed)}")


if __name__ == "__main__":
    main()

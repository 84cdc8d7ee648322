"""Somebody who is not root, with a home and a clone of their own: whom `make demo` has to serve as well."""

import os
import shutil
import stat
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
NOBODY = 65534
ROOTS_OWN = ("PAUTA_", "DJANGO_", "DATABASE_", "PYENV", "PYTHON", "VIRTUAL_ENV", "XDG_", "PYTEST_", "MAKE", "MFLAGS")


@dataclass(frozen=True)
class Newcomer:
    """A folder with the person's home and clone; where the tests run as root, all of it belongs to nobody."""

    folder: Path

    @property
    def clone(self) -> Path:
        return self.folder / "pauta"

    @property
    def user(self) -> int:
        return os.getuid() or NOBODY

    def identity(self) -> dict[str, Any]:
        """Return what makes a started process this person's: root gives up being root, anybody else stays."""
        return {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.getuid() == 0 else {}

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(ROOTS_OWN)}
        reached = [part for part in os.environ["PATH"].split(":") if _may_be_walked_to(Path(part))]
        return kept | {"HOME": str(self.folder / "home"), "PATH": ":".join(reached)} | more

    def start(self, *command: str, said: Path, **more: str) -> subprocess.Popen[bytes]:
        with said.open("w") as file:
            return subprocess.Popen(
                command,
                cwd=self.clone,
                env=self.environment(**more),
                stdout=file,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.identity(),
            )

    def move_in(self) -> None:
        """Copy what git holds, or would, as it stands now; nothing of what was installed or built here."""
        listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        for name in names:
            if name and (ROOT / name).is_file():
                (self.clone / name).parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(ROOT / name, self.clone / name)
        (self.folder / "home").mkdir()
        self.folder.chmod(0o755)
        if os.getuid() == 0:
            subprocess.run(["/bin/chown", "-R", f"{NOBODY}:{NOBODY}", str(self.folder)], check=True)


def _may_be_walked_to(folder: Path) -> bool:
    """Whether somebody else may enter ``folder``: what only root reaches is no newcomer's."""
    if not folder.is_dir():
        return False
    return os.getuid() != 0 or all(
        one.stat().st_mode & stat.S_IXOTH for one in (folder.resolve(), *folder.resolve().parents)
    )

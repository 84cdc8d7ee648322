"""How long the check of the library takes, beside a plain reading of the same files by PyYAML's C parser.

Run as `.venv/bin/python -m bench.check`. Processor time of whole processes, start of Python and imports included, best
and median of rounds that take turns: nothing here passes or fails. Wall time is told too; on a busy machine it is more.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROUNDS = 5
FOLDER = Path("protocols_yaml")
PLAIN = """
import sys, yaml
for name in sys.argv[1:]:
    with open(name, encoding="utf-8") as file:
        yaml.load(file, yaml.CSafeLoader)
"""


def seconds(*command: str) -> tuple[float, float]:
    """Return processor time and wall time of a program that must succeed."""
    before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([sys.executable, *command], check=True, stdout=subprocess.DEVNULL)
    wall, after = time.monotonic() - begin, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def show(name: str, times: list[tuple[float, float]]) -> float:
    """Print best and median; return the best."""
    spent, wall = [each[0] for each in times], [each[1] for each in times]
    told = f"{min(spent):5.2f} s best  {median(spent):5.2f} s median   wall {min(wall):5.2f} .. {max(wall):5.2f} s"
    print(f"{name:<34} {told}")
    return min(spent)


def main() -> None:
    """Measure and print."""
    files = sorted(map(str, FOLDER.rglob("*.yaml")))
    lines = sum(Path(name).read_bytes().count(b"\n") for name in files)
    print(f"{len(files)} files, {lines} lines\n")
    check: list[tuple[float, float]] = []
    plain: list[tuple[float, float]] = []
    for _ in range(ROUNDS):
        check.append(seconds("-c", "from engine.cli import script; script()", "check"))
        plain.append(seconds("-c", PLAIN, *files))
    ratio = show("pauta check", check) / show("the same files, yaml.CSafeLoader", plain)
    print(f"\nthe check takes {ratio:.2f} times as long as reading the files without checking anything")


if __name__ == "__main__":
    main()

"""Measures everything and writes docs/reference/speed.md; started by `make bench`, which installs the peers first."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from bench import clinical, cohort, engines, shipped, stored
from bench.page import Measured, page

PAGE = Path("docs/reference/speed.md")
STORED = (100_000, 200_000, 400_000)
CLINICAL = {1_000: ("--rules", "", "--against"), 10_000: ("--rules", "--against")}


def say(what: str) -> None:
    sys.stderr.write(f"measuring {what} ...\n")
    sys.stderr.flush()


def apart(*arguments: str) -> dict[str, object]:
    """Return the JSON line that a module prints in a process of its own, whose memory is nobody else's."""
    done = subprocess.run([sys.executable, "-m", *arguments], stdout=subprocess.PIPE, text=True, check=True)
    found: dict[str, object] = json.loads(done.stdout)
    return found


def stored_cases() -> dict[int, dict[str, object]]:
    """Return what files of three lengths take, each in a process of its own: more cases need no more memory."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for count in STORED:
            say(f"{count} stored cases into columns")
            path = Path(folder) / "cases.jsonl"
            stored.write(path, count)
            found[count] = apart("bench.stored", "read", str(path))
    return found


def clinical_cases() -> dict[tuple[int, str], dict[str, object]]:
    """Return what replays of clinical cases take, each in a process of its own: more cases need no more memory."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for count, ways in CLINICAL.items():
            path = Path(folder) / "cases.jsonl"
            clinical.write(path, count)
            for way in ways:
                say(f"{count} clinical cases replayed {way}")
                found[count, way] = apart("bench.clinical", "read", str(path), *way.split())
    return found


def main() -> None:
    """Measure and write the page."""
    results = engines.measure(say)
    say("100,000 cases by 1000 rules")
    many = cohort.compare(100_000, 1000)
    say("a million cases by 1000 rules")
    million = apart("bench.cohort", "1000000", "1000", "rails")
    found = Measured(
        results, many, million, stored_cases(), clinical_cases(), shipped.commands(say), shipped.one_case(say)
    )
    text = page(found)
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(text)


if __name__ == "__main__":
    main()

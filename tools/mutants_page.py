"""Writes docs/why/mutants.md: the small faults in the shipped files that no in-file test notices, with their reasons.

python -m tools.mutants_page            runs `pauta test --mutate --json` (minutes) and writes the page
python -m tools.mutants_page REPORT     takes a report that was made before
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
REASONS = ROOT / "tests/engine/mutation/survivors.yaml"
PAGE = ROOT / "docs/why/mutants.md"
OPEN = "Open: none of the patients tried so far tells it from what stands there."
HEAD = """# Faults that no in-file test notices

Made by `python -m tools.mutants_page`, which runs `pauta test --mutate` on the shipped protocols and scores. What the
vocabulary and the formulary say is not changed by it. The reasons stand in tests/engine/mutation/survivors.yaml.
"""


def reasons() -> list[tuple[re.Pattern[str], str]]:
    """Return what a mutant's name may say, and the reason why it may go unnoticed, in the order they are tried."""
    return [
        (re.compile(each["match"]), each["reason"]) for each in yaml.safe_load(REASONS.read_text("utf-8"))["reasons"]
    ]


def reason_of(name: str, known: Sequence[tuple[re.Pattern[str], str]]) -> str:
    return next((reason for pattern, reason in known if pattern.search(name)), OPEN)


def page(report: Mapping[str, object], survivors: Sequence[Mapping[str, object]]) -> str:
    """Return the page of a report: the share noticed, how many there are of each reason, and all by file and line."""
    known = reasons()
    given = [(each, reason_of(str(each["name"]), known)) for each in survivors]
    head = f"{report['noticed']} of {report['mutants']} noticed: {report['percent']} %.\n"
    return "\n".join((HEAD, head, *_counts([reason for _, reason in given]), *_lists(given)))


def _counts(given: Sequence[str]) -> Iterator[str]:
    yield "| survivors | why |"
    yield "|---|---|"
    for reason in sorted(set(given), key=lambda each: (-given.count(each), each)):
        yield f"| {given.count(reason)} | {reason} |"
    yield ""


def _lists(given: Sequence[tuple[Mapping[str, object], str]]) -> Iterator[str]:
    for file, found in groupby(given, key=lambda each: str(each[0]["file"])):
        yield f"## {file}\n"
        for each, reason in found:
            what = str(each["name"]).partition(" ")[2].replace("`", "'")
            yield f"- {each['line']} `{what}` {reason}"
        yield ""


def main() -> None:
    if len(sys.argv) > 1:
        text = Path(sys.argv[1]).read_text("utf-8")
    else:
        command = [sys.executable, "-c", "from engine.cli import script; script()", "test", "--mutate", "--json"]
        text = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    report = json.loads(text)
    PAGE.write_text(page(report, report["survivors"]), "utf-8")


if __name__ == "__main__":
    main()

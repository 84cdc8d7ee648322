"""`pauta replay`: stored cases by the library as it is, counted by rule and item, and what an older one said."""

import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from engine.commands.files import CLEAN, FINDINGS, add_paths, say
from engine.commands.programs import collect_cases, programs, write_line
from engine.commands.replaying import Answer, Bad, Counts, Version
from engine.commands.replaying_apart import processors, replay_apart
from engine.commands.stored_cases import stored_cases

HELP = "count what rules and items come to in stored cases, and tell the cases that differ from an older version"
EVERY = 5.0
"""Seconds between two lines of progress."""


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("cases", metavar="CASES", help="a file of JSON lines or .parquet, or - for standard input")
    add_paths(parser)
    parser.add_argument("--against", metavar="OLD", help="folder of an older library: print the cases that changed")
    parser.add_argument("--rules", action="store_true", help="only rules, no items")
    parser.add_argument(
        "--processes", type=int, metavar="N", help="how many processes share the cases (default: one a processor)"
    )


def run(arguments: Namespace) -> int:
    """Print changed cases and bad lines as they come, then the counts; 1 if a line could not be read."""
    libraries = [arguments.paths, *([[arguments.against]] if arguments.against else [])]
    versions = tuple(Version(programs(paths), items=not arguments.rules) for paths in libraries)
    collect_cases()
    tally = Tally(arguments.json)
    for each in replay_apart(stored_cases(arguments.cases), versions, arguments.processes or processors()):
        tally.add(each)
    tally.end()
    if arguments.json:
        write_line(summary_json(tally, versions))
    else:
        _print(tally, versions)
    return FINDINGS if tally.bad else CLEAN


@dataclass(slots=True)
class Tally:
    """Prints what is to be told of single cases, and how far it is on standard error."""

    as_json: bool
    cases: int = 0
    bad: int = 0
    changed: int = 0
    begun: float = field(default_factory=time.monotonic)
    told: float = field(default_factory=time.monotonic)

    def add(self, each: Answer | Bad) -> None:
        """Count a case or a bad line, and print it if it changed or is bad."""
        self.cases += 1
        if isinstance(each, Bad):
            self.bad += 1
            self._write_bad(each)
        elif changes := each.changes():
            self.changed += 1
            self._write_changed(each, changes)
        now = time.monotonic()
        if now - self.told >= EVERY:
            self.told = now
            self._tell("so far")

    def end(self) -> None:
        """Tell how many there were and how long it took."""
        self._tell("in all")

    def _tell(self, when: str) -> None:
        spent = max(time.monotonic() - self.begun, 0.001)
        sys.stderr.write(
            f"{self.cases} cases {when}, {self.bad} bad, {spent:.0f} s, {self.cases / spent:.0f} a second\n"
        )
        sys.stderr.flush()

    def _write_bad(self, bad: Bad) -> None:
        problem = bad.problem
        if self.as_json:
            error = {
                "code": problem.code,
                "message": problem.message,
                **({"hint": problem.hint} if problem.hint else {}),
            }
            write_line({"line": bad.line, "id": bad.id, "error": error})
        else:
            name = "" if bad.id is None else f" {bad.id}"
            say(f"line {bad.line}{name}: {problem.code} {problem.message}")

    def _write_changed(self, answer: Answer, changes: Mapping[str, Mapping[str, list[str | None]]]) -> None:
        if self.as_json:
            write_line({"line": answer.line, "id": answer.id, "changed": changes})
            return
        say(f"line {answer.line}{'' if answer.id is None else f' {answer.id}'} changed:")
        for found in changes.values():
            for name, (before, after) in found.items():
                say(f"    {name}: {before or 'absent'} -> {after or 'absent'}")


def summary_json(tally: Tally, versions: tuple[Version, ...]) -> dict[str, object]:
    """Return the counts as JSON (docs/reference/evaluation-json.md)."""
    found: dict[str, object] = {"cases": tally.cases, "bad": tally.bad, **_counts_json(versions[0].counts)}
    if len(versions) > 1:
        found |= {"changed": tally.changed, "before": _counts_json(versions[1].counts)}
    return {"summary": found}


def _counts_json(counts: Counts) -> dict[str, object]:
    return {"rules": dict(sorted(counts.rules.items())), "items": dict(sorted(counts.items.items()))}


def _print(tally: Tally, versions: tuple[Version, ...]) -> None:
    kinds = [("rule", [each.counts.rules for each in versions])]
    if versions[0].items:
        kinds.append(("item", [each.counts.items for each in versions]))
    for title, counted in kinds:
        say()
        for line in _table(title, counted):
            say(line)
    changed = f", {tally.changed} changed" if len(versions) > 1 else ""
    say(f"\n{tally.cases} cases, {tally.bad} that could not be read{changed}")


def _table(title: str, counted: Sequence[Mapping[str, Mapping[str, int]]]) -> list[str]:
    """Return a table of counts; with an older version its count stands before an arrow where it differs."""
    names = sorted({name for each in counted for name in each})
    words = list(next((each for known in counted for each in known.values()), {}))
    rows = [[name, *(_cell(counted, name, word) for word in words)] for name in names]
    widths = [max(map(len, column)) for column in zip([title, *words], *rows, strict=True)]
    lines = [[title, *words], *rows]
    return [
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(line, widths, strict=True))
        )
        for line in lines
    ]


def _cell(counted: Sequence[Mapping[str, Mapping[str, int]]], name: str, word: str) -> str:
    new, old = (str(each.get(name, {}).get(word, 0)) for each in (counted[0], counted[-1]))
    return new if new == old else f"{old} -> {new}"

"""docs/why/seeded-faults.md: which of in-file tests, checker and prover found which seeded fault."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Protocol

Found = Mapping[str, str]
TOOLS = {"test": "in-file tests", "check": "checker", "prove": "prover"}
COLUMNS = {**TOOLS, "diff": "named by `pauta diff`"}
HEAD = """# Seeded faults

Made by `python -m tools.seeded_faults` from tests/engine/faults. Each fault is a small edit of the shipped files as a
hurried director makes it, written down before any tool was run on it, by somebody who wrote neither prover nor checker
(but knew which statements `invariants.yaml` holds). What found it: `pauta test`, `pauta check` and `pauta prove`. Where
the checker refuses the files, the others are not reached (shown as -). `pauta diff` of the shipped files and the faulty
ones is what a director reads before publishing; it knows what stood there before, so it does not count as found. Of 45
faults the prover was asked only after it had been taught bands, units and questions with this list at hand: what it
finds of those counts now, and not at first sight. The comparison of daily maximums with the limits of rules (`P341`)
was written for a fault of this list that nothing had found: it too counts now, and not at first sight.
"""


class Edit(Protocol):
    @property
    def file(self) -> str: ...


class Fault(Protocol):
    @property
    def name(self) -> str: ...
    @property
    def kind(self) -> str: ...
    @property
    def harm(self) -> str: ...
    @property
    def edits(self) -> Sequence[Edit]: ...


def page(faults: Iterable[Fault], results: Mapping[str, Mapping[str, Found]]) -> str:
    """Return the page: counts at first sight and now, then a row a fault."""
    known = [(fault, results[fault.name]) for fault in faults if fault.name in results]
    return "\n".join((HEAD, *_counts(known), *_table(known), ""))


def _counts(known: Sequence[tuple[Fault, Mapping[str, Found]]]) -> Iterator[str]:
    yield "| | faults | found | " + " | ".join(COLUMNS.values()) + " | by the prover alone |"
    yield "|---|---|---|---|---|---|---|---|"
    for title, key in (("at first sight", "first"), ("now", "now")):
        said = [result[key] for _, result in known]
        found = sum(map(_is_found, said))
        single = sum(bool(each.get("prove")) and not each["test"] and not each["check"] for each in said)
        by = " | ".join(str(sum(bool(each.get(tool)) for each in said)) for tool in COLUMNS)
        yield f"| {title} | {len(known)} | {found} | {by} | {single} |"
    yield ""
    unasked = sum("prove" not in result["now"] for _, result in known)
    waiting = sum("diff" not in result["now"] for _, result in known)
    if waiting:
        yield f"`pauta diff` was not asked about {waiting} of them yet (shown as ?).\n"
    if unasked:
        yield f"The prover was not asked about {unasked} of them yet (shown as ?): the tool goes on where it stopped.\n"


def _table(known: Sequence[tuple[Fault, Mapping[str, Found]]]) -> Iterator[str]:
    yield "| fault | slip | harm | file | " + " | ".join(COLUMNS.values()) + " | |"
    yield "|---|---|---|---|---|---|---|---|---|"
    for fault, result in known:
        files = "<br>".join(dict.fromkeys(_short(edit.file) for edit in fault.edits))
        cells = " | ".join(_cell(result["now"], tool) for tool in COLUMNS)
        first, now = _is_found(result["first"]), _is_found(result["now"])
        note = "" if first else "not at first sight" if now else "**not found**"
        yield f"| {fault.name} | {fault.kind} | {fault.harm} | {files} | {cells} | {note} |"


def _is_found(said: Found) -> bool:
    """Return whether a tool objects to the files as they are."""
    return any(said.get(tool) for tool in TOOLS)


def _short(file: str) -> str:
    return file.removesuffix(".yaml").removesuffix("/1.0.0").removesuffix("/1.1.0")


def _cell(now: Found, tool: str) -> str:
    if now["check"] and tool != "check":
        return "-"
    if tool not in now:
        return "?"
    said = now[tool].replace("|", "\\|")
    return said if len(said) <= 150 else f"{said[:150].rstrip()} …"

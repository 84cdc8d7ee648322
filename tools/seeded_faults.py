"""Seeds the faults of tests/engine/faults into the shipped files, one at a time, and notes what finds each.

    python -m tools.seeded_faults            those without a result yet (a run that was broken off goes on)
    python -m tools.seeded_faults --again    all anew; what was found at first sight is kept
    python -m tools.seeded_faults NAME ...   these anew

Writes tests/engine/faults/found.json and docs/why/seeded-faults.md. The shipped files are never touched.
"""

import json
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import yaml

from engine.analysis.conditions import encoder_of
from engine.analysis.differences import Compared, compare
from engine.analysis.invariants import Verdict, prove
from engine.analysis.items import Plans
from engine.analysis.rules import Finding, findings
from engine.analysis.search import Search
from engine.commands.diff import sharing
from engine.compiler import Program, compile_edition
from engine.examples import run as run_examples
from engine.language.documents import Edition
from engine.language.forms_base import Form
from engine.language.library import check_library, edition, read_version
from engine.mutation.baseline import baseline
from tools.seeded_faults_page import page

ROOT = Path(__file__).resolve().parent.parent
LIBRARY = ROOT / "protocols_yaml"
FAULTS = ROOT / "tests/engine/faults/library.yaml"
FOUND = ROOT / "tests/engine/faults/found.json"
PAGE = ROOT / "docs/why/seeded-faults.md"

Found = dict[str, str]  # check, test, prove, diff -> the first thing it said; "" if it said nothing


@dataclass(frozen=True, slots=True)
class Edit:
    file: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Fault:
    """One slip: what kind it is, whom it harms, and the edits that make it."""

    name: str
    kind: str
    harm: str
    edits: tuple[Edit, ...]


def faults() -> list[Fault]:
    """Return the faults of the data file, in its order."""
    read = yaml.safe_load(FAULTS.read_text("utf-8"))["faults"]
    return [
        Fault(each["name"], each["kind"], each["harm"], tuple(Edit(**edit) for edit in each["edits"])) for each in read
    ]


def shipped() -> dict[str, str]:
    """Return the shipped files: path -> text."""
    return {path.relative_to(LIBRARY).as_posix(): path.read_text("utf-8") for path in sorted(LIBRARY.rglob("*.yaml"))}


def seeded(fault: Fault, files: Mapping[str, str]) -> dict[str, str]:
    """Return the files with a fault in them; raise ValueError if a text it changes does not stand there once."""
    changed = dict(files)
    for edit in fault.edits:
        if changed[edit.file].count(edit.old) != 1:
            raise ValueError(f"{fault.name}: its text does not stand once in {edit.file}: {edit.old!r}")
        changed[edit.file] = changed[edit.file].replace(edit.old, edit.new)
    return changed


def look(files: Mapping[str, str], first: list[str]) -> Found:
    """Return what checker and in-file tests say of these files; ``first``: the documents tried first.

    The prover takes longer and is asked afterwards, where the checker lets the files pass.
    """
    library, problems = check_library(files)
    if library is None:
        return {"check": f"{problems[0].code} {problems[0].message}", "test": "", "prove": ""}
    return {"check": "", "test": _test(edition(library, include_drafts=True), first)}


def _test(chosen: Edition, first: list[str]) -> str:
    """Return the first in-file test that fails: of the changed files, and of those that read them.

    Of files that everybody reads, such as the formulary, every test is run.
    """
    program = compile_edition(chosen)
    for document in _concerned(program, first):
        for result in run_examples(program, chosen, [document]).results:
            if not result.passed:
                return f"{document.partition(':')[2]}: {result.name}"
    return ""


def _concerned(program: Program, first: list[str]) -> list[str]:
    """Return the documents whose tests are run, the changed ones first."""
    chosen = program.edition
    every = [*(f"score:{name}" for name in chosen.scores), *(f"protocol:{name}" for name in chosen.protocols)]
    if not first:
        return every
    resting = baseline(program).resting
    changed = {name.partition(":")[2] for name in first}
    own = [name for name in resting if name.removeprefix("rule:").removeprefix("score:").partition(".")[0] in changed]
    reached = {above for name in own for above in resting[name] if above.startswith("rule:")}
    readers = {f"protocol:{name[5:].partition('.')[0]}" for name in reached}
    return [*first, *sorted(readers - set(first))]


@dataclass(slots=True)
class Shipped:
    """The shipped files, read once: what is the same in faulty ones is not read again."""

    files: Mapping[str, str]
    forms: dict[str, Form]
    program: Program

    @staticmethod
    def read(files: Mapping[str, str]) -> "Shipped":
        forms: dict[str, Form] = {}
        return Shipped(files, forms, compile_edition(edition(read_version(files, forms))))

    def other(self, files: Mapping[str, str]) -> Program:
        """Return the program of other files."""
        same = {file: form for file, form in self.forms.items() if files.get(file) == self.files[file]}
        return compile_edition(sharing(edition(read_version(files, same)), self.program.edition))

    def proved(self, files: Mapping[str, str]) -> str:
        """Return what `pauta prove` refutes, cannot prove or finds on rules."""
        search = Search(Plans(encoder_of(self.other(files))))
        stated = search.plans.encoder.program.edition.invariants
        return "; ".join(_said([prove(each, search) for each in stated], findings(search)))

    def compared(self, files: Mapping[str, str]) -> str:
        """Return what `pauta diff` says of the shipped files and these."""
        return "; ".join(_differing(compare(self.program, self.other(files))))


def _differing(found: Compared) -> Iterator[str]:
    yield from (f"{each.code} {each.old} -> {each.new}" for each in found.differences)
    yield from (f"{name} means something else" for name in sorted(found.changed.apart))
    yield from (name if " fresh " in name else f"{name} differs" for name in found.changed.aside)
    yield from (f"{code} not decided" for code, _ in found.undecided)


def _said(verdicts: Iterable[Verdict], rules: Iterable[Finding]) -> Iterator[str]:
    yield from (f"{each.invariant.name} {each.found}" for each in verdicts if not each.holds)
    for each in rules:
        yield f"{each.rule} {each.kind}" + (f" ({each.other})" if each.other else "")


def documents_of(fault: Fault) -> list[str]:
    """Return the documents that a fault changes, as `pauta test` names them; none if it changes what all read."""
    parts = [edit.file.split("/") for edit in fault.edits]
    if any(kind not in {"protocols", "scores"} for kind, *_ in parts):
        return []
    return [f"{kind.removesuffix('s')}:{name}" for kind, name, *_ in parts]


def results() -> dict[str, dict[str, Found]]:
    """Return the stored results: fault -> ``first`` and ``now`` -> what each of the three said."""
    return json.loads(FOUND.read_text("utf-8")) if FOUND.exists() else {}


def main() -> None:
    parser = ArgumentParser(description="What finds the seeded faults?")
    parser.add_argument("names", nargs="*")
    parser.add_argument("--again", action="store_true")
    arguments = parser.parse_args()
    known, every = results(), faults()
    asked = [each for each in every if not arguments.names or each.name in arguments.names]
    anew = {each.name for each in asked if arguments.again or arguments.names or each.name not in known}
    run = Run(Shipped.read(shipped()), known, frozenset(name for name in known if _asked_again(known[name])))
    run.over([each for each in asked if each.name in anew], "checker and in-file tests", run.look)
    for key, what, step in (("prove", "prover", run.prove), ("diff", "pauta diff", run.compare)):
        waiting = [each for each in asked if key not in known[each.name]["now"]]
        run.over(sorted(waiting, key=lambda each: bool(known[each.name]["now"]["test"])), what, step)
    PAGE.write_text(page(every, known), "utf-8")


def _asked_again(known: Mapping[str, Found]) -> bool:
    """Return whether a tool was asked after the first sight: what it finds counts now only."""
    return set(known["first"]) != set(known["now"])


@dataclass(slots=True)
class Run:
    """The shipped files, and the results so far: kept after each step, so that a run broken off goes on."""

    shipped: Shipped
    known: dict[str, dict[str, Found]]
    settled: frozenset[str]  # faults whose results at first sight nothing is added to

    def over(self, chosen: Sequence[Fault], what: str, step: Callable[[Fault], None]) -> None:
        """Take a step with each fault, saying how far it is."""
        for count, fault in enumerate(chosen, start=1):
            step(fault)
            FOUND.write_text(json.dumps(self.known, indent=1, sort_keys=True, ensure_ascii=False) + "\n", "utf-8")
            by = ", ".join(tool for tool, said in self.known[fault.name]["now"].items() if said) or "nobody yet"
            sys.stdout.write(f"{what}: {count} of {len(chosen)}, {fault.name}: {by}\n")
            sys.stdout.flush()

    def look(self, fault: Fault) -> None:
        """Ask checker and in-file tests."""
        self._keep(fault, look(seeded(fault, self.shipped.files), documents_of(fault)))

    def prove(self, fault: Fault) -> None:
        """Ask the prover."""
        said = "" if self.known[fault.name]["now"]["check"] else self.shipped.proved(seeded(fault, self.shipped.files))
        self._keep(fault, {**self.known[fault.name]["now"], "prove": said})

    def compare(self, fault: Fault) -> None:
        """Ask how the files differ from the shipped ones, where the checker lets them pass."""
        said = (
            "" if self.known[fault.name]["now"]["check"] else self.shipped.compared(seeded(fault, self.shipped.files))
        )
        self._keep(fault, {**self.known[fault.name]["now"], "diff": said})

    def _keep(self, fault: Fault, now: Found) -> None:
        first = self.known.get(fault.name, {}).get("first", {})
        first = first if fault.name in self.settled else {**now, **first}
        self.known[fault.name] = {"first": first, "now": now}


if __name__ == "__main__":
    main()

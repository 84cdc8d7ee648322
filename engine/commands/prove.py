"""`pauta prove`: what holds for all possible patients, and for whom it does not."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from engine.analysis.conditions import encoder_of
from engine.analysis.invariants import Verdict, prove
from engine.analysis.items import Plans
from engine.analysis.rules import Finding, findings
from engine.analysis.search import Search
from engine.analysis.witness import Witness
from engine.codes import CODES
from engine.commands.files import CLEAN, FINDINGS, Files, add_paths, load, say, say_json
from engine.compiler import Program, compile_edition
from engine.errors import PautaError, Place
from engine.language.documents import Invariant
from engine.language.library import edition, read_library
from engine.language.spelling import nearest

HELP = "prove the invariants for all possible patients, and find rules that can never fire or contradict each other"
_CODES = {
    "never": "P330", "always": "P331", "hidden": "P332", "opposed": "P333", "silenced": "P334", "doses": "P335",
    "undecided": "P336", "gap": "P337", "overlap": "P338", "beyond": "P339", "units": "P340",
    "most": "P341", "late": "P342",
}  # fmt: skip
_SAYS = {
    "never": "can never fire: no patient meets its condition",
    "always": "fires for everybody, whatever is recorded",
    "hidden": "can never be proposed: whoever meets its condition has it silenced by {other}",
    "opposed": "may be proposed together with {other}, which says the opposite",
    "silenced": "is a red flag, and nothing of it stands in the plan of this patient",
    "doses": "gives a dose of the same item as {other}, and nobody can tell which is more",
    "gap": "leaves a gap to {other}: nothing is said there of this patient",
    "overlap": "meets {other}: both are said there of this patient",
    "beyond": "is compared with {other}",
    "units": "is measured in two ways that contradict each other: {other}",
    "most": "may be given more of than rules let pass: {other}",
    "late": "tells this patient {other}",
    "undecided": "not decided: {other}",
}


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_paths(parser)
    parser.add_argument("--only", metavar="NAME", action="append", help="prove this invariant alone; may be repeated")
    parser.add_argument("--progress", action="store_true", help="say how far it is, as on a terminal")


def run(arguments: Namespace) -> int:
    """Prove what the library states, print each with its patient if it does not hold; 1 if anything does not."""
    files = load(arguments.paths)
    program = compile_edition(edition(read_library(files.texts)))
    search = Search(Plans(encoder_of(program)))
    chosen = _chosen(program, arguments.only or ())
    told = arguments.progress or sys.stderr.isatty()
    verdicts = list(_with_progress((prove(each, search) for each in chosen), len(chosen), told=told))
    rules = [] if arguments.only else list(findings(search))
    if arguments.json:
        say_json(_json(verdicts, rules))
    else:
        _print(files, verdicts, rules)
    return CLEAN if all(each.holds for each in verdicts) and not rules else FINDINGS


def _chosen(program: Program, names: Sequence[str]) -> list[Invariant]:
    """Return the invariants to prove: all, or those named; raise PautaError for a name that none bears."""
    known = {each.name: each for each in program.edition.invariants}
    for name in names:
        if name not in known:
            hint = nearest(name, known) or f"Stated are: {', '.join(known)}."
            raise PautaError("P314", f'no invariant is called "{name}"', hint)
    return [known[name] for name in names or known]


def _with_progress(verdicts: Iterable[Verdict], number: int, *, told: bool) -> Iterator[Verdict]:
    """Yield the verdicts, counting them if anybody wants to be told: nobody waits before a silent screen."""
    for count, verdict in enumerate(verdicts, start=1):
        if told:
            last = "; now the rules\n" if count == number else ""
            sys.stderr.write(f"\r{count} of {number} invariants{last}")
            sys.stderr.flush()
        yield verdict


def _print(files: Files, verdicts: list[Verdict], rules: list[Finding]) -> None:
    for verdict in verdicts:
        place = files.shown(replace(verdict.invariant.place, column=1))
        if not verdict.holds or verdict.empty:
            say(f"{place}: {verdict.invariant.name}: {_verdict(verdict)}")
            patient(verdict.witness)
    for finding in rules:
        place, code = files.shown(finding.place), _CODES[finding.kind]
        say(f"{place}: {code} {finding.rule}: {_SAYS[finding.kind].format(other=finding.other)}")
        say(f"    {CODES[code].what_to_do}")
        patient(finding.witness)
    proved = sum(verdict.holds for verdict in verdicts)
    say(f"{proved} of {len(verdicts)} invariants proved for all possible patients; findings on rules: {len(rules)}")
    say("(of patients whose free text says no more than their answers do)")


def _verdict(verdict: Verdict) -> str:
    if verdict.found == "refuted":
        return "does not hold for this patient:"
    if verdict.found == "open":
        return f"not proved: {verdict.why}"
    if verdict.empty == "nobody":
        return "holds because its condition can be true of nobody: does it say what is meant?"
    return "holds because no rule proposes what it names"


def patient(witness: Witness | None) -> None:
    """Print a patient as the `given` of a test."""
    if witness is None:
        return
    for name, value in witness.given.items():
        say(f"    {name}: {_value(value)}")
    say("    (what is not named is unknown)")


def _value(value: object) -> str:
    if not isinstance(value, list):
        return str(value)
    return f"[{', '.join(_value_of(entry) for entry in value)}]"


def _value_of(entry: object) -> str:
    if not isinstance(entry, Mapping):
        return str(entry)
    said = ", ".join(f"{key}: {'null' if value is None else value}" for key, value in entry.items())
    return f"{{{said}}}"


def _json(verdicts: list[Verdict], rules: list[Finding]) -> dict[str, object]:
    return {
        "invariants": [
            {
                "name": each.invariant.name,
                "result": each.found,
                "empty": each.empty,
                "why": each.why,
                "witness": None if each.witness is None else dict(each.witness.given),
                **_place(each.invariant.place),
            }
            for each in verdicts
        ],
        "rules": [
            {
                "kind": each.kind,
                "rule": each.rule,
                "other": each.other,
                "code": _CODES[each.kind],
                "hint": CODES[_CODES[each.kind]].what_to_do,
                "witness": None if each.witness is None else dict(each.witness.given),
                **_place(each.place),
            }
            for each in rules
        ],
    }


def _place(place: Place) -> dict[str, object]:
    return {"file": place.file, "line": place.line}

"""`pauta diff`: for whom two versions of the protocols give different plans."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from engine.analysis.differences import MOST, Compared, Difference, compare
from engine.commands.files import CLEAN, FINDINGS, Files, load, say, say_json
from engine.commands.prove import patient
from engine.compiler import Program, compile_edition
from engine.language.documents import Edition
from engine.language.library import edition, read_versions

HELP = "show for which patients two versions of the protocols give different plans, or that there are none"
_SAYS = {
    "state": "{old} before, {new} now, for this patient:",
    "open": "{old} before, {new} now, for this patient; it is given to nobody more or less:",
    "urgency": "urgency {old} before, {new} now, for this patient:",
    "dose": "dose before: {old}; now: {new}; for this patient:",
    "days": "days before: {old}; now: {new}; for this patient:",
}


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("old", metavar="OLD", help="the version before: a folder, or one file")
    parser.add_argument("new", metavar="NEW", help="the version now: a folder, or the file that takes its place")
    parser.add_argument(
        "--all", action="store_true", help=f"look into every item, of a change that reaches over {MOST}"
    )
    parser.add_argument("--progress", action="store_true", help="say how far it is, as on a terminal")


def run(arguments: Namespace) -> int:
    """Compare two versions for all possible patients; 1 if they differ, or if that was not decided."""
    before, after = _texts(Path(arguments.old), Path(arguments.new))
    told = _told if arguments.progress or sys.stderr.isatty() else _silent
    found = compare(*programs(before, after), most=None if arguments.all else MOST, told=told)
    if arguments.json:
        say_json(_json(found))
    else:
        _print(found)
    return CLEAN if found.equivalent else FINDINGS


def _told(count: int, number: int) -> None:
    sys.stderr.write(f"\r{count} of {number} items" + "\n" * (count == number))
    sys.stderr.flush()


def _silent(count: int, number: int) -> None:
    """Say nothing: nobody looks on."""


def _texts(old: Path, new: Path) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Return the texts of both versions; of two files each stands in the library of the first, without the other."""
    before, after = load([str(old)]), load([str(new)])
    if old.is_dir() or new.is_dir():
        return before.texts, after.texts
    own, other = _only(before), _only(after)
    rest = {name: text for name, text in before.texts.items() if not _is_version_of(name, own)}
    return {**rest, own: before.texts[own]}, {**rest, _place(own, other): after.texts[other]}


def _only(files: Files) -> str:
    return next(iter(files.chosen))


def _is_version_of(name: str, own: str) -> bool:
    """Return whether a file is a version of the same document: versions share a folder of their own."""
    folders = Path(own).parent
    return name == own or (len(folders.parts) > 1 and Path(name).parent == folders)


def _place(own: str, other: str) -> str:
    """Return where the new file stands in the library of the old one."""
    return own if Path(other).name == Path(own).name else str(Path(own).with_name(Path(other).name))


def programs(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[Program, Program]:
    """Return two versions of a library, compiled; what both have in common is worked out once."""
    old, new = map(edition, read_versions(before, after))
    first = compile_edition(old)
    return first, first if before == after else compile_edition(sharing(new, old))


def sharing(new: Edition, old: Edition) -> Edition:
    """Return an edition with the scores of another where they are the same: those are compiled already."""
    if new.vocabulary != old.vocabulary:
        return new
    scores = {name: old.scores[name] if old.scores.get(name) == score else score for name, score in new.scores.items()}
    return replace(new, vocabulary=old.vocabulary, scores=scores)


def _print(found: Compared) -> None:
    what = found.changed
    for words, facts in (("only before", what.old_facts), ("only now", what.new_facts)):
        if facts:
            say(f"facts {words}: {', '.join(facts)}")
    apart = sorted(what.apart)
    if apart:
        say(f"meaning something else now: {', '.join(apart)}")
    if what.aside:
        say(f"told apart, not compared: {', '.join(what.aside)}")
    for each in found.differences:
        say(f"{each.code}: {_SAYS[each.aspect].format(old=each.old, new=each.new)}")
        patient(each.witness)
    for code, why in found.undecided:
        say(f"{code}: not decided: {why}")
    say(_summary(found))


def _summary(found: Compared) -> str:
    if found.equivalent:
        return "equivalent: the same items, urgencies and doses for all patients whose answers are current"
    given = sum(each.aspect != "open" for each in found.differences)
    quiet = len(found.differences) - given
    return f"{given} differences in plans, {quiet} in what is open or held only; not decided: {len(found.undecided)}"


def _json(found: Compared) -> dict[str, object]:
    what = found.changed
    return {
        "equivalent": found.equivalent,
        "differences": [_difference(each) for each in found.differences if each.aspect != "open"],
        "open": [_difference(each) for each in found.differences if each.aspect == "open"],
        "undecided": [{"code": code, "why": why} for code, why in found.undecided],
        "facts": {"old": list(what.old_facts), "new": list(what.new_facts), "changed": sorted(what.apart)},
        "aside": list(what.aside),
    }


def _difference(found: Difference) -> dict[str, object]:
    return {
        "code": found.code,
        "aspect": found.aspect,
        "old": found.old,
        "new": found.new,
        "witness": dict(found.witness.given),
    }

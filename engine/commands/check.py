"""`pauta check`: every problem of every file, at its line, with a hint."""

from argparse import ArgumentParser, Namespace
from dataclasses import replace

from engine.commands.files import CLEAN, FINDINGS, Files, add_paths, load, problem_json, say, say_json
from engine.errors import Problem
from engine.language.library import problems_of

HELP = "check the protocol files and print every problem with its line"


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_paths(parser)


def run(arguments: Namespace) -> int:
    """Check the library and print what was found; 1 if there is anything to mend."""
    files = load(arguments.paths)
    problems, found_notes = problems_of(files.texts)
    notes = [replace(each, place=files.shown(each.place)) for each in found_notes]
    mine = [replace(found, place=files.shown(found.place)) for found in problems if found.place.file in files.chosen]
    elsewhere = len(problems) - len(mine)
    if arguments.json:
        say_json(
            {
                "ok": not problems,
                "files": len(files.chosen),
                "problems": [problem_json(found) for found in mine],
                "notes": [problem_json(each) for each in notes],
            }
        )
    else:
        for note in notes:
            say(str(note))
        _report(files, mine, elsewhere)
    return FINDINGS if problems else CLEAN


def _report(files: Files, problems: list[Problem], elsewhere: int) -> None:
    for problem in problems:
        say(str(problem))
    if problems:
        say()
    say(f"{_count(len(files.chosen), 'file')} checked: {_count(len(problems), 'problem')}")
    if elsewhere:
        say(f"{_count(elsewhere, 'problem')} in other files of the library: run `pauta check {files.root}`")


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"

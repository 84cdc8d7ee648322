"""`pauta test`: the tests that live in protocol and score files, and the rules they never tried both ways."""

from argparse import ArgumentParser, Namespace
from pathlib import PurePosixPath

from engine.commands import mutating
from engine.commands.files import CLEAN, FINDINGS, Files, add_paths, load, say
from engine.commands.programs import write_line
from engine.compiler import compile_edition
from engine.conditions_seen import WORDS, Seen
from engine.examples import Coverage, Report, Result
from engine.examples import run as run_examples
from engine.language.documents import Edition
from engine.language.library import edition, read_library

HELP = "run the tests that live in the protocol and score files"


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    add_paths(parser)
    parser.add_argument("--conditions", action="store_true", help="print those no test saw true, false or unknown")
    mutating.configure(parser)


def run(arguments: Namespace) -> int:
    """Run the tests of the files named; 1 if one fails. Drafts are tested too."""
    files = load(arguments.paths)
    chosen = edition(read_library(files.texts), include_drafts=True)
    program, documents = compile_edition(chosen), _documents(files, chosen)
    if arguments.mutate:
        return mutating.mutate(arguments, program, documents, files)
    report = run_examples(program, chosen, documents)
    if arguments.json:
        write_line(report_json(report, files))
    else:
        _print(report, files)
        _print_conditions(report, files, each=arguments.conditions)
    return CLEAN if report.passed else FINDINGS


def _documents(files: Files, chosen: Edition) -> list[str]:
    """Return the documents whose file was named."""
    documents = [(f"protocol:{name}", found.place.file) for name, found in chosen.protocols.items()]
    documents += [(f"score:{name}", found.place.file) for name, found in chosen.scores.items()]
    return [name for name, file in documents if str(PurePosixPath(file)) in files.chosen]


def report_json(report: Report, files: Files) -> dict[str, object]:
    """Return the report as JSON (docs/reference/evaluation-json.md)."""
    return {
        "passed": report.passed,
        "tests": [_result(result, files) for result in report.results],
        "coverage": [_coverage(each) for each in report.coverage],
        "conditions": [_condition(each, files) for each in report.conditions],
    }


def _result(result: Result, files: Files) -> dict[str, object]:
    place = files.shown(result.place)
    return {
        "document": result.document,
        "name": result.name,
        "passed": result.passed,
        "failures": list(result.failures),
        "file": place.file,
        "line": place.line,
    }


def _coverage(each: Coverage) -> dict[str, object]:
    return {"rule": each.rule, "fired": each.fired, "not_fired": each.not_fired}


def _condition(each: Seen, files: Files) -> dict[str, object]:
    place = files.shown(each.place)
    truths = {word: found in each.truths for found, word in WORDS.items()}
    return {"condition": each.condition, "file": place.file, "line": place.line, **truths}


def _print(report: Report, files: Files) -> None:
    for result in report.results:
        if not result.passed:
            say(f'{files.shown(result.place)}: {result.document} "{result.name}"')
            for failure in result.failures:
                say(f"    {failure}")
    for each in report.untried:
        lacks = [word for word, seen in (("fires", each.fired), ("does not fire", each.not_fired)) if not seen]
        say(f"no test in which {each.rule} {' or in which it '.join(lacks)}")
    failed = sum(not result.passed for result in report.results)
    tried = len(report.coverage) - len(report.untried)
    say(f"{len(report.results)} tests: {failed} failed; {tried} of {len(report.coverage)} rules tried both ways")


def _print_conditions(report: Report, files: Files, *, each: bool) -> None:
    """Print how many conditions the tests saw each way, and if wanted the others by line."""
    lacking = sorted((one for one in report.conditions if one.never), key=lambda one: (one.place.file, one.place.line))
    for one in lacking if each else ():
        say(f"{files.shown(one.place)}: {one.condition} was never {' or '.join(one.never)}")
    seen = len(report.conditions) - len(lacking)
    if report.conditions:
        say(f"{seen} of {len(report.conditions)} conditions seen true, false and unknown")

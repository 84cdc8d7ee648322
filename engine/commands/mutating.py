"""`pauta test --mutate`: which small faults in the files named no in-file test would notice."""

import os
import sys
from argparse import ArgumentParser, Namespace

from engine.commands.files import CLEAN, FINDINGS, Files, say, say_json
from engine.compiler import Program
from engine.errors import PautaError
from engine.mutation.baseline import baseline
from engine.mutation.mutants import mutants
from engine.mutation.running import Outcome, run


def configure(parser: ArgumentParser) -> None:
    """Add what `pauta test` takes for mutants."""
    parser.add_argument("--mutate", action="store_true", help="put small faults in and print those no test notices")
    parser.add_argument(
        "--at-least", metavar="PERCENT", type=float, help="with --mutate: exit with 1 if fewer mutants are noticed"
    )


def mutate(arguments: Namespace, program: Program, documents: list[str], files: Files) -> int:
    """Mutate the documents, print the survivors; 1 only if fewer were noticed than ``--at-least`` says."""
    if not 0 <= (arguments.at_least or 0) <= 100:
        raise PautaError("P020", "--at-least is a share of the mutants", "Write a number from 0 to 100.")
    found = mutants(program, frozenset(documents))
    outcomes = run(baseline(program), found, os.cpu_count() or 1, _progress)
    survivors = [each for each in outcomes if each.noticed is None]
    share = 100 * (len(outcomes) - len(survivors)) / len(outcomes) if outcomes else 100.0
    if arguments.json:
        say_json(_json(outcomes, share, files))
    else:
        for each in survivors:
            place = files.shown(each.mutant.place)
            say(f"{place.file}:{place.line}: {each.mutant.kind}: {each.mutant.name.partition(' ')[2]}")
        say(f"{len(outcomes) - len(survivors)} of {len(outcomes)} mutants noticed ({share:.1f} %)")
    return FINDINGS if share < (arguments.at_least or 0) else CLEAN


def _progress(done: int, number: int) -> None:
    """Count the mutants on a terminal: nobody waits before a silent screen."""
    if sys.stderr.isatty():
        sys.stderr.write(f"\r{done} of {number} mutants" + ("\n" if done == number else ""))
        sys.stderr.flush()


def _json(outcomes: list[Outcome], share: float, files: Files) -> dict[str, object]:
    return {
        "mutants": len(outcomes),
        "noticed": sum(each.noticed is not None for each in outcomes),
        "percent": round(share, 1),
        "survivors": [_survivor(each, files) for each in outcomes if each.noticed is None],
    }


def _survivor(outcome: Outcome, files: Files) -> dict[str, object]:
    mutant = outcome.mutant
    place = files.shown(mutant.place)
    return {
        "document": mutant.document,
        "name": mutant.name,
        "kind": mutant.kind,
        "file": place.file,
        "line": place.line,
        "what": mutant.what,
    }

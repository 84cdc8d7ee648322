"""`pauta`: check, evaluate and explain protocols from the command line. Needs no database."""

import gc
import os
import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from importlib import import_module

from engine.commands.files import FINDINGS, USAGE, say
from engine.commands.reference import manual
from engine.errors import LibraryError, PautaError

# A command is a module of engine.commands with HELP, configure(parser) and run(arguments) -> exit code.
COMMANDS = ("check", "test", "evaluate", "score", "explain", "prove", "diff", "replay", "schema")
DESCRIPTION = "Clinical protocols as text: checked, tested, evaluated. Exit code 0: clean, 1: findings, 2: usage."


def script() -> None:
    """Run one command as a process of its own, and end the process.

    A library is some hundred thousand objects that live until the end: looking for garbage among them, and taking
    them apart before leaving, costs more than a third of `pauta check`.
    """
    gc.disable()
    code = main()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 clean, 1 findings or a failed line, 2 usage."""
    words = sys.argv[1:] if argv is None else argv
    try:
        arguments = command_parser(words[0] if words else None).parse_args(words)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    run: Callable[[Namespace], int] = arguments.run
    try:
        return run(arguments)
    except LibraryError as error:
        return _fail([str(problem) for problem in error.problems], FINDINGS)
    except PautaError as error:
        return _fail([str(error), *([f"    {error.hint}"] if error.hint else [])], USAGE)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        return FINDINGS


def command_parser(only: str | None = None) -> ArgumentParser:
    """Return the parser of `pauta` with every command, or with one alone if ``only`` is its name."""
    parser = ArgumentParser(prog="pauta", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name in (only,) if only in COMMANDS else COMMANDS:
        module = import_module(f"engine.commands.{name}")  # a command pays for the parts that it needs alone
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument("--json", action="store_true", help="print JSON instead of text")
        module.configure(command)
        command.set_defaults(run=module.run)
    return parser


def _fail(lines: Sequence[str], code: int) -> int:
    sys.stderr.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    say(manual(command_parser()).rstrip())

"""`pauta`: check, evaluate and explain protocols from the command line. Needs no database."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from types import ModuleType

from engine.commands import check, evaluate, explain, schema, score, test
from engine.commands.files import FINDINGS, USAGE, say
from engine.commands.reference import manual
from engine.errors import LibraryError, PautaError

# A command is a module of engine.commands with HELP, configure(parser) and run(arguments) -> exit code.
COMMANDS: dict[str, ModuleType] = {
    "check": check, "test": test, "evaluate": evaluate, "score": score, "explain": explain, "schema": schema,
}  # fmt: skip
DESCRIPTION = "Clinical protocols as text: checked, tested, evaluated. Exit code 0: clean, 1: findings, 2: usage."


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code: 0 clean, 1 findings or a failed line, 2 usage."""
    try:
        arguments = command_parser().parse_args(argv)
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else USAGE
    run: Callable[[Namespace], int] = COMMANDS[arguments.command].run
    try:
        return run(arguments)
    except LibraryError as error:
        return _fail([str(problem) for problem in error.problems], FINDINGS)
    except PautaError as error:
        return _fail([str(error), *([f"    {error.hint}"] if error.hint else [])], USAGE)
    except BrokenPipeError:  # the reader of a pipe has seen enough
        sys.stderr.close()
        return FINDINGS


def command_parser() -> ArgumentParser:
    """Return the parser of `pauta` with every command."""
    parser = ArgumentParser(prog="pauta", description=DESCRIPTION)
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, module in COMMANDS.items():
        command = commands.add_parser(name, help=module.HELP, description=module.HELP)
        command.add_argument("--json", action="store_true", help="print JSON instead of text")
        module.configure(command)
    return parser


def _fail(lines: Sequence[str], code: int) -> int:
    sys.stderr.write("\n".join(lines) + "\n")
    return code


if __name__ == "__main__":
    say(manual(command_parser()).rstrip())

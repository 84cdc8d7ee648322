"""The manual page of the command line, made from the parser itself so that the two never differ."""

from argparse import Action, ArgumentParser, _SubParsersAction
from collections.abc import Iterator

HEAD = """# The command line

`make install` puts `.venv/bin/pauta` in place. It needs no database. Made from the parser by
`.venv/bin/python -m engine.cli`; a test holds the two equal.

Exit code 0: clean. 1: findings, a failed test, or a line of input that could not be read (the others are answered).
2: the command was not understood. Held items, incomplete scores and queried values are answers, not failures.
What `--json` prints is in [evaluation-json.md](evaluation-json.md), what a code such as C002 means in
[error-codes.md](error-codes.md).
"""


def manual(parser: ArgumentParser) -> str:
    """Return the page in Markdown: each command with its usage and its arguments."""
    sections = [HEAD, *(_section(name, command) for name, command in commands(parser))]
    return "\n".join(sections)


def commands(parser: ArgumentParser) -> Iterator[tuple[str, ArgumentParser]]:
    """Yield the commands in the order of `pauta --help`."""
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            yield from action.choices.items()


def _section(name: str, parser: ArgumentParser) -> str:
    actions = [action for action in parser._actions if action.dest != "help"]
    words = " ".join(["pauta", name, *(_usage(action) for action in actions)])
    rows = "\n".join(f"| `{_written(action)}` | {action.help} |" for action in actions)
    return f"## {name}\n{parser.description}.\n```\n{words}\n```\n| argument | meaning |\n|---|---|\n{rows}\n"


def _usage(action: Action) -> str:
    optional = bool(action.option_strings) or action.nargs in {"?", "*"}
    word = _written(action) + (" ..." if action.nargs == "*" else "")
    return f"[{word}]" if optional else word


def _written(action: Action) -> str:
    value = "{" + ",".join(map(str, action.choices)) + "}" if action.choices else str(action.metavar or action.dest)
    if not action.option_strings:
        return value
    return action.option_strings[0] if action.nargs == 0 else f"{action.option_strings[0]} {value}"

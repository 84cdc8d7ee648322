"""`pauta schema`: the JSON Schema of the authored files, for editors; and the page of error codes."""

import json
from argparse import ArgumentParser, Namespace

from engine.codes import manual
from engine.commands.files import CLEAN, say
from engine.language.forms import FORMS
from engine.language.schema import json_schema

HELP = "print the JSON Schema of the protocol files, for editors"


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("kind", nargs="?", choices=sorted(FORMS), help="one kind of file only")
    parser.add_argument("--error-codes", action="store_true", help="print the manual page of error codes instead")


def run(arguments: Namespace) -> int:
    """Print the schema; it is JSON with or without --json."""
    if arguments.error_codes:
        say(manual().rstrip())
        return CLEAN
    schema = json_schema(arguments.kind)
    say(json.dumps(schema, ensure_ascii=False) if arguments.json else json.dumps(schema, ensure_ascii=False, indent=2))
    return CLEAN

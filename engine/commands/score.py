"""`pauta score`: one score by its inputs, or a score a line from standard input."""

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Mapping

from engine.commands.files import CLEAN, FINDINGS, add_paths, say
from engine.commands.programs import answer, error_text, programs, texts, write_line
from engine.compiler import Program
from engine.errors import CaseError
from engine.evaluator import score, score_json

HELP = "calculate a score from its inputs, read as JSON from standard input"
Reply = Callable[[dict[str, object]], dict[str, object]]


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("name", metavar="NAME", help="the score, or - if each line names its own")
    add_paths(parser)


def run(arguments: Namespace) -> int:
    """Print a result per line; 1 if a line could not be read. Incomplete and query are answers, not failures."""
    program = programs(arguments.paths).at(None)
    reply = _named(program) if arguments.name == "-" else _one(program, arguments.name)
    clean = True
    for line in texts("-"):
        result, good = answer(line, reply)
        if arguments.json:
            write_line(result)
        else:
            say(_text(result))
        clean = clean and good
    return CLEAN if clean else FINDINGS


def _one(program: Program, name: str) -> Reply:
    def reply(raw: dict[str, object]) -> dict[str, object]:
        inputs = {key: value for key, value in raw.items() if key != "id"}
        return {"id": raw.get("id"), **score_json(score(program, name, inputs))}

    return reply


def _named(program: Program) -> Reply:
    def reply(raw: dict[str, object]) -> dict[str, object]:
        name, inputs = raw.get("score"), raw.get("inputs")
        if not isinstance(name, str) or not isinstance(inputs, Mapping):
            hint = 'Write {"id": ..., "score": NAME, "inputs": {...}}.'
            raise CaseError("C010", "a line names a score and its inputs", hint)
        return {"id": raw.get("id"), **score_json(score(program, name, inputs))}

    return reply


def _text(result: Mapping[str, object]) -> str:
    if "error" in result:
        return error_text(result)
    parts = [f"{key} {result[key]}" for key in ("value", "band", "status", "missing", "query", "possible_range")]
    head = "" if result["id"] is None else f"{result['id']}: "
    return head + ", ".join(parts)

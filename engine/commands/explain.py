"""`pauta explain`: why an item is in the plan of a case, why not, what it waits for, and what is missing."""

from argparse import ArgumentParser, Namespace

from engine.commands.evaluate import plan_text
from engine.commands.files import CLEAN, FINDINGS, add_paths, say
from engine.commands.programs import Programs, answer, case_day, error_text, programs, texts, write_line
from engine.compiler import Program
from engine.evaluator import evaluate
from engine.explain import case_digest, missing, trace, why, why_not
from engine.facts import CaseFacts
from engine.language.cases import read_case
from engine.plan import Item, Plan
from engine.wording import LANGUAGES

HELP = "explain the plan of a case: why, why not, what a held item waits for"
VOICES = ("patient", "doctor", "auditor")


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("case", metavar="CASE", help="a JSON file, or - for one case a line from standard input")
    add_paths(parser)
    parser.add_argument("--item", metavar="CODE", help="one plan code, such as rx:ppi_standard_od_8w; default: all")
    parser.add_argument("--voice", choices=VOICES, default="doctor", help="for whom (default: doctor)")
    parser.add_argument("--lang", choices=LANGUAGES, default="es", help="language (default: es)")


def run(arguments: Namespace) -> int:
    """Print the explanation of each case; 1 if a line could not be read."""
    lines = texts(arguments.case)
    known = programs(arguments.paths)
    clean = True
    for line in lines:
        reply, good = answer(line, lambda raw: _reply(known, raw, arguments))
        if arguments.json:
            write_line(reply)
        else:
            say(str(reply["text"]) if good else error_text(reply))
        clean = clean and good
    return CLEAN if clean else FINDINGS


def _reply(known: Programs, raw: dict[str, object], arguments: Namespace) -> dict[str, object]:
    program = known.at(case_day(raw))
    case = read_case(raw, program.edition.vocabulary, program.edition.formulary)
    plan = evaluate(program, case)
    if not arguments.json:
        return {"text": _text(program, case, plan, arguments)}
    items = {item.code: item for item in plan.items}
    codes = [arguments.item] if arguments.item else list(items)
    return {
        "id": plan.id,
        "voice": arguments.voice,
        "lang": arguments.lang,
        "items": [_item(program, case, plan, code, items.get(code), arguments) for code in codes],
        "missing": [_missing(each) for each in missing(program, case, plan, arguments.lang)],
        "program": program.digest,
        "case": case_digest(case),
    }


def _item(  # noqa: PLR0917 - what to explain, then how
    program: Program, case: CaseFacts, plan: Plan, code: str, item: Item | None, arguments: Namespace
) -> dict[str, object]:
    if item is None:
        text = why_not(program, case, code, arguments.lang)
        return {"code": code, "state": None, "text": text, "waiting_for": [], "trace": []}
    text = why(program, case, plan, code, arguments.voice, arguments.lang)
    lines = [
        {
            "rule": f"{reason.protocol}.{reason.rule}",
            "text": line.text.get(arguments.lang, ""),
            "truth": line.truth,
            "depth": line.depth,
            "value": line.value.get(arguments.lang, ""),
            "origin": line.origin,
            "dated": line.dated,
        }
        for reason in item.reasons
        for line in trace(program, case, reason.protocol, reason.rule)
    ]
    return {"code": code, "state": item.state, "text": text, "waiting_for": list(item.waiting_for), "trace": lines}


def _missing(each: object) -> dict[str, object]:
    names = ("fact", "title", "question", "because", "red_flag", "frees")
    found = {name: getattr(each, name) for name in names}
    return {**found, "frees": list(found["frees"])}


def _text(program: Program, case: CaseFacts, plan: Plan, arguments: Namespace) -> str:
    codes = [arguments.item] if arguments.item else [item.code for item in plan.items]
    parts = [why(program, case, plan, code, arguments.voice, arguments.lang) for code in codes]
    return "\n\n".join(parts or [plan_text(plan, arguments.lang)])

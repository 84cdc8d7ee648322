"""`pauta explain`: why an item is in the plan of a case, why not, what would change it, and what to ask next."""

from argparse import ArgumentParser, Namespace
from dataclasses import fields

from engine.commands.evaluate import plan_text
from engine.commands.files import CLEAN, FINDINGS, add_paths, say
from engine.commands.programs import Programs, answer, case_day, error_text, programs, texts, write_line
from engine.compiler import Program
from engine.evaluator import evaluate
from engine.explain import case_digest, missing, trace, why, why_not
from engine.explanation import (
    Outcomes,
    Prospect,
    ToldQuestion,
    asking,
    asking_about,
    changes,
    fragility,
    told_changes,
    told_near,
    told_questions,
    word,
)
from engine.facts import CaseFacts
from engine.language.cases import read_case
from engine.plan import Item, Plan
from engine.wording import LANGUAGES

HELP = "explain the plan of a case: why, why not, what would change it, how near it is, what to ask next"
VOICES = ("patient", "doctor", "auditor")
SHOWN_CHANGES, SHOWN_QUESTIONS = 5, 10


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
    prospect = Prospect(program, case)
    asked = asking(Outcomes(prospect), plan)
    return {
        "id": plan.id,
        "voice": arguments.voice,
        "lang": arguments.lang,
        "items": [
            {
                **_item(program, case, plan, code, items.get(code), arguments),
                **_further(prospect, plan, code, arguments.lang),
            }
            for code in codes
        ],
        "missing": [_missing(each) for each in missing(program, case, plan, arguments.lang)],
        "near": [_plain(each) for each in told_near(prospect, fragility(prospect), arguments.lang)],
        "ask_next": [_plain(each) for each in told_questions(prospect, asked, arguments.lang)],
        "settled": asked.settled,
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


def _further(prospect: Prospect, plan: Plan, code: str, lang: str) -> dict[str, object]:
    """Return what would change an item, and what can still be asked about it."""
    asked = asking_about(Outcomes(prospect), plan, code)
    return {
        "changes": [_plain(each) for each in told_changes(prospect, changes(prospect, code), lang)],
        "open": [each.fact for each in asked.questions],
        "settled": asked.settled,
    }


def _plain(each: object) -> dict[str, object]:
    """Return a told thing as JSON has it."""
    found = {field.name: getattr(each, field.name) for field in fields(each)}  # type: ignore[arg-type]
    return {name: list(value) if isinstance(value, tuple) else value for name, value in found.items()}


def _text(program: Program, case: CaseFacts, plan: Plan, arguments: Namespace) -> str:
    codes = [arguments.item] if arguments.item else [item.code for item in plan.items]
    whys = [why(program, case, plan, code, arguments.voice, arguments.lang) for code in codes]
    if arguments.voice == "patient":
        return "\n\n".join(whys or [plan_text(plan, arguments.lang)])
    prospect = Prospect(program, case)
    told = zip(codes, whys, strict=True)
    parts = [[text, *_further_lines(prospect, plan, code, arguments.lang)] for code, text in told]
    parts = parts or [[plan_text(plan, arguments.lang)]]
    if not arguments.item:
        parts += [_near(prospect, arguments.lang), _asked(prospect, plan, arguments.lang)]
    return "\n\n".join("\n".join(lines) for lines in parts if lines)


def _further_lines(prospect: Prospect, plan: Plan, code: str, lang: str) -> list[str]:
    """Return the nearest answers that make an item another, and whether asking can."""
    found = told_changes(prospect, changes(prospect, code)[:SHOWN_CHANGES], lang)
    lines = [f"{word('would_change', lang)}:", *(f"  - {each.sentence}" for each in found)] if found else []
    return [*lines, word("settled", lang)] if asking_about(Outcomes(prospect), plan, code).settled else lines


def _near(prospect: Prospect, lang: str) -> list[str]:
    found = told_near(prospect, fragility(prospect), lang)
    lines = (
        f"  - {each.title}: {each.value}, {word('threshold', lang)} {each.threshold}: {', '.join(each.titles)}"
        for each in found
    )
    return [f"{word('near', lang)}:", *lines] if found else []


def _asked(prospect: Prospect, plan: Plan, lang: str) -> list[str]:
    asked = asking(Outcomes(prospect), plan)
    if asked.settled:
        return [word("settled", lang)]
    found = told_questions(prospect, asked, lang)
    lines = [f"  {n}. {each.question or each.title}{_doubt(each, lang)}" for n, each in enumerate(found, 1)]
    rest = len(lines) - SHOWN_QUESTIONS
    more = [f"  {word('more', lang).format(rest)}"] if rest > 0 else []
    return [f"{word('ask_next', lang)}:", *lines[:SHOWN_QUESTIONS], *more]


def _doubt(each: ToldQuestion, lang: str) -> str:
    return "" if each.decided else f" ({word('undecided', lang)})"

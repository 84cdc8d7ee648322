"""`pauta evaluate`: one case in, one plan out; or a case a line from standard input."""

from argparse import ArgumentParser, Namespace

from engine.commands.files import CLEAN, FINDINGS, add_paths, say
from engine.commands.programs import Programs, answer, case_day, error_text, programs, texts, write_line
from engine.evaluator import evaluate, plan_json
from engine.language.cases import read_case
from engine.plan import Plan
from engine.wording import said

HELP = "evaluate a case by all published protocols and print the plan"


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("case", metavar="CASE", help="a JSON file, or - for one case a line from standard input")
    add_paths(parser)


def run(arguments: Namespace) -> int:
    """Print a plan per case; 1 if a line could not be read, and the rest go on."""
    lines = texts(arguments.case)
    known = programs(arguments.paths)
    clean = True
    for line in lines:
        if arguments.json:
            reply, good = answer(line, lambda raw: plan_json(plan_of(known, raw)))
            write_line(reply)
        else:
            reply, good = answer(line, lambda raw: {"text": plan_text(plan_of(known, raw))})
            say(str(reply["text"]) if good else error_text(reply))
        clean = clean and good
    return CLEAN if clean else FINDINGS


def plan_of(known: Programs, raw: dict[str, object]) -> Plan:
    """Return the plan of a case by the versions in force on its day."""
    program = known.at(case_day(raw))
    return evaluate(program, read_case(raw, program.edition.vocabulary, program.edition.formulary))


def plan_text(plan: Plan, lang: str = "en") -> str:
    """Return a plan for reading: items with state and reason, then what to ask."""
    lines = [f"{plan.id}: urgency {plan.urgency}"]
    for item in plan.items:
        lines.append(f"  {item.state:<8} {item.code}: {said(item.title, lang)}")
        lines.append(f"           {said(item.reasons[0].because, lang)}")
    if plan.ask_now:
        lines.append(f"  ask now: {', '.join(plan.ask_now)}")
    if plan.ask:
        lines.append(f"  ask: {', '.join(plan.ask)}")
    for name, result in plan.scores.items():
        lines.append(f"  {name}: {result.value} {result.band or ''} ({result.status})")
    return "\n".join(lines)

"""`pauta evaluate`: one case in, one plan out; or a case a line from standard input."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from engine.commands.files import CLEAN, FINDINGS, add_paths, say
from engine.commands.programs import Programs, answer, case_day, error_text, programs, texts, write_line
from engine.evaluator import evaluate, plan_json
from engine.language.cases import read_case
from engine.plan import Plan
from engine.wording import said

SHOWN = 12
"""Names of each list of questions that the text shows; the JSON has them all."""
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
        lines.append(f"  ask now: {_first(plan.ask_now)}")
    if set(plan.ask) - set(plan.ask_now):
        lines.append(f"  ask: {_first([name for name in plan.ask if name not in plan.ask_now])}")
    for name, result in plan.scores.items():
        lines.append(f"  {name}: {result.value} {result.band or ''} ({result.status})")
    return "\n".join(lines)


def _first(names: Sequence[str]) -> str:
    """Return the first names, the most urgent ones, and how many more there are."""
    more = f" and {len(names) - SHOWN} more (all with --json)" if len(names) > SHOWN else ""
    return ", ".join(names[:SHOWN]) + more

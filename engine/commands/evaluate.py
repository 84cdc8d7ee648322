"""`pauta evaluate`: one case in, one plan out; or a case a line from standard input."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence

from engine.commands.files import CLEAN, FINDINGS, add_paths, say
from engine.commands.programs import (
    Programs,
    answer,
    case_day,
    collect_cases,
    error_text,
    programs,
    texts,
    write_line,
)
from engine.compiler import Program
from engine.confirming import Verdict, confirm, lines_of
from engine.evaluator import evaluate, plan_json
from engine.facts import CaseFacts
from engine.language.cases import read_case
from engine.opinion.process import Kept
from engine.plan import Plan
from engine.wording import said

SHOWN = 12
"""Names of each list of questions that the text shows; the JSON has them all."""
OPINIONS = {"confirmed": "confirmed", "not_confirmed": "not confirmed", "absent": "absent, needs durable_rules"}
HELP = "evaluate a case by all published protocols and print the plan"


def configure(parser: ArgumentParser) -> None:
    """Add the command's arguments."""
    parser.add_argument("case", metavar="CASE", help="a JSON file, or - for one case a line from standard input")
    parser.add_argument(
        "--second-opinion", action="store_true", help="say whether a second engine, durable_rules, confirms each plan"
    )
    add_paths(parser)


def run(arguments: Namespace) -> int:
    """Print a plan per case; 1 if a line could not be read or a plan is not confirmed, and the rest go on."""
    lines = texts(arguments.case)
    known = programs(arguments.paths)
    collect_cases()
    kept = Kept() if arguments.second_opinion else None
    clean = True
    for line in lines:
        reply, good = answer(line, lambda raw: _reply(known, raw, kept, as_json=arguments.json))
        if arguments.json:
            write_line(reply)
        else:
            say(str(reply["text"]) if good else error_text(reply))
        opinion = reply.get("second_opinion")
        clean = clean and good and not (isinstance(opinion, dict) and opinion["state"] == "not_confirmed")
    if kept is not None:
        kept.close()
    return CLEAN if clean else FINDINGS


def _reply(known: Programs, raw: dict[str, object], kept: Kept | None, *, as_json: bool) -> dict[str, object]:
    """Return the plan of a case for printing, with the second opinion about it if it is asked for."""
    program, case = _read(known, raw)
    plan = evaluate(program, case)
    reply: dict[str, object] = plan_json(plan) if as_json else {"text": plan_text(plan)}
    if kept is None:
        return reply
    verdict = confirm(program, case, lines_of(plan), kept)
    opinion = {"state": verdict.state, "reason": verdict.reason, "differs": list(verdict.differs)}
    if not as_json:
        reply = {"text": f"{reply['text']}\n  {opinion_text(verdict)}"}
    return {**reply, "second_opinion": opinion}


def opinion_text(verdict: Verdict) -> str:
    """Return a verdict in one line for reading."""
    said = OPINIONS[verdict.state]
    about = f": {_first(verdict.differs)}" if verdict.differs else ""
    return f"second opinion: {said}{f' ({verdict.reason})' if verdict.state == 'not_confirmed' else ''}{about}"


def plan_of(known: Programs, raw: dict[str, object]) -> Plan:
    """Return the plan of a case by the versions in force on its day."""
    return evaluate(*_read(known, raw))


def _read(known: Programs, raw: dict[str, object]) -> tuple[Program, CaseFacts]:
    program = known.at(case_day(raw))
    return program, read_case(raw, program.edition.vocabulary, program.edition.formulary)


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

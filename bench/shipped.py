"""The library as it is shipped: how long its check, its proofs and the plan of one case take."""

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import clinical
from bench.one_case import ROUNDS, milliseconds, sample_cases
from engine.cli import COMMANDS
from engine.cohort import Filler, compiled
from engine.commands.files import load
from engine.compiler import compile_edition
from engine.evaluator import canonical, evaluate
from engine.evaluator.truths import walked_outcomes
from engine.explanation import Outcomes, Prospect, asking, prepare
from engine.explanation.alike import alike
from engine.language.cases import read_case
from engine.language.library import edition, read_library

PROCESS = "from engine.cli import script; script()"
VARIED = 500  # clinical cases in a block
SAMPLES = Path("tests/engine/samples/vignettes.json")


def seconds(*arguments: str) -> float:
    """Return the processor time of one `pauta` command, start of Python included."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", PROCESS, *arguments], stdout=subprocess.DEVNULL, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def commands(say: Callable[[str], None]) -> dict[str, list[float]]:
    """Return the seconds of every command over the whole library."""
    say("commands over the library")
    found = {"pauta check": [seconds("check") for _ in range(3)], "pauta prove": [seconds("prove")]}
    if "diff" in COMMANDS:
        found["pauta diff, of the library with itself"] = [seconds("diff", "protocols_yaml", "protocols_yaml")]
    return found


def one_case(say: Callable[[str], None]) -> dict[str, list[float]]:
    """Return the milliseconds of each step from a stored case to its plan, by round and sample patient."""
    say("whole evaluations")
    program = compile_edition(edition(read_library(load([]).texts)))
    cases = sample_cases(program)
    raw = json.loads(SAMPLES.read_text(encoding="utf-8"))
    known = program.edition
    code, runner = compiled(program)
    steps = ("read a case", "evaluate", "what to ask next", "a row of columns and its rules")
    found: dict[str, list[float]] = {name: [] for name in steps}
    prepare(program)
    varied = [read_case(each, known.vocabulary, known.formulary) for each in clinical.stream(VARIED)]
    for _ in range(ROUNDS):
        for each, case in zip(raw, cases.values(), strict=True):
            found["read a case"].append(
                milliseconds(lambda each=each: read_case(each, known.vocabulary, known.formulary))
            )
            found["evaluate"].append(milliseconds(lambda case=case: canonical(evaluate(program, case))))
            plan = evaluate(program, case)
            alike(program).met.clear()  # as if no patient like these had come before
            found["what to ask next"].append(
                milliseconds(lambda case=case, plan=plan: asking(Outcomes(Prospect(program, case)), plan))
            )
        filler, begin = Filler(code, walked_outcomes), time.process_time()
        for case in varied:
            filler.add(case)
        runner.run(filler.block())
        found["a row of columns and its rules"].append((time.process_time() - begin) / len(varied) * 1000)
    return found

"""How long one whole evaluation takes, and the check of the library: run as `.venv/bin/python -m bench.one_case`.

Prints medians and bests over interleaved rounds, in processor time: nothing here passes or fails.
"""

import json
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from engine.commands.files import load
from engine.compiler import Program, compile_edition
from engine.evaluator import canonical, evaluate
from engine.facts import CaseFacts
from engine.language.cases import read_case
from engine.language.library import check_library, edition, read_library

ROUNDS = 9
SAMPLES = Path("tests/engine/samples/vignettes.json")


def milliseconds(work: Callable[[], object]) -> float:
    """Return the processor time of one call."""
    begin = time.process_time()
    work()
    return (time.process_time() - begin) * 1000


def sample_cases(program: Program) -> dict[str, CaseFacts]:
    """Return the sample patients, read by the program's vocabulary."""
    read = json.loads(SAMPLES.read_text(encoding="utf-8"))
    known = program.edition
    return {each["id"]: read_case(each, known.vocabulary, known.formulary) for each in read}


def show(name: str, times: list[float]) -> None:
    print(f"{name:<28} median {median(times):8.2f} ms   best {min(times):8.2f} ms   worst {max(times):8.2f} ms")


def main() -> None:
    """Measure and print."""
    files = load([]).texts
    chosen = edition(read_library(files))
    first = {name: [] for name in ("check", "compile")}
    for _ in range(3):
        first["check"].append(milliseconds(lambda: check_library(files)))
        first["compile"].append(milliseconds(lambda: compile_edition(chosen)))
    program = compile_edition(chosen)
    cases = sample_cases(program)
    cold = [milliseconds(lambda case=case: evaluate(program, case)) for case in cases.values()]
    times: dict[str, list[float]] = {name: [] for name in cases}
    for _ in range(ROUNDS):
        for name, case in cases.items():
            times[name].append(milliseconds(lambda case=case: canonical(evaluate(program, case))))
    print(f"{len(files)} files, {len(program.rules)} rules, {len(program.scores)} scores, {len(cases)} patients\n")
    show("check the library", first["check"])
    show("compile the library", first["compile"])
    show("first evaluation of each", cold)
    for name, found in times.items():
        show(f"evaluate {name}", found)
    every = [value for found in times.values() for value in found]
    show("evaluate, all patients", every)
    print(f"\nchecking the library takes as long as {median(first['check']) / median(every):.0f} evaluations")


if __name__ == "__main__":
    main()

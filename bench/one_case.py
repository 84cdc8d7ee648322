"""How long one whole evaluation takes, and the check of the library: run as `.venv/bin/python -m bench.one_case`.

Prints medians and bests over interleaved rounds, in processor time: of times, nothing here passes or fails. At the end
stands the digest of every plan of the sample patients and of the tests that the protocols carry. After a change that
should only be quicker, `--same DIGEST` proves that not a byte of any plan changed, and exits with 1 if one did.
"""

import hashlib
import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable
from pathlib import Path
from statistics import median

from engine.commands.files import load
from engine.compiler import Program, compile_edition
from engine.evaluator import canonical, evaluate
from engine.facts import CaseFacts
from engine.language.cases import read_case, read_example
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


def example_cases(program: Program) -> list[CaseFacts]:
    """Return the cases of the tests that the protocols carry."""
    known = program.edition
    examples = [each for _, protocol in sorted(known.protocols.items()) for each in protocol.examples]
    return [read_example(each.given, known.vocabulary, known.formulary) for each in examples]


def digest_of_plans(program: Program, cases: Iterable[CaseFacts]) -> str:
    """Return one digest over the bytes of the plans of all cases, in their order."""
    found = hashlib.sha256()
    for case in cases:
        text = canonical(evaluate(program, case))
        found.update(f"{len(text)} {text}".encode())
    return found.hexdigest()


def show(name: str, times: list[float]) -> None:
    print(f"{name:<28} median {median(times):8.2f} ms   best {min(times):8.2f} ms   worst {max(times):8.2f} ms")


def main() -> None:
    """Measure and print; with ``--same``, leave with 1 if the plans differ from those of another run."""
    parser = ArgumentParser(description="How long one evaluation takes, and what comes out.")
    parser.add_argument("--same", metavar="DIGEST", help="digest of the plans that another run printed")
    expected = parser.parse_args().same
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
    examples = example_cases(program)
    found = digest_of_plans(program, [*cases.values(), *examples])
    print(f"\ndigest of {len(cases) + len(examples)} plans: {found}")
    if expected and expected != found:
        sys.exit(f"The plans are not the same: {expected} was expected.")


if __name__ == "__main__":
    main()

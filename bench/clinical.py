"""Clinical cases as a clinic has them, with units, ages, lists and words, replayed: how long, and how much memory.

`python -m bench.clinical write FILE CASES` writes such cases: the sample patients with other values, some answers the
other way round, and words of the phrases for three in ten. `python -m bench.clinical read FILE [--rules] [--against]`
replays them as `pauta replay` does in one process, and prints one JSON line: seconds of processor without the loading
of the library, the peak of memory in megabytes, and how many cases there were.
"""

import gc
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

from bench.lexicon import phrases
from bench.memory import peak
from engine.commands.programs import programs
from engine.commands.replaying import Bad, Version, replay
from engine.commands.stored_cases import stored_cases
from engine.language.cases import SECTIONS

SAMPLES = Path(__file__).parents[1] / "tests/engine/samples"
LIBRARY = "protocols_yaml"
WRITE, TURN, FORGET = 0.3, 0.05, 0.02
Raw = dict[str, Any]


def people() -> list[Raw]:
    """Return the sample patients as a clinic would send them."""
    apart = [json.loads(path.read_text("utf-8")) for path in sorted((SAMPLES / "patients").glob("*.json"))]
    every = [*json.loads((SAMPLES / "vignettes.json").read_text("utf-8")), *apart]
    return [{name: value for name, value in one.items() if name in SECTIONS} for one in every]


def stream(count: int, seed: int = 1) -> Iterator[Raw]:
    """Yield varied patients one by one."""
    pick, known = Random(seed), people()  # noqa: S311
    texts = [each.text for half in ("development", "more") for each in phrases(half)]
    for number in range(count):
        case = json.loads(json.dumps(pick.choice(known)))
        case["id"] = f"c{number}"
        _vary(case, pick)
        if pick.random() < WRITE:
            case["free_text"] = {"other": " ".join(pick.choices(texts, k=pick.randint(1, 3)))}
        yield case


def _vary(case: Raw, pick: Random) -> None:
    patient = case.get("patient") or {}
    if (patient.get("age_years") or 0) >= 18:
        patient["age_years"] = max(18, patient["age_years"] + pick.randint(-5, 5))
    for measured in case.get("labs") or []:
        measured["value"] = _near(measured.get("value"), pick)
    for name, value in (case.get("vitals") or {}).items():
        case["vitals"][name] = _near(value, pick)
    answers = case.get("questionnaire") or {}
    for name, value in answers.items():
        if isinstance(value, bool) and pick.random() < TURN:
            answers[name] = not value
        elif pick.random() < FORGET:
            answers[name] = None


def _near(value: object, pick: Random) -> object:
    """Return a number a tenth more or less; anything else as it is."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    found = value * pick.uniform(0.9, 1.1)
    return int(found) if isinstance(value, int) else round(found, 2)


def write(path: Path, count: int) -> None:
    """Write cases, one a line."""
    with path.open("w", encoding="utf-8") as file:
        for case in stream(count):
            file.write(json.dumps(case, ensure_ascii=False) + "\n")


def read(path: Path, *, items: bool, against: bool) -> dict[str, object]:
    """Return how long a replay of all cases took, how much memory, and how many cases there were."""
    versions = tuple(Version(programs([LIBRARY]), items=items) for _ in range(2 if against else 1))
    for version in versions:
        version.programs.at(None)
    gc.freeze()
    begin, bad, cases = time.process_time(), 0, 0
    for each in replay(stored_cases(str(path)), versions):
        cases += 1
        bad += isinstance(each, Bad) or bool(each.changes())
    spent = time.process_time() - begin
    assert bad == 0, "a case could not be read, or the same library says two things of it"
    return {"cpu": [spent], "peak": peak(), "cases": cases}


if __name__ == "__main__":
    given = sys.argv[2:]
    if sys.argv[1] == "write":
        write(Path(given[0]), int(given[1]))
    else:
        found = read(Path(given[0]), items="--rules" not in given, against="--against" in given)
        sys.stdout.write(json.dumps(found) + "\n")

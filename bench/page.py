"""The page of figures: made from what was measured, with the bars beside it."""

import platform
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median

from bench.engines import ROUNDS, Result
from bench.peers import VERSIONS

HEAD = """# How fast it is

Written by `make bench`; do not edit. Peers are installed for it alone (`bench/requirements.lock`), outside the product.
"""
ONE_CASE = """
## One case

Rules only, evaluations a second of processor: {rounds} rounds in which the engines take turns, median (best). Every
engine is given the case in the form it takes, ready made; the sets of rules that fire are asserted equal. 40 facts, a
tenth unknown, two to four conditions, chains to depth 5. Ours has three values and lists what is open; the others have
two. durable_rules gets the true premises from Python, since one fact may meet at most 64 of its conditions. Nothing is
recorded for the trace: one rule is walked again in {trace:.0f} µs, so it is always there.
"""
COHORT = """
## Many cases

Seconds of processor, {rounds} rounds in turn in one process, median (best); that every rule fires equally often is
asserted. Columns are in memory; two-valued numpy has one boolean array a condition, over whole columns of floats as
anybody would write it, and again block by block, which suits the cache. A million: a process of its own, every block
reduced to counts.
"""
LIBRARY = """
## The library as shipped

Seconds of processor of a whole process, and milliseconds for one of the sample patients.
"""
CLINICAL = """
## Clinical cases, replayed

The stored cases above are flat: a number, a yes or a code for each fact, in the unit of the vocabulary. Those here are
the sample patients varied, with units, ages, lists, diaries and, in three of ten, free text, as `pauta replay` takes
them from reading a line to what is told of it. Seconds of one processor without loading the library, a process each;
`pauta replay` shares the cases out to a process for each processor.
"""
WAYS = {"--rules": "rules", "": "rules and items", "--against": "rules and items, by two versions"}
END = """
Peers do no unit conversion, item states, safety or merging, so a whole evaluation has no counterpart. "A row of
columns" is that of a clinical case once it is read, its rules decided: what no column holds, such as a score, is asked
once of all cases that say the same of what decides it.
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Everything the page tells: seconds, milliseconds of ``shipped``, and peaks of memory in megabytes."""

    one_case: list[Result]
    cohort: dict[str, list[float]]
    million: dict[str, object]
    stored: dict[int, dict[str, object]]
    clinical: dict[tuple[int, str], dict[str, object]]
    commands: dict[str, list[float]]
    shipped: dict[str, list[float]]


def page(found: Measured) -> str:
    """Return the page."""
    trace = median(result.trace for result in found.one_case)
    parts = [
        HEAD,
        *_machine(),
        ONE_CASE.format(rounds=ROUNDS, trace=trace),
        *_one_case(found.one_case),
        COHORT.format(rounds=ROUNDS),
        *_cohort(found.cohort, found.million, found.stored),
        CLINICAL,
        *_clinical(found.clinical),
        LIBRARY,
        *_library(found.commands, found.shipped),
        END,
    ]
    return "\n".join(line.rstrip() for line in "\n".join(parts).split("\n")).strip() + "\n"


def _machine() -> Iterator[str]:
    versions = {**VERSIONS, "numpy": version("numpy"), "pyarrow": version("pyarrow")}
    yield f"{datetime.now(UTC):%d %B %Y}; {_processor()}, {platform.system()}; Python {platform.python_version()};"
    yield ", ".join(f"{name} {number}" for name, number in versions.items()) + ". One thread."
    yield "Other work may have run on the machine: times are the processor's, not the clock's; ratios are of one run."


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.machine())


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    columns = list(head)
    yield "| " + " | ".join(columns) + " |"
    yield "|---" * len(columns) + "|"
    for row in rows:
        yield "| " + " | ".join(row) + " |"


def _one_case(results: list[Result]) -> Iterator[str]:
    names = list(results[0].rates)
    yield from _table(
        ("rules", *names, *(f"ratio to {name}" for name in names[1:3]), "fire / open"),
        (
            (
                f"{len(each.rules.rules)} {each.rules.name}",
                *(f"{median(each.rates[name]):,.0f} ({max(each.rates[name]):,.0f})" for name in names),
                *(f"**{median(each.rates[names[0]]) / median(each.rates[name]):.0f}**" for name in names[1:3]),
                f"{each.fired:.0f} / {each.open:.0f}",
            )
            for each in results
        ),
    )
    yield "\nBars: 30 times zen-engine and clipspy at 200 rules, 25 times at 1000."


def _shown(times: list[float]) -> str:
    return f"{median(times):.3f} s ({min(times):.3f})"


def _numbers(found: dict[str, object], key: str) -> list[float]:
    values = found[key]
    return [float(each) for each in values] if isinstance(values, list) else []


def _cohort(
    cohort: dict[str, list[float]], million: dict[str, object], stored: dict[int, dict[str, object]]
) -> Iterator[str]:
    rows = [
        ("100,000 cases x 1000 rules, packed rails, three values", _shown(cohort["rails"]), "", "0.2 s"),
        ("the same, two-valued numpy columns", _shown(cohort["two-valued"]), "", "not quicker"),
        ("the same, two-valued numpy block by block", _shown(cohort["two-valued in blocks"]), "", ""),
        (
            "1,000,000 cases x 1000 rules, packed rails",
            _shown(_numbers(million, "cpu")),
            f"{million['peak']:.0f} MB",
            "2 s, 1 GB",
        ),
    ]
    for count, each in stored.items():
        what = f"{count:,} stored cases (a flat object of JSON a line) into columns, streamed"
        rows.append((what, _shown(_numbers(each, "cpu")), f"{each['peak']:.0f} MB", "2 s for 100,000"))
    yield from _table(("what", "median (best)", "peak memory", "bar"), rows)


def _clinical(clinical: dict[tuple[int, str], dict[str, object]]) -> Iterator[str]:
    rows = []
    for (count, way), each in clinical.items():
        spent = min(_numbers(each, "cpu"))
        bar = "30 s" if count == 1_000 else "no more memory"
        row = (
            f"{count:,} cases, {WAYS[way]}",
            f"{spent:.1f} s",
            f"{1000 * spent / count:.2f} ms",
            f"{each['peak']:.0f} MB",
        )
        rows.append((*row, bar))
    yield from _table(("what", "all", "each", "peak memory", "bar"), rows)


def _library(commands: dict[str, list[float]], shipped: dict[str, list[float]]) -> Iterator[str]:
    bars = {"pauta check": "2 s", "pauta prove": "10 s", "pauta diff, of the library with itself": "2 s"}
    rows = [(name, _shown(times), bars.get(name, "")) for name, times in commands.items()]
    bars["what to ask next"] = "50 ms"
    rows += [
        (name, f"{median(times):.2f} ms ({min(times):.2f})", bars.get(name, "")) for name, times in shipped.items()
    ]
    yield from _table(("what", "median (best)", "bar"), rows)

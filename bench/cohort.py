"""A hundred thousand and a million cases by a thousand rules: packed rails beside plain two-valued numpy columns.

`compare` measures them in turn in one process. `python -m bench.cohort CASES RULES WHAT` measures one in a process of
its own and prints one JSON line: seconds of processor by round, peak of memory, in how many cases each rule fired.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from bench.memory import peak
from bench.ours import program
from bench.synthetic import CHOICES, CODES, FLAGS, NUMBERS, OPPOSITE, UNKNOWN, Condition, Join, Reads, RuleSet, plain
from bench.synthetic import Test as Leaf
from engine.cohort import BLOCK, Block, compiled, flags, narrow

ROUNDS = 7
Columns = dict[str, NDArray[np.float64]]  # NaN: not recorded; a yes is 1, a code its number


def columns(size: int, seed: int) -> Columns:
    """Return random cases as columns, a tenth unknown."""
    pick = np.random.default_rng(seed)
    found = {name: pick.integers(0, 101, size).astype(np.float64) for name in NUMBERS}
    found |= {name: found[name] / 10 for name in NUMBERS[:6]}
    found |= {name: pick.integers(0, 2, size).astype(np.float64) for name in FLAGS}
    found |= {name: pick.integers(0, len(CODES), size).astype(np.float64) for name in CHOICES}
    for column in found.values():
        column[pick.random(size) < UNKNOWN] = np.nan
    return found


def parts(size: int) -> Iterator[tuple[int, int]]:
    """Yield the number and the length of each block."""
    for start in range(0, size, BLOCK):
        yield start // BLOCK, min(BLOCK, size - start)


def block(given: Columns, size: int) -> Block:
    """Return columns as the block that rules are decided on."""
    return Block(
        size=size,
        columns={name: narrow(given[name]) for name in (*NUMBERS, *CHOICES)},
        flags={name: flags(given[name]) for name in FLAGS},
        recorded={},
        tests=(),
    )


class TwoValued:
    """The rules as anybody writes them over numpy columns: one boolean array a condition, nothing unknown."""

    def __init__(self, rules: RuleSet, given: Columns) -> None:
        self.rules, self.given = rules.rules, given
        self.kept: dict[Leaf, NDArray[np.bool_]] = {}

    def run(self) -> list[NDArray[np.bool_]]:
        self.kept, found = {}, []
        for each in self.rules:
            found.append(self.value(each, found))
        return found

    def value(self, condition: Condition, found: list[NDArray[np.bool_]]) -> NDArray[np.bool_]:
        match condition:
            case Reads(rule=rule):
                return found[rule]
            case Join(how="some", parts=several, count=count):
                return np.add.reduce([self.value(part, found).astype(np.int8) for part in several]) >= count
            case Join(how=how, parts=several):
                join = np.logical_and if how == "all" else np.logical_or
                result = self.value(several[0], found)
                for part in several[1:]:
                    result = join(result, self.value(part, found))
                return result
        if condition not in self.kept:
            self.kept[condition] = self.test(condition)
        return self.kept[condition]

    def test(self, leaf: Leaf) -> NDArray[np.bool_]:
        column = self.given[leaf.fact]
        if isinstance(leaf.value, bool):
            return column == float(leaf.yes)
        if isinstance(leaf.value, str):
            same = column == float(CODES.index(leaf.value))
            return same if leaf.yes else ~same & ~np.isnan(column)
        compare = {"<": np.less, "<=": np.less_equal, ">": np.greater, ">=": np.greater_equal}
        return compare[leaf.op if leaf.yes else OPPOSITE[leaf.op]](column, leaf.value)


def rails(size: int, rules: RuleSet) -> tuple[Callable[[], list[int]], list[str]]:
    """Return what decides all cases block by block and counts who fired. Only packed and narrow columns are kept."""
    code, runner = compiled(program(rules))
    blocks = [block(columns(length, number), length) for number, length in parts(size)]

    def run() -> list[int]:
        fired = [0] * len(rules.rules)
        for each in blocks:
            for index, (yes, _, _) in enumerate(runner.run(each).counts()):
                fired[index] += yes
        return fired

    return run, [node.name.removeprefix("trial.r") for node in code.program.rules]


def two_valued(size: int, rules: RuleSet) -> tuple[Callable[[], list[int]], list[str]]:
    """Return what decides all cases at once over whole columns, without unknown."""
    every = [columns(length, number) for number, length in parts(size)]
    given = {name: np.concatenate([each[name] for each in every]) for name in every[0]}
    made = TwoValued(rules, given)
    return lambda: [int(np.count_nonzero(each)) for each in made.run()], [str(i) for i in range(len(rules.rules))]


def in_blocks(size: int, rules: RuleSet) -> tuple[Callable[[], list[int]], list[str]]:
    """Return the same block by block, which numpy does not do by itself but which suits the cache."""
    made = [TwoValued(rules, columns(length, number)) for number, length in parts(size)]

    def run() -> list[int]:
        counted = [[int(np.count_nonzero(each)) for each in one.run()] for one in made]
        return [sum(each) for each in zip(*counted, strict=True)]

    return run, [str(i) for i in range(len(rules.rules))]


WAYS = {"rails": rails, "two-valued": two_valued, "two-valued in blocks": in_blocks}


def timed(run: Callable[[], list[int]]) -> tuple[float, list[int]]:
    """Return the processor time of one run and who fired how often."""
    begin = time.process_time()
    fired = run()
    return time.process_time() - begin, fired


def compare(size: int, count: int) -> dict[str, list[float]]:
    """Return the processor seconds of every way, round by round in turn; every rule fired equally often in all."""
    made = {what: make(size, plain(count)) for what, make in WAYS.items()}
    spent: dict[str, list[float]] = {what: [] for what in made}
    for _ in range(ROUNDS):
        counted = []
        for what, (run, names) in made.items():
            seconds, fired = timed(run)
            spent[what].append(seconds)
            counted.append(dict(zip(names, fired, strict=True)))
        assert all(each == counted[0] for each in counted)
    return spent


def alone(size: int, count: int, what: str) -> dict[str, object]:
    """Return processor seconds of rounds and the peak of memory in megabytes of a process that does nothing else."""
    run, names = WAYS[what](size, plain(count))
    rounds = [timed(run) for _ in range(ROUNDS)]
    fired = dict(zip(names, rounds[-1][1], strict=True))
    return {"cpu": [seconds for seconds, _ in rounds], "peak": peak(), "fired": fired}


if __name__ == "__main__":
    print(json.dumps(alone(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])))

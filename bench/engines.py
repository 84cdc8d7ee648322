"""One case by every engine, in rounds that take turns, on rule sets for which all say the same."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from bench.ours import Ours, facts
from bench.peers import PEERS
from bench.synthetic import RuleSet, cases, mixed, plain
from engine.compiler.walk import scope_of, truth

SIZES = (50, 200, 1000)
CASES, ROUNDS, SLICE, STEP = 100, 7, 0.1, 5
"""Different cases, rounds, and at least so many seconds of processor for an engine in a round; the clock is
looked at after each step of so many evaluations."""


@dataclass(slots=True)
class Result:
    """Evaluations a second of every engine, by round, on one rule set."""

    rules: RuleSet
    fired: float
    open: float
    rates: dict[str, list[float]] = field(default_factory=dict)
    trace: float = 0.0  # microseconds for the trace of one rule


def measure(say: Callable[[str], None]) -> list[Result]:
    """Return what was measured on every rule set."""
    found = []
    for make in (plain, mixed):
        for size in SIZES:
            say(f"one case, {size} rules")
            found.append(_on(make(size)))
    return found


def _on(rules: RuleSet) -> Result:
    given = cases(CASES)
    ours = Ours(rules)
    engines: list[Any] = [ours, *(peer(rules) for peer in PEERS)]
    prepared = [[engine.prepared(case) for case in given] for engine in engines]
    _assert_equal(engines, prepared)
    result = Result(rules, *_live(ours, prepared[0]), {engine.name: [] for engine in engines})
    for _ in range(ROUNDS):
        for engine, mine in zip(engines, prepared, strict=True):
            result.rates[engine.name].append(_rate(engine.run, mine))
    result.trace = _trace(ours, given)
    return result


def _assert_equal(engines: list[Any], prepared: list[list[Any]]) -> None:
    """Let every engine decide some cases: the fired sets must be the same."""
    for at in range(10):
        sets = {engine.name: engine.fired(engine.run(mine[at])) for engine, mine in zip(engines, prepared, strict=True)}
        assert len(set(sets.values())) == 1, sets


def _live(ours: Ours, prepared: list[dict[str, float]]) -> tuple[float, float]:
    """Return how many rules fire and how many are open in a case, on average."""
    fired, open_ = [], []
    for case in prepared:
        ours.program.decide(case.get, bool, fired.append, open_.append, open_.append)
    return len(fired) / len(prepared), len(open_) / len(prepared)


def _rate(run: Callable[[Any], object], prepared: list[Any]) -> float:
    done, begin, spent = 0, time.process_time(), 0.0
    while spent < SLICE:
        for at in range(done, done + STEP):
            run(prepared[at % len(prepared)])
        done += STEP
        spent = time.process_time() - begin
    return done / spent


def _trace(ours: Ours, given: list[dict[str, Any]]) -> float:
    """Return the microseconds in which one rule is walked again: its truth with that of each of its parts."""
    scopes = [scope_of(ours.program, facts(case)) for case in given]
    nodes = ours.program.rules
    for scope in scopes:
        scope.truths.update({(f"rule {node.name}", False): False for node in nodes})
    begin = time.process_time()
    for scope in scopes:
        for node in nodes[:50]:
            truth(node.when, scope)
    return (time.process_time() - begin) / len(scopes) / min(50, len(nodes)) * 1e6

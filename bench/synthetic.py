"""Synthetic rule sets and cases that every engine can hold: numbers, yes/no and choices, chains, and a tenth unknown.

The plain set joins two to four conditions by `and`; the mixed set also has `or`, `not` and `at_least`. A rule of a
higher step reads what rules of the step below concluded, down to depth 5. What is not recorded makes nothing true.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, product
from random import Random
from typing import Literal

NUMBERS = tuple(f"v{i}" for i in range(24))
FLAGS = tuple(f"b{i}" for i in range(12))
CHOICES = tuple(f"c{i}" for i in range(4))
CODES = ("amber", "blue", "green", "red", "white")
FACTS = (*NUMBERS, *FLAGS, *CHOICES)
DEPTH, UNKNOWN, READ_FROM = 5, 0.1, 0.4
OPPOSITE = {"<": ">=", "<=": ">", ">": "<=", ">=": "<"}
Given = float | bool | str


@dataclass(frozen=True, slots=True)
class Test:
    """``v3 < 30``, ``b2``, ``c1 = red``; with ``yes`` False the same denied, never true of what is not recorded."""

    fact: str
    op: str = "="
    value: Given = True
    yes: bool = True


@dataclass(frozen=True, slots=True)
class Reads:
    """What the rule of that number concluded."""

    rule: int


@dataclass(frozen=True, slots=True)
class Join:
    """``all``, ``any``, or at least ``count`` of the parts."""

    how: Literal["all", "any", "some"]
    parts: tuple["Condition", ...]
    count: int = 0


Condition = Test | Reads | Join


@dataclass(frozen=True, slots=True)
class RuleSet:
    """``rules[i]``: the condition of rule i, which concludes ``d<i>``; a rule reads only rules before it."""

    name: str
    rules: tuple[Condition, ...]


def plain(size: int) -> RuleSet:
    """Return a set whose rules are conjunctions of two to four conditions."""
    pick = Random(size)  # noqa: S311
    rules = [Join("all", tuple(_leaf(pick, i, size) for _ in range(pick.randint(2, 4)))) for i in range(size)]
    return RuleSet("and only", tuple(rules))


def mixed(size: int) -> RuleSet:
    """Return a set in which two conditions in five are an `or`, a `not` or an `at_least`."""
    pick = Random(size + 1)  # noqa: S311
    rules = [Join("all", tuple(_part(pick, i, size) for _ in range(pick.randint(2, 4)))) for i in range(size)]
    return RuleSet("with or, not, at_least", tuple(rules))


def _part(pick: Random, rule: int, size: int) -> Condition:
    kind = pick.random()
    if kind < 0.6:
        return _leaf(pick, rule, size)
    if kind < 0.73:
        leaf = _test(pick)
        return Test(leaf.fact, leaf.op, leaf.value, yes=False)
    parts = tuple(_leaf(pick, rule, size) for _ in range(pick.randint(2, 3) if kind < 0.87 else 3))
    return Join("any", parts) if kind < 0.87 else Join("some", parts, 2)


def _leaf(pick: Random, rule: int, size: int) -> Condition:
    step = rule * DEPTH // size
    if step and pick.random() < READ_FROM:
        return Reads(pick.randrange((step - 1) * size // DEPTH, step * size // DEPTH))
    return _test(pick)


def _test(pick: Random) -> Test:
    fact = pick.choice(FACTS)
    if fact in FLAGS:
        return Test(fact)
    if fact in CHOICES:
        return Test(fact, "=", pick.choice(CODES))
    limit = pick.randint(2, 98) / (10 if fact in NUMBERS[:6] else 1)  # six are decimals, such as a haemoglobin
    return Test(fact, pick.choice(("<", "<=", ">", ">=")), float(limit))


def cases(count: int, seed: int = 1) -> list[dict[str, Given]]:
    """Return cases with a tenth of the facts left out."""
    return list(stream(count, seed))


def stream(count: int, seed: int = 1) -> Iterator[dict[str, Given]]:
    """Yield cases one by one."""
    pick = Random(seed)  # noqa: S311
    for _ in range(count):
        found: dict[str, Given] = {name: pick.randint(0, 100) / 10 for name in NUMBERS[:6]}
        found |= {name: float(pick.randint(0, 100)) for name in NUMBERS[6:]}
        found |= {name: pick.random() < 0.5 for name in FLAGS}
        found |= {name: pick.choice(CODES) for name in CHOICES}
        yield {name: value for name, value in found.items() if pick.random() >= UNKNOWN}


def ways(condition: Condition) -> list[tuple[Test | Reads, ...]]:
    """Return a condition as alternatives of plain conjunctions, for engines whose rules are nothing else."""
    if not isinstance(condition, Join):
        return [(condition,)]
    if condition.how == "any":
        return [way for part in condition.parts for way in ways(part)]
    groups = combinations(condition.parts, condition.count) if condition.how == "some" else [condition.parts]
    found = []
    for group in groups:
        for chosen in product(*(ways(part) for part in group)):
            found.append(tuple(dict.fromkeys(test for way in chosen for test in way)))
    return found

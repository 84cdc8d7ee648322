"""Gives every step of a program rows to read and to write: a row is used again as soon as nobody reads it any more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from engine.cohort.rails import ALWAYS, NEVER, CohortProgram, Kind, Leaf, Step

GIVEN: frozenset[Kind] = frozenset({"flag", "recorded", "test"})
"""Leaves whose bits the block holds; those of numbers are compared when they are first read."""
Joined = tuple[bool, int, int, int]  # whether it is `and`, the rows it reads, the row it writes


@dataclass(slots=True)
class Stretch:
    """A number to compare, the rows of its two rails, and the steps that follow it."""

    leaf: Leaf | None
    rows: tuple[int, int]
    joined: list[Joined] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Layout:
    """The steps with rows instead of nodes.

    The rows: two constants, two rails for each leaf of ``given``, known true and known false of each rule, where each
    of ``stopped`` is surely indicated, then ``work`` more. ``copies``: rows of rules that are those of something
    else, and of what.
    """

    given: tuple[Leaf, ...]
    stretches: tuple[Stretch, ...]
    copies: tuple[tuple[int, int], ...]
    stopped: tuple[int, ...]
    work: int


@dataclass(slots=True)
class _Rows:
    row_of: dict[int, int]
    last_read: Mapping[int, int]
    first: int
    free: list[int] = field(default_factory=list)
    made: int = 0

    def take(self, node: int) -> int:
        if node not in self.row_of:
            if not self.free:
                self.free.append(self.first + self.made)
                self.made += 1
            self.row_of[node] = self.free.pop()
        return self.row_of[node]

    def release(self, nodes: Iterable[int], step: int) -> None:
        for node in set(nodes):
            row = self.row_of[node]
            if row >= self.first and self.last_read.get(node, -1) <= step:
                self.free.append(row)


def layout(code: CohortProgram) -> Layout:
    """Return the rows of a program's steps."""
    given = [step for step in code.steps if step.op == "leaf" and code.leaves[step.left].kind in GIVEN]
    row_of = {NEVER: 0, ALWAYS: 1}
    for number, step in enumerate(given):
        row_of |= {step.target: 2 + 2 * number, step.target + 1: 3 + 2 * number}
    copies = _place_rules(code, row_of, 2 + 2 * len(given))
    rows = _Rows(row_of, _last_reads(code.steps), 2 + 2 * len(given) + 2 * len(code.rules) + len(code.stopped))
    stretches = [Stretch(None, (0, 0))]
    for at, step in enumerate(code.steps):
        if step.op == "leaf":
            leaf = code.leaves[step.left]
            if leaf.kind not in GIVEN:
                stretches.append(Stretch(leaf, (rows.take(step.target), rows.take(step.target + 1))))
                rows.release((step.target, step.target + 1), at)
            continue
        read = row_of[step.left], row_of[step.right]
        rows.release((step.left, step.right), at)
        stretches[-1].joined.append((step.op == "&", *read, rows.take(step.target)))
        rows.release((step.target,), at)
    leaves = tuple(code.leaves[step.left] for step in given)
    return Layout(leaves, tuple(stretches), tuple(copies), tuple(rule for rule, _ in code.stopped), rows.made)


def _place_rules(code: CohortProgram, row_of: dict[int, int], first: int) -> list[tuple[int, int]]:
    """Give the rails of rules their rows; return those that are only copies of what has one already."""
    rules = len(code.rules)
    wanted = [(first + i, yes) for i, (yes, _) in enumerate(code.rules)]
    wanted += [(first + rules + i, no) for i, (_, no) in enumerate(code.rules)]
    wanted += [(first + 2 * rules + i, sure) for i, (_, sure) in enumerate(code.stopped)]
    copies = []
    for row, node in wanted:
        if row_of.setdefault(node, row) != row:
            copies.append((row, row_of[node]))
    return copies


def _last_reads(steps: Iterable[Step]) -> dict[int, int]:
    found: dict[int, int] = {}
    for at, step in enumerate(steps):
        if step.op != "leaf":
            found[step.left] = found[step.right] = at
    return found

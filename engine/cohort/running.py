"""Runs the rows of a program over a block of cases."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.cohort.columns import WORD, Bits, Block, Rails, below, equal_to, packed
from engine.cohort.rails import Leaf
from engine.cohort.rows import Layout
from engine.plan import Truth

FALSE, FIRED, OPEN, HELD = range(4)
SIGNS: Mapping[str, int] = {"silent": FALSE, "excluded": FALSE, "proposed": FIRED, "open": OPEN, "held": HELD}
"""How a row of outcomes says what the evaluator says of a rule."""


@dataclass(frozen=True, slots=True)
class Outcomes:
    """What every rule comes to in every case of a block: proposed (true), out of place (false), or open or held."""

    size: int
    true: NDArray[np.uint64]  # one row a rule, in the order of the program
    false: NDArray[np.uint64]
    held: Mapping[int, Bits]  # of the rules that something can stop: where they are indicated and wait for it

    def counts(self) -> list[tuple[int, int, int]]:
        """Return for every rule in how many cases it fired, was open or held, and was false."""
        fired, silent = _ones(self.true), _ones(self.false)
        return [(yes, self.size - yes - no, no) for yes, no in zip(fired, silent, strict=True)]

    def rows(self) -> list[bytes]:
        """Return what every rule comes to in every case: one of the numbers of ``SIGNS`` a rule."""
        true, false = (_unpacked(rail, self.size) for rail in (self.true, self.false))
        signs = OPEN - true - 2 * false
        for rule, held in self.held.items():
            signs[rule] += _unpacked(held, self.size)
        return [row.tobytes() for row in np.ascontiguousarray(signs.T)]

    def truths(self, case: int) -> tuple[Truth, ...]:
        """Return what every rule comes to in one case."""
        bit = np.uint64(1 << (case % WORD))
        true, false = (((rail[:, case // WORD] & bit) != 0).tolist() for rail in (self.true, self.false))
        return tuple(True if yes else False if no else None for yes, no in zip(true, false, strict=True))


def _unpacked(rail: NDArray[np.uint64], size: int) -> NDArray[np.uint8]:
    return np.unpackbits(rail.view(np.uint8), axis=-1, count=size, bitorder="little")


def _ones(rows: NDArray[np.uint64]) -> list[int]:
    found: list[int] = np.bitwise_count(rows).sum(axis=1, dtype=np.int64).tolist()
    return found


@dataclass(slots=True)
class Runner:
    """Decides blocks of one program; it keeps its rows from one block to the next of the same length."""

    layout: Layout
    rules: int
    _work: NDArray[np.uint64] | None = None
    _room: NDArray[np.bool_] | None = None

    def run(self, block: Block) -> Outcomes:
        """Return what every rule comes to in every case: about 8 KB a rule and rail for 65,536 cases."""
        stopped = self.layout.stopped
        rails = np.empty((2 * self.rules + len(stopped), block.words), dtype=np.uint64)
        rows = self._rows(block, rails)
        for stretch in self.layout.stretches:
            if stretch.leaf is not None:
                self._compare(stretch.leaf, block, rows[stretch.rows[0]], rows[stretch.rows[1]])
            for is_and, left, right, target in stretch.joined:
                (np.bitwise_and if is_and else np.bitwise_or)(rows[left], rows[right], rows[target])
        for target, source in self.layout.copies:
            rows[target][:] = rows[source]
        true, false, sure = np.split(rails, (self.rules, 2 * self.rules))
        held = {rule: row & ~true[rule] & ~false[rule] for rule, row in zip(stopped, sure, strict=True)}
        found = Outcomes(block.size, true, false, held)
        _overwrite(found, block)
        return found

    def _rows(self, block: Block, rails: NDArray[np.uint64]) -> list[Bits]:
        shape = self.layout.work, block.words
        if self._work is None or self._work.shape != shape:
            self._work = np.empty(shape, dtype=np.uint64)
            self._room = np.zeros(block.words * WORD, dtype=np.bool_)
        given = [_given(leaf, block) for leaf in self.layout.given]
        every = packed(np.ones(block.size, dtype=np.bool_))
        known = [bits for each in given for bits in (each.true, each.false)]
        return [np.zeros_like(every), every, *known, *rails, *self._work]

    def _compare(self, leaf: Leaf, block: Block, true: Bits, false: Bits) -> None:
        """Write the two rails of a comparison with a number: known true, and known without being true."""
        column, room = block.columns[leaf.fact], self._room
        if room is None:
            raise RuntimeError("rows are made before anything is compared")
        if leaf.kind == "equal":
            equal_to(column, leaf.limit, room[: block.size])
        else:
            below(column, leaf.limit, equal=leaf.kind == "up to", room=room[: block.size])
        np.bitwise_and(np.packbits(room, bitorder="little").view(np.uint64), column.known, true)
        np.bitwise_xor(column.known, true, false)


def _given(leaf: Leaf, block: Block) -> Rails:
    if leaf.kind == "test":
        return block.tests[leaf.test]
    return (block.flags if leaf.kind == "flag" else block.recorded)[leaf.fact]


def _overwrite(found: Outcomes, block: Block) -> None:
    """Put in what was found rule by rule where no column could hold the case."""
    for case, signs in block.walked.items():
        word, bit = case // WORD, np.uint64(1 << (case % WORD))
        for rail, wanted in ((found.true, FIRED), (found.false, FALSE)):
            rail[list(signs), word] &= ~bit
            rail[[rule for rule, sign in signs.items() if sign == wanted], word] |= bit
        for rule in signs.keys() & found.held.keys():
            found.held[rule][word] = found.held[rule][word] & ~bit | (bit if signs[rule] == HELD else np.uint64(0))

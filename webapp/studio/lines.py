"""Two texts beside each other, line by line, with what is the same folded away."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

AROUND = 3  # lines shown before and after what changed


@dataclass(frozen=True, slots=True)
class Line:
    """``kind``: same, out, in, or gap (``text`` is then how many lines are folded). Numbers count from 1."""

    kind: str
    text: str
    old: int | None = None
    new: int | None = None


def compared(old: str, new: str) -> list[Line]:
    """Return the difference of two texts; an empty list says that they are the same."""
    before, after = old.splitlines(), new.splitlines()
    groups = list(SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND))
    found: list[Line] = []
    reached = 0
    for group in groups:
        found += _gap(group[0][1] - reached)
        for tag, *span in group:
            found += _lines(tag, span, before, after)
        reached = group[-1][2]
    return [*found, *_gap(len(before) - reached)] if found else []


def _gap(count: int) -> list[Line]:
    return [Line("gap", str(count))] if count else []


def _lines(tag: str, span: Sequence[int], before: Sequence[str], after: Sequence[str]) -> Iterator[Line]:
    i1, i2, j1, j2 = span
    if tag == "equal":
        for offset in range(i2 - i1):
            yield Line("same", before[i1 + offset], i1 + offset + 1, j1 + offset + 1)
        return
    for i in range(i1, i2):
        yield Line("out", before[i], old=i + 1)
    for j in range(j1, j2):
        yield Line("in", after[j], new=j + 1)

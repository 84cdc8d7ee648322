"""What two versions say alike, said to the solver once: the second takes over the terms of the first."""

from collections.abc import Collection, Iterator

from engine.analysis.conditions import Encoder
from engine.compiler.program import Program
from engine.conditions import Expr


def share(first: Encoder, second: Encoder, differing: Collection[str]) -> None:
    """Give a second version the terms of all that is the same in it; ``differing`` are the names of what is not."""
    second.scores |= {name: terms for name, terms in first.scores.items() if f"score {name}" not in differing}
    second.named |= {key: rails for key, rails in first.named.items() if key[0] not in differing}
    second.rules |= {name: rails for name, rails in first.rules.items() if f"rule {name}" not in differing}
    for one, other in _same(first.program, second.program, differing):
        for red in (False, True):
            known = first.truths.get((id(one), red))
            if known is not None:
                second.truths[id(other), red] = other, known[1]


def _same(old: Program, new: Program, differing: Collection[str]) -> Iterator[tuple[Expr, Expr]]:
    """Yield the conditions of rules that neither differ nor rest on what does, of both versions."""
    for node in new.rules:
        if f"rule {node.name}" not in differing:
            before = old.rules[old.positions[node.name]]
            yield from zip(before.conditions, node.conditions, strict=True)

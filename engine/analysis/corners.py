"""The two ends of what a question leaves of a score's inputs: where a value only rises, all others lie between them."""

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

import z3

from engine.analysis.conditions import Encoder
from engine.conditions import Name
from engine.units import written

EFFORT = 1_000_000  # of the solver for one end, in its own count
NUMBERS = ("integer", "decimal", "quantity")


def corners(
    name: str, encoder: Encoder, asked: Sequence[z3.BoolRef], given: Mapping[str, object]
) -> Iterator[dict[str, object]]:
    """Yield what is given of two patients of whom a score is highest and lowest of all that ``asked`` leaves.

    What is no number they have from ``given``. Nobody is yielded if the value may rise and fall with an input.
    """
    program = encoder.program.scores[name]
    if any(step not in (1, 0, -1) for step in program.rising):
        return
    steps = dict(_numbers(name, encoder))
    for highest in (1, -1):
        ends = {fact: _end(fact, step * highest, encoder, asked) for fact, step in steps.items()}
        yield {**given, **{fact: end for fact, end in ends.items() if end is not None}}


def _numbers(name: str, encoder: Encoder) -> Iterator[tuple[str, int]]:
    """Yield the facts that are numbers and inputs of a score, with how the value moves with each."""
    program, known = encoder.program.scores[name], encoder.program.edition.vocabulary.facts
    for item, step in zip(program.score.inputs.values(), program.rising, strict=True):
        if isinstance(item.bind, Name) and item.bind.kind == "fact" and known[item.bind.name].type in NUMBERS and step:
            yield item.bind.name, step


def _end(fact: str, direction: int, encoder: Encoder, asked: Sequence[z3.BoolRef]) -> str | None:
    """Return the highest (``direction`` 1) or lowest a fact may be, as authors write it; None if that has no end."""
    value, solver = encoder.world.values[fact], z3.Optimize()
    solver.set("rlimit", EFFORT)
    solver.add(encoder.world.known[fact], *asked)
    sought = solver.maximize(value) if direction > 0 else solver.minimize(value)
    if solver.check() != z3.sat:
        return None
    infinite, finite, _ = sought.upper_values() if direction > 0 else sought.lower_values()
    if str(infinite) != "0" or not (z3.is_rational_value(finite) or z3.is_int_value(finite)):
        return None
    unit = encoder.program.edition.vocabulary.facts[fact].unit
    return " ".join(part for part in (written(Fraction(str(finite))), unit) if part)

"""Answers of one score that contradict each other: they are asked about, whatever the formula would make of them."""

from collections.abc import Sequence

from engine.compiler.formula import FormulaText, function_over
from engine.compiler.program import Doubt, Given, ScoreProgram, Unknown


def doubts(writer: FormulaText) -> tuple[Doubt, ...]:
    """Return the contradictions a score declares under ``doubtful``, and lists of unlike length, as functions."""
    found = [
        Doubt(name, (writer.names.index(name), writer.names.index(other)), _of_other_length)
        for name, other in sorted(writer.pairs)
    ]
    for name, condition in writer.score.doubtful.items():
        inputs = sorted(writer.inputs(condition), key=writer.names.index)
        reads = tuple(writer.names.index(each) for each in inputs)
        found.append(Doubt(name, reads, function_over(writer, condition, inputs)))
    return tuple(found)


def doubted(program: ScoreProgram, given: Sequence[Given]) -> tuple[str, ...]:
    """Return the inputs to ask about, in input order, because they contradict the other answers."""
    found = {doubt.name for doubt in program.doubts if _holds(doubt, [given[i] for i in doubt.reads])}
    return tuple(name for name in program.names if name in found)


def _of_other_length(entries: Sequence[object], beside: Sequence[object]) -> bool:
    return len(entries) != len(beside)


def _holds(doubt: Doubt, values: Sequence[Given]) -> bool:
    complete = not any(isinstance(value, Unknown) or value is None for value in values)
    return complete and doubt.holds(*values) is True

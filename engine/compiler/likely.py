"""Which part of an `and` to look at first: the one that most likely settles it for least work. It decides nothing."""

from math import prod

from engine.conditions import And, AtLeast, Compare, Expr, Name, Not, Number, OneOf, Or
from engine.facts import Vocabulary

_CHAINED, _OTHERWISE, _KNOWN = 0.85, 0.4, 0.9  # how often a conclusion is false, anything else is, a fact is recorded


class Likely:
    """Guesses from the vocabulary alone how often conditions are known to be false."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def gain(self, expr: Expr) -> float:
        """Return how often a condition is false for each step it takes to see that."""
        return self.false(expr) / self.steps(expr)

    def steps(self, expr: Expr) -> float:
        match expr:
            case And(parts=parts) | Or(parts=parts) | AtLeast(parts=parts):
                return sum(map(self.steps, parts))
            case Not(part=part):
                return self.steps(part)
            case Name(kind="definition" | "conclusion"):
                return 0.5
        return 1.0

    def false(self, expr: Expr) -> float:
        match expr:
            case Name(kind="definition" | "conclusion"):
                return _CHAINED
            case Name():
                return _KNOWN / 2
            case And(parts=parts):
                return 1 - prod(1 - self.false(part) for part in parts)
            case Or(parts=parts):
                return prod(map(self.false, parts))
            case Not(part=part):
                return max(0.0, _KNOWN - self.false(part))
            case OneOf(value=Name(name=name), codes=codes):
                return self._among(name, len(codes))
            case Compare(op="=" | "!=" as op, left=Name(name=name, kind="fact"), right=Name(kind="code")):
                return self._among(name, 1) if op == "=" else _KNOWN - self._among(name, 1)
            case Compare(
                op="<" | "<=" | ">" | ">=" as op, left=Name(name=name, kind="fact"), right=Number(value=limit)
            ):
                below = self._below(name, float(limit))
                return _KNOWN * (1 - below if op in ("<", "<=") else below)
        return _OTHERWISE

    def _among(self, fact: str, count: int) -> float:
        every = len(self.vocabulary.facts[fact].choices) if fact in self.vocabulary.facts else 0
        return _KNOWN * max(0.0, 1 - count / every) if every else _OTHERWISE

    def _below(self, fact: str, limit: float) -> float:
        """Return which part of a fact's range lies below a limit."""
        limits = self.vocabulary.facts[fact].range
        if limits is None or limits[0] == limits[1]:
            return 0.5
        low, high = float(limits[0]), float(limits[1])
        return min(1.0, max(0.0, (limit - low) / (high - low)))

"""The part of a world that a question rests on: its variables, and what the domain says of them."""

from collections.abc import Iterable
from dataclasses import dataclass, field

import z3

from engine.analysis.world import World


def _subject(variable: str) -> str:
    """Return what a variable is about: all those of one score are about that score."""
    kind, _, rest = variable.partition(" ")
    return f"score {rest.partition(' ')[0]}" if kind == "score" else variable


@dataclass(slots=True)
class Cones:
    """Finds the domain of a question; terms that were looked through once are remembered."""

    world: World
    names: dict[int, tuple[z3.ExprRef, frozenset[str]]] = field(default_factory=dict)
    read: int = 0
    about: dict[str, list[int]] = field(default_factory=dict)

    def of(self, terms: Iterable[z3.BoolRef]) -> tuple[list[z3.BoolRef], frozenset[str]]:
        """Return what the domain says of the variables of ``terms``, and all variables met on the way."""
        self._index()
        waiting = [name for term in terms for name in self.variables(term)]
        seen, taken = set(waiting), set[int]()
        while waiting:
            for number in self.about.get(_subject(waiting.pop()), ()):
                if number not in taken:
                    taken.add(number)
                    new = self.variables(self.world.domain[number]) - seen
                    seen |= new
                    waiting += new
        return [self.world.domain[number] for number in sorted(taken)], frozenset(seen)

    def _index(self) -> None:
        for number in range(self.read, len(self.world.domain)):
            for subject in self.world.about[number]:
                self.about.setdefault(subject, []).append(number)
        self.read = len(self.world.domain)

    def variables(self, term: z3.ExprRef) -> frozenset[str]:
        """Return the names of the variables of a term."""
        key = term.get_id()
        if key not in self.names:
            self.names[key] = term, frozenset(self._variables(term))
        return self.names[key][1]

    def _variables(self, term: z3.ExprRef) -> set[str]:
        if z3.is_const(term):
            return {term.decl().name()} if term.decl().kind() == z3.Z3_OP_UNINTERPRETED else set()
        return set[str]().union(*(self.variables(child) for child in term.children()))

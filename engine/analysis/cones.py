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
    names: dict[int, frozenset[str]] = field(default_factory=dict)  # by the address of a term
    kept: list[z3.ExprRef] = field(default_factory=list)
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
        self.kept.append(term)  # a term that nobody holds may give its address to another
        return self._variables(term.ctx_ref(), term.as_ast())

    def _variables(self, context: z3.Context, ast: z3.Ast) -> frozenset[str]:
        """Return the same of a term without its wrapping, which would take most of the time."""
        known = self.names.get(ast.value)
        if known is None:
            parts = z3.Z3_get_app_num_args(context, ast)
            if parts:
                own = (z3.Z3_get_app_arg(context, ast, number) for number in range(parts))
                known = frozenset().union(*(self._variables(context, part) for part in own))
            else:
                known = _name(context, ast)
            self.names[ast.value] = known
        return known


def _name(context: z3.Context, ast: z3.Ast) -> frozenset[str]:
    """Return the name of a variable; of a number or a truth nothing."""
    if z3.Z3_get_ast_kind(context, ast) != z3.Z3_APP_AST:
        return frozenset()
    declared = z3.Z3_get_app_decl(context, ast)
    if z3.Z3_get_decl_kind(context, declared) != z3.Z3_OP_UNINTERPRETED:
        return frozenset()
    return frozenset((z3.Z3_get_symbol_string(context, z3.Z3_get_decl_name(context, declared)),))

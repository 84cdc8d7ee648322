"""Which conditions of a protocol its own tests saw true, saw false and saw unknown."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from engine.compiler.program import Program, Scope
from engine.compiler.walk import truth
from engine.conditions import And, AtLeast, Compare, Expr, Includes, Known, Name, Not, OneOf, Or, Within, children
from engine.errors import Place
from engine.language.documents import Protocol
from engine.language.printer import printed
from engine.plan import Truth

JOINING = And | Or | Not | AtLeast
SINGLE = Compare | Within | OneOf | Includes | Known
WORDS: dict[Truth, str] = {True: "true", False: "false", None: "unknown"}


@dataclass(frozen=True, slots=True)
class Seen:
    """A single condition, and what it came to in the tests of its protocol."""

    expr: Expr
    red: bool  # of a red flag: days that nobody filled in may count there
    truths: set[Truth] = field(default_factory=set)

    @property
    def place(self) -> Place:
        return self.expr.place

    @property
    def condition(self) -> str:
        return printed(self.expr)

    @property
    def never(self) -> tuple[str, ...]:
        """Return what no test saw; whether something is known is never unknown itself."""
        wanted = (True, False) if isinstance(self.expr, Known) else (True, False, None)
        return tuple(WORDS[each] for each in wanted if each not in self.truths)


class Watch:
    """Looks at every condition that a protocol's file holds, case by case."""

    def __init__(self, program: Program, protocol: Protocol) -> None:
        found = (Seen(*each) for each in single_conditions(program, protocol))
        self.seen = {(each.place, each.condition): each for each in found if each.place.file == protocol.place.file}

    def look(self, scope: Scope) -> None:
        for each in self.seen.values():
            each.truths.add(truth(each.expr, scope, red=each.red))


def single_conditions(program: Program, protocol: Protocol) -> Iterator[tuple[Expr, bool]]:
    """Yield the single conditions of a protocol's definitions and rules, and whether each is of a red flag.

    Rows of tables are counted as rows.
    """
    for name in protocol.definitions:
        meant = program.definitions.get(f"{protocol.name}.{name}")
        if isinstance(meant, JOINING | SINGLE):
            yield from ((each, False) for each in _single(meant))
    for node in program.rules:
        if node.protocol.name == protocol.name:
            yield from ((each, node.rule.red_flag) for whole in node.conditions for each in _single(whole))


def _single(expr: Expr) -> Iterator[Expr]:
    """Yield the conditions that are joined to a whole."""
    if isinstance(expr, SINGLE | Name):
        yield expr
    elif isinstance(expr, JOINING):
        for part in children(expr):
            yield from _single(part)

"""Who rests on whom: definitions, conclusions, rules and scores as a graph without circles, in strata."""

from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from engine.compiler.program import RuleNode
from engine.conditions import Expr, Name, nodes
from engine.errors import PautaError
from engine.language.documents import Score

Graph = Mapping[str, frozenset[str]]
_PREFIX = {"definition": "", "conclusion": "", "score": "score:", "band": "score:"}


def reads(expr: Expr) -> Iterator[str]:
    """Yield the graph nodes a condition reads: definitions and conclusions by name, ``score:gerdq``."""
    for node in nodes(expr):
        if isinstance(node, Name) and node.kind in _PREFIX:
            yield _PREFIX[node.kind] + node.name


def dependencies(
    definitions: Mapping[str, Expr],
    rules: Iterable[RuleNode],
    conclusions: Mapping[str, tuple[str, ...]],
    scores: Mapping[str, Score],
) -> Graph:
    """Return every node with the nodes it rests on."""
    graph = {name: frozenset(reads(expr)) for name, expr in definitions.items()}
    for node in rules:
        resting = {name for part in node.conditions for name in reads(part)}
        graph[f"rule:{node.name}"] = frozenset(resting | {f"rule:{silencer}" for silencer in node.silencers})
    graph |= {name: frozenset(f"rule:{rule}" for rule in drawn) for name, drawn in conclusions.items()}
    for score in scores.values():
        binds = [item.bind for item in score.inputs.values() if item.bind is not None]
        graph[f"score:{score.name}"] = frozenset(name for bind in binds for name in reads(bind))
    return graph


def ordered(graph: Graph) -> tuple[str, ...]:
    """Return the nodes, each after those it rests on; raise PautaError that prints the loop if there is one."""
    sorter = TopologicalSorter({name: sorted(graph[name]) for name in sorted(graph)})
    try:
        return tuple(sorter.static_order())
    except CycleError as problem:
        loop = " -> ".join(reversed(problem.args[1]))
        raise PautaError("P114", f"these rest on each other in a circle: {loop}", "Break the loop.") from problem


def strata(graph: Graph) -> dict[str, int]:
    """Return how many steps of chaining each node needs: 0 reads facts only."""
    level: dict[str, int] = {}
    for name in ordered(graph):
        level[name] = 1 + max((level[part] for part in graph.get(name, ())), default=-1)
    return level

"""What rests on what in one protocol, drawn: facts, definitions, rules, and what they put into a plan.

Four columns, each in an order that keeps the lines short; everything a picture says stands beside it as a list.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

from django.utils.translation import gettext as _

from engine.conditions import Expr, Includes, Known, Name, OfSeries, nodes
from engine.language.documents import PREFIX, Action, Protocol, Rule
from webapp.plans.terms import Terms

FACTS, DEFINITIONS, RULES, ITEMS = range(4)
LETTERS = 34  # of a title that fit into a box
WIDTH, HEIGHT, STEP, GAP, TOP = 250, 22, 28, 110, 34
SWEEPS = 6  # over the columns, each ordered by what stands beside it


@dataclass(frozen=True, slots=True)
class Node:
    """``line`` is where the text names it first."""

    key: str
    column: int
    title: str
    line: int
    red_flag: bool = False


@dataclass(frozen=True, slots=True)
class Graph:
    nodes: Mapping[str, Node]
    edges: Sequence[tuple[str, str]]  # from what is read to what reads it

    def after(self, key: str) -> list[Node]:
        return [self.nodes[end] for begin, end in self.edges if begin == key]

    def before(self, key: str) -> list[Node]:
        return [self.nodes[begin] for begin, end in self.edges if end == key]


@dataclass(frozen=True, slots=True)
class Box:
    node: Node
    x: int
    y: int
    said: str  # cut to what fits

    @property
    def text_x(self) -> int:
        return self.x + 8

    @property
    def text_y(self) -> int:
        return self.y + 15


@dataclass(frozen=True, slots=True)
class Picture:
    width: int
    height: int
    boxes: Sequence[Box]
    paths: Sequence[str]
    heads: Sequence[tuple[int, str]]
    title: str
    description: str
    listed: Sequence[tuple[Node, Sequence[Node], Sequence[Node]]]  # a rule, what it reads, what it brings


class _Builder:
    def __init__(self, protocol: Protocol, terms: Terms) -> None:
        self.protocol, self.terms = protocol, terms
        self.nodes: dict[str, Node] = {}
        self.edges: dict[tuple[str, str], None] = {}

    def graph(self) -> Graph:
        for name, one in self.protocol.definitions.items():
            title = self.terms.say(one.title) or _plain(name)
            self._add(Node(f"define:{name.rpartition('.')[2]}", DEFINITIONS, title, one.place.line))
        for name, one in self.protocol.definitions.items():
            self._read(one.expression, f"define:{name.rpartition('.')[2]}")
        for rule in self.protocol.rules.values():
            self._rule(rule)
        return Graph(self.nodes, list(self.edges))

    def _add(self, node: Node) -> str:
        self.nodes.setdefault(node.key, node)
        return node.key

    def _rule(self, rule: Rule) -> None:
        name = rule.name.rpartition(".")[2]
        key = self._add(Node(f"rule:{name}", RULES, _plain(name), rule.place.line, rule.red_flag))
        for expr in (rule.when, rule.exclude):
            if expr is not None:
                self._read(expr, key)
        for action in rule.actions:
            self.edges[key, self._add(self._item(action))] = None

    def _item(self, action: Action) -> Node:
        if action.kind in PREFIX:
            return Node(action.code, ITEMS, self.terms.code(action.code), action.place.line)
        title = self.terms.fact(action.code) if action.kind == "ask" else _plain(action.code)
        said = _("ask: %(what)s") if action.kind == "ask" else _("conclude: %(what)s")
        return Node(f"{action.kind}:{action.code}", ITEMS, said % {"what": title}, action.place.line)

    def _read(self, expr: Expr, reader: str) -> None:
        for node in nodes(expr):
            for key in self._keys(node):
                if key != reader:
                    self.edges[key, reader] = None

    def _keys(self, node: Expr) -> Iterator[str]:
        line = node.place.line
        match node:
            case Name(kind="definition", name=name) if f"define:{name.rpartition('.')[2]}" in self.nodes:
                yield f"define:{name.rpartition('.')[2]}"
            case Name(kind="score" | "band", name=name):
                score = self.terms.edition.scores.get(name)
                yield self._add(Node(f"score:{name}", FACTS, self.terms.say(score.title) if score else name, line))
            case Name(kind="conclusion", name=name):
                yield self._add(Node(f"known:{name}", FACTS, _plain(name.rpartition(".")[2]), line))
            case Name(kind="fact", name=name) | Includes(fact=name) | Known(fact=name) | OfSeries(series=name):
                yield self._add(Node(f"fact:{name}", FACTS, self.terms.fact(name), line))


def graph_of(protocol: Protocol, terms: Terms) -> Graph:
    """Return what rests on what; what the text never reads is not in it."""
    return _Builder(protocol, terms).graph()


def picture_of(protocol: Protocol, terms: Terms) -> Picture:
    """Return the graph with its places on paper, and the same as a list."""
    graph = graph_of(protocol, terms)
    columns = _ordered(graph)
    tallest = max((len(column) for column in columns), default=0)
    boxes = {node.key: box for column in columns for node, box in _placed(column, tallest)}
    rules = [node for node in graph.nodes.values() if node.column == RULES]
    heads = (_("What is known"), _("Definitions"), _("Rules"), _("What comes into the plan"))
    return Picture(
        width=4 * WIDTH + 3 * GAP,
        height=TOP + tallest * STEP + 6,
        boxes=list(boxes.values()),
        paths=[_path(boxes[begin], boxes[end]) for begin, end in graph.edges],
        heads=[(_left(column), head) for column, head in enumerate(heads)],
        title=_("What rests on what: %(title)s") % {"title": terms.say(protocol.title)},
        description=_description(columns),
        listed=[(rule, graph.before(rule.key), graph.after(rule.key)) for rule in rules],
    )


def _description(columns: Sequence[Sequence[Node]]) -> str:
    facts, definitions, rules, items = map(len, columns)
    return _(
        "From left to right: %(facts)s things known, %(definitions)s definitions, %(rules)s rules, %(items)s things "
        "that come into the plan. The list below says the same."
    ) % {"facts": facts, "definitions": definitions, "rules": rules, "items": items}


def _ordered(graph: Graph) -> list[list[Node]]:
    """Return the columns, each node near those it is joined with: what stands beside it decides, there and back."""
    columns = [[node for node in graph.nodes.values() if node.column == column] for column in range(4)]
    beside: dict[str, list[str]] = {key: [] for key in graph.nodes}
    for begin, end in graph.edges:
        beside[begin].append(end)
        beside[end].append(begin)
    for _sweep in range(SWEEPS):
        for column in (ITEMS, DEFINITIONS, FACTS, DEFINITIONS):
            height = _heights(columns)
            columns[column].sort(key=lambda node: _mean(height, beside[node.key], height[node.key]))
    return columns


def _heights(columns: Iterable[Sequence[Node]]) -> dict[str, float]:
    """Return how far down each node stands, from 0 to 1."""
    return {node.key: index / max(len(column), 1) for column in columns for index, node in enumerate(column)}


def _mean(height: Mapping[str, float], keys: Sequence[str], own: float) -> float:
    return fmean(height[key] for key in keys) if keys else own


def _left(column: int) -> int:
    return column * (WIDTH + GAP)


def _placed(column: Sequence[Node], tallest: int) -> Iterator[tuple[Node, Box]]:
    """Yield the boxes of a column, spread over the height of the tallest one."""
    spread = tallest * STEP / max(len(column), 1)
    for index, node in enumerate(column):
        y = TOP + round(index * spread + (spread - STEP) / 2)
        said = node.title if len(node.title) <= LETTERS else f"{node.title[: LETTERS - 1].rstrip()}…"
        yield node, Box(node, _left(node.column), y, said)


def _path(begin: Box, end: Box) -> str:
    """Return a line from the right of a box to the left of another, or around the right where both are in a column."""
    x1, y1, y2 = begin.x + WIDTH, begin.y + HEIGHT // 2, end.y + HEIGHT // 2
    if begin.x >= end.x:
        return f"M{x1} {y1}C{x1 + 40} {y1} {x1 + 40} {y2} {end.x + WIDTH} {y2}"
    bend = GAP // 2
    return f"M{x1} {y1}C{x1 + bend} {y1} {end.x - bend} {y2} {end.x} {y2}"


def _plain(name: str) -> str:
    return name.replace("_", " ")

"""An expression as one text that is the same in every version in which it means the same: the name of what is free."""

from dataclasses import fields

from engine.analysis.world import World
from engine.conditions import Expr, Name, Node, OfSeries


def text(expr: Expr, world: World) -> str:
    """Return an expression with its definitions written out, and marked where another version means something else."""
    match expr:
        case Name(name=name, kind="definition"):
            return text(world.program.definitions[name], world)
        case Name(name=name, kind="fact"):
            return world.tag(name)
        case Name(name=name, kind="score" | "band" as kind):
            return f"{kind} of {world.tag(f'score {name}')}"
        case Name(name=name, kind="conclusion"):
            return f"{name}{world.version}"
    said = [_said(getattr(expr, each.name), world) for each in fields(expr) if each.name != "place"]
    mark = world.tag(expr.series) if isinstance(expr, OfSeries) else ""
    return f"{type(expr).__name__}({', '.join(said)}){mark}"


def _said(value: object, world: World) -> str:
    if isinstance(value, tuple):
        return f"[{', '.join(_said(each, world) for each in value)}]"
    if isinstance(value, frozenset):
        return f"{{{', '.join(sorted(map(str, value)))}}}"
    return text(value, world) if isinstance(value, Node) else str(value)  # type: ignore[arg-type]

"""Finds every access check in the source and makes of each a change that takes it away."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Attributes and functions by which code asks who somebody is.
ASKS = {"active_role", "may", "user_id", "role_names", "is_own", "own_patient"}
ASKING = ("may_", "_may", "is_own", "only_clinicians", "_only")
DOORS = {"public", "signed_in", "roles", "may", "patient_or_may"}
OWNERS = {"user", "patient__user", "patient__in"}


@dataclass(frozen=True)
class Mutant:
    """One check taken away: where it stood, what it was and what stands there now; ``code`` is the changed module.

    ``door`` is set for a rule on a view, which is changed on the view itself and has no code.
    """

    path: str
    line: int
    function: str
    before: str
    after: str
    code: ast.Module | None = None
    door: bool = False

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function}: {self.before}  ->  {self.after}"


def sources() -> list[Path]:
    """Return the files of the web part, without migrations, demo and commands."""
    left_out = ("/migrations/", "/management/")
    return [path for path in sorted((ROOT / "webapp").rglob("*.py")) if not any(word in str(path) for word in left_out)]


def mutants() -> list[Mutant]:
    return [mutant for path in sources() for mutant in _of_file(path)]


def _of_file(path: Path) -> Iterator[Mutant]:
    text, name = path.read_text(), str(path.relative_to(ROOT))
    tree = ast.parse(text)
    doors = _named_doors(tree)
    for function in (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)):
        yield from _doors_of(function, name, doors)
        for node in ast.walk(function):
            for after in _permissive(node, function):
                yield _mutant(text, name, function, node, after)


def _mutant(text: str, name: str, function: ast.FunctionDef, node: ast.AST, after: ast.AST) -> Mutant:
    tree = ast.parse(text)
    place = (type(node), node.lineno, node.col_offset, node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]
    changed = ast.fix_missing_locations(_Swap(place, after).visit(tree))
    before = " ".join((ast.get_source_segment(text, node) or "").split())
    return Mutant(name, node.lineno, function.name, before[:110], ast.unparse(after)[:90], changed)  # type: ignore[attr-defined]


class _Swap(ast.NodeTransformer):
    def __init__(self, place: tuple[object, ...], after: ast.AST) -> None:
        self.place, self.after = place, after

    def visit(self, node: ast.AST) -> ast.AST:
        at = (
            type(node),
            *(getattr(node, name, None) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")),
        )
        return ast.copy_location(self.after, node) if at == self.place else self.generic_visit(node)


# --- rules on views


def _named_doors(tree: ast.Module) -> set[str]:
    """Return the names a module gives to rules: ``clinicians = access.roles(...)``."""
    given = (node for node in tree.body if isinstance(node, ast.Assign) and _is_door(node.value))
    return {target.id for node in given for target in node.targets if isinstance(target, ast.Name)}


def _is_door(node: ast.AST) -> bool:
    call = node.func if isinstance(node, ast.Call) else node
    return isinstance(call, ast.Attribute) and call.attr in DOORS and ast.unparse(call.value) == "access"


def _doors_of(function: ast.FunctionDef, name: str, doors: set[str]) -> Iterator[Mutant]:
    for node in function.decorator_list:
        said = ast.unparse(node)
        if said == "access.public" or not (_is_door(node) or said in doors):
            continue
        after = "access.public" if said == "access.signed_in" else "access.signed_in"
        yield Mutant(name, node.lineno, function.name, f"@{said}", f"@{after}", door=True)


# --- checks inside functions


def _asks(node: ast.AST) -> bool:
    """Tell whether an expression asks who somebody is."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and (part.attr in ASKS or part.attr.startswith(ASKING)):
            return True
        if isinstance(part, ast.Name) and (part.id == "hat" or part.id.startswith(ASKING)):
            return True
    return False


def _permissive(node: ast.AST, function: ast.FunctionDef) -> Iterator[ast.AST]:
    """Give what may stand in place of a node so that it lets more through."""
    if isinstance(node, ast.If) and _asks(node.test):
        yield from _open_branch(node)
    elif isinstance(node, ast.IfExp) and _asks(node.test):
        if _is_nothing(node.orelse):
            yield node.body
        elif _is_nothing(node.body):
            yield node.orelse
    elif isinstance(node, ast.Return) and _is_verdict(node.value, function):
        yield ast.Return(ast.Constant(True))
    elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) and _guards(node.value):
        yield ast.Pass()
    elif isinstance(node, ast.Call):
        yield from _wider(node)


def _open_branch(node: ast.If) -> Iterator[ast.AST]:
    last = node.body[-1]
    if isinstance(last, ast.Return) and last.value is None:  # "who may goes on": now everybody does
        yield ast.If(ast.Constant(True), node.body, node.orelse)
    elif isinstance(last, ast.Raise) or (isinstance(last, ast.Return) and _is_nothing(last.value)):
        yield ast.If(ast.Constant(False), node.body, node.orelse)
    elif isinstance(last, ast.Return) and last.value is not None and ast.unparse(last.value).endswith(".all()"):
        yield ast.If(ast.Constant(True), node.body, node.orelse)


def _is_nothing(node: ast.AST | None) -> bool:
    """Tell whether an expression is what somebody gets who may not: nothing, an empty list, no rows, another page."""
    said = "" if node is None else ast.unparse(node)
    return said in ("None", "False", "[]", "()", "{}", "''") or ".none()" in said or said.startswith("redirect(")


def _is_verdict(node: ast.AST | None, function: ast.FunctionDef) -> bool:
    returns = ast.unparse(function.returns) if function.returns else ""
    return returns == "bool" and node is not None and not isinstance(node, ast.Constant) and _asks(node)


def _guards(call: ast.Call) -> bool:
    name = ast.unparse(call.func).rpartition(".")[2]
    return name.startswith(ASKING)


def _wider(call: ast.Call) -> Iterator[ast.AST]:
    """Drop the owner out of a query, and the selector out of a look-up."""
    name = ast.unparse(call.func).rpartition(".")[2]
    if name in ("filter", "get", "get_object_or_404"):
        for word in call.keywords:
            if word.arg in OWNERS or (name == "get_object_or_404" and word.arg in ("patient", "patient_id", "plan")):
                yield ast.Call(call.func, call.args, [other for other in call.keywords if other is not word])
    if name == "get_object_or_404" and isinstance(call.args[0], ast.Call) and "user" in ast.unparse(call.args[0]):
        everything = ast.parse(f"({ast.unparse(call.args[0])}).model._default_manager.all()", mode="eval").body
        yield ast.Call(call.func, [everything, *call.args[1:]], call.keywords)

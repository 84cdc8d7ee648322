"""Finds every access check in the source and makes of each a change that takes it away."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.db.models import QuerySet

from tools import access_words
from tools.access_words import REFUSING, Words, asks, functions_in, name_of, outermost, sources, told_in, words_of

DOORS = {"public", "signed_in", "roles", "may", "patient_or_may"}
FRESH = "fresh_required"
OWNERS = {
    "user", "user_id", "patient", "patient_id", "patient__user", "patient__in", "plan", "plan_id", "plan__in",
    "response", "actor_id", "recorded_by", "is_active", "user__is_active", "patient__user__is_active",
    "expire_date__gt", "told_at__lte",
}  # fmt: skip
LOOKS_UP = {"filter", "get", "get_object_or_404"}
# What somebody gets who may not: nothing, no rows, another page.
NOTHING = {"None", "False", "[]", "()", "{}", "''", "frozenset()", "set()"}
ELSEWHERE = ("redirect(", "ways.by_way_of(", "_to_login(")
HELPER = "__import__('tools.access_checks', fromlist=['everything'])."


@dataclass(frozen=True)
class Mutant:
    """One check taken away: where it stood, what it was and what stands there now; ``code`` is the changed module.

    ``function`` is the outermost function around it. ``kind`` "door" is a rule on a view and "fresh" the question
    before it whether it is still the same person: both are changed on the address itself and have no code.
    """

    path: str
    line: int
    function: str
    before: str
    after: str
    kind: str = "check"
    code: ast.Module | None = None

    @property
    def name(self) -> tuple[str, str, str, str]:
        """What stays the same when lines move."""
        return self.path, self.function, self.before, self.after

    def __str__(self) -> str:
        return f"{self.path}:{self.line} {self.function}: {self.before}  ->  {self.after}"


def mutants() -> list[Mutant]:
    paths = sources()
    words = words_of(paths)
    return [mutant for path in paths for mutant in of_file(path, words[path])]


def of_file(path: Path, words: Words) -> Iterator[Mutant]:
    """Give the changes of one file."""
    text, name = path.read_text(), str(path.relative_to(access_words.ROOT))
    tree = ast.parse(text)
    doors, seen = _named_doors(tree), set()
    for function in functions_in(tree):
        yield from _doors_of(function, name, doors)
    for function in outermost(tree):
        for node, after in _Checks(function, words).changes():
            mutant = _mutant(text, name, function, node, after)
            if mutant.name not in seen:
                seen.add(mutant.name)
                yield mutant


def _mutant(text: str, name: str, function: ast.FunctionDef, node: ast.expr, after: ast.expr) -> Mutant:
    swap = _Swap(node, after)
    changed = ast.fix_missing_locations(swap.visit(ast.parse(text)))
    before = " ".join((ast.get_source_segment(text, node) or "").split())
    said = " ".join(ast.unparse(after).replace(HELPER, "").split())
    return Mutant(name, node.lineno, function.name, before[:130], said[:130], code=changed)


def _place(node: ast.AST) -> tuple[object, ...]:
    return (
        type(node),
        *(getattr(node, name, None) for name in ("lineno", "col_offset", "end_lineno", "end_col_offset")),
    )


class _Swap(ast.NodeTransformer):
    """Puts one expression in the place of another."""

    def __init__(self, node: ast.AST, after: ast.AST) -> None:
        self.place, self.after = _place(node), after

    def visit(self, node: ast.AST) -> ast.AST:
        return ast.copy_location(self.after, node) if _place(node) == self.place else self.generic_visit(node)


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
        if said.rpartition(".")[2] == FRESH:
            yield Mutant(name, node.lineno, function.name, f"@{said}", "not asked again", "fresh")
        elif said != "access.public" and (_is_door(node) or said in doors):
            after = "access.public" if said == "access.signed_in" else "access.signed_in"
            yield Mutant(name, node.lineno, function.name, f"@{said}", f"@{after}", "door")


# --- checks inside functions


def everything(rows: QuerySet) -> QuerySet:
    """Return the same rows without any condition: what a selector would give to who may see all."""
    wide = rows._chain()
    wide.query.where = type(wide.query.where)()
    return wide


class _Checks:
    """The checks of one function, and what lets more through in place of each."""

    def __init__(self, function: ast.FunctionDef, words: Words) -> None:
        self.function, self.words = function, words
        self.told, self.refuses = told_in(function, words), function.name in REFUSING

    def changes(self) -> Iterator[tuple[ast.expr, ast.expr]]:
        for block in _blocks(self.function):
            for place, statement in enumerate(block):
                yield from self._in_statement(statement, block[place + 1 :])
        for node in ast.walk(self.function):
            yield from self._in_expression(node)
        for inner in functions_in(self.function):
            if inner.returns and ast.unparse(inner.returns) == "bool":
                yield from self._verdicts(inner)

    def _asks(self, node: ast.AST) -> bool:
        return asks(node, self.words, self.told)

    def _in_statement(self, statement: ast.stmt, rest: list[ast.stmt]) -> Iterator[tuple[ast.expr, ast.expr]]:
        if isinstance(statement, ast.If) and self._asks(statement.test):
            wanted = _wanted(statement, rest)
            if wanted is not None:
                yield from self._opened(statement.test, wanted != self.refuses)
        elif (call := _call(statement)) and name_of(call) in self.words.guards:
            yield call, ast.Constant(None)

    def _in_expression(self, node: ast.AST) -> Iterator[tuple[ast.expr, ast.expr]]:
        if isinstance(node, ast.IfExp) and self._asks(node.test):
            if (wanted := _chosen(node)) is not None:
                yield from self._opened(node.test, wanted != self.refuses)
        elif isinstance(node, ast.comprehension):
            for test in node.ifs:
                if self._asks(test):
                    yield from self._opened(test, True)
        elif isinstance(node, ast.Call):
            yield from self._wider(node)

    def _verdicts(self, function: ast.FunctionDef) -> Iterator[tuple[ast.expr, ast.expr]]:
        for node in ast.walk(function):
            if isinstance(node, ast.Return) and node.value is not None and self._asks(node.value):
                yield from self._opened(node.value, not self.refuses)

    def _opened(self, test: ast.expr, wanted: bool) -> Iterator[tuple[ast.expr, ast.expr]]:
        """Give a test that always comes out as wanted, and tests that leave out one of several conditions."""
        always = ast.BoolOp(ast.Or() if wanted else ast.And(), [ast.Constant(wanted), test])
        yield test, always
        yield from self._less(test, wanted)

    def _less(self, test: ast.expr, wanted: bool) -> Iterator[tuple[ast.expr, ast.expr]]:
        if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not):
            yield from self._less(test.operand, not wanted)
        elif isinstance(test, ast.Call) and name_of(test) == "bool" and test.args:
            yield from self._less(test.args[0], wanted)
        elif isinstance(test, ast.BoolOp):
            narrows = isinstance(test.op, ast.And) == wanted
            for value in test.values:
                if narrows and self._asks(value):
                    left = [other for other in test.values if other is not value]
                    yield test, left[0] if len(left) == 1 else ast.BoolOp(test.op, left)
                yield from self._less(value, wanted)

    def _wider(self, call: ast.Call) -> Iterator[tuple[ast.expr, ast.expr]]:
        """Drop the owner out of a query, and the selector out of a look-up."""
        name = name_of(call)
        if name in LOOKS_UP:
            for word in call.keywords:
                if word.arg in OWNERS:
                    yield call, ast.Call(call.func, call.args, [other for other in call.keywords if other is not word])
            for condition in filter(_names_an_owner, call.args if name == "filter" else ()):
                yield call, ast.Call(call.func, [other for other in call.args if other is not condition], call.keywords)
        elif name in self.words.selectors:
            helper = ast.parse(f"{HELPER}everything", mode="eval").body
            yield call, ast.Call(helper, [call], [])


def _names_an_owner(condition: ast.expr) -> bool:
    """Tell whether a condition given as a whole says whose the rows may be: ``own | Q(kind__in=RELEASED)``."""
    words = {word.arg for part in ast.walk(condition) if isinstance(part, ast.Call) for word in part.keywords}
    return bool(words & (OWNERS | {"kind__in"}))


def _call(statement: ast.stmt) -> ast.Call | None:
    value = statement.value if isinstance(statement, ast.Expr) else None
    return value if isinstance(value, ast.Call) else None


def _blocks(function: ast.FunctionDef) -> Iterator[list[ast.stmt]]:
    for node in ast.walk(function):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list):
                yield block


def _wanted(statement: ast.If, rest: list[ast.stmt]) -> bool | None:
    """Tell whether more is let through when the test always or never holds; None where it only chooses words."""
    last = statement.body[-1]
    otherwise = statement.orelse or rest
    if isinstance(last, ast.Raise) or ast.unparse(last).startswith("logout("):
        return False
    if isinstance(last, ast.Return):
        if last.value is None:
            return _refuses(otherwise)
        return False if _is_nothing(last.value) else True if _refuses(otherwise) else None
    return None


def _chosen(node: ast.IfExp) -> bool | None:
    """Tell which of two answers lets more through: None before another page, and anything before nothing."""
    if any(ast.unparse(side).startswith(ELSEWHERE) for side in (node.body, node.orelse)):
        return ast.unparse(node.orelse).startswith(ELSEWHERE)
    return _is_nothing(node.orelse) if _is_nothing(node.orelse) or _is_nothing(node.body) else None


def _refuses(block: list[ast.stmt]) -> bool:
    """Tell whether what follows turns away."""
    nodes = [node for statement in block for node in ast.walk(statement)]
    return any(isinstance(one, ast.Raise) or _gives_nothing(one) for one in nodes)


def _gives_nothing(node: ast.AST) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_nothing(node.body) or _is_nothing(node.orelse)
    return isinstance(node, ast.Return) and _is_nothing(node.value)


def _is_nothing(node: ast.AST | None) -> bool:
    said = "" if node is None else ast.unparse(node)
    return said in NOTHING or ".none()" in said or said.startswith(ELSEWHERE)

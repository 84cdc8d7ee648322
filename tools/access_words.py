"""Which words of the source ask who somebody is: those written here, and every function that answers by them.

A verdict says yes or no, a guard lets pass or raises, a selector gives the rows somebody may see.
"""

import ast
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Attributes and functions by which code asks who somebody is, and whether that person is really there.
ASKS = frozenset(
    {
        "active_role", "may", "role_names", "is_authenticated", "is_active", "has_factor", "session_over",
        "check_password", "compare_digest", "take_totp", "take", "is_locked", "is_fresh", "has_current_consent",
        "is_good", "_readable", "documents_for",
    }
)  # fmt: skip
# Everyday words, which ask only where sessions end and permissions are held back.
ASKS_THERE = frozenset({"bar", "away", "longest", "within"})
THERE = ("webapp/accounts/", "webapp/base/permissions.py")
# Verdicts by which somebody is held back: here it is "no" that opens.
REFUSING = frozenset(
    {"_owes_second_step", "must_have_one", "is_locked", "_works_here", "_is_closed", "_shut", "why_over"}
)
# Columns that say whose something is; compared with somebody, they ask.
WHOSE = frozenset({"patient_id", "user_id", "signed_by_id", "made_by_id", "recorded_by_id", "actor_id"})


@dataclass(frozen=True)
class Words:
    """What asks, by bare name."""

    asking: frozenset[str] = ASKS
    guards: frozenset[str] = frozenset()
    selectors: frozenset[str] = frozenset()


def sources() -> list[Path]:
    """Return the files of the web part, without migrations, demo and commands."""
    left_out = ("/migrations/", "/management/")
    return [path for path in sorted((ROOT / "webapp").rglob("*.py")) if not any(word in str(path) for word in left_out)]


def functions_in(tree: ast.AST) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]


def words_of(paths: Iterable[Path]) -> dict[Path, Words]:
    """Return the words that ask, by file: they are looked for again and again until no more come to light."""
    functions = {path: functions_in(ast.parse(path.read_text())) for path in paths}
    selectors = _named(functions, lambda _path, one: _is_selector(one))
    words = {
        path: Words(_asks_in(path) | _known(selectors, path), frozenset(), _known(selectors, path))
        for path in functions
    }
    while True:
        more = _with_more(functions, words)
        if more == words:
            return words
        words = more


def _asks_in(path: Path) -> frozenset[str]:
    return ASKS | ASKS_THERE if any(part in str(path) for part in THERE) else ASKS


def _with_more(functions: dict[Path, list[ast.FunctionDef]], words: dict[Path, Words]) -> dict[Path, Words]:
    verdicts = _named(functions, lambda path, one: _is_verdict(one, words[path]))
    guards = _named(functions, lambda path, one: _is_guard(one, words[path]))
    return {
        path: replace(said, asking=said.asking | _known(verdicts, path), guards=said.guards | _known(guards, path))
        for path, said in words.items()
    }


Named = set[tuple[Path | None, str]]  # with the file in which a private name means this


def _named(functions: dict[Path, list[ast.FunctionDef]], is_so: Callable[[Path, ast.FunctionDef], bool]) -> Named:
    """Return the names that mean this wherever a function is called so; a private one in its own file."""
    every = [(path, one) for path, some in functions.items() for one in some]
    found = {(_scope(path, one), one.name) for path, one in every if is_so(path, one)}
    return found - {(_scope(path, one), one.name) for path, one in every if not is_so(path, one)}


def _scope(path: Path, function: ast.FunctionDef) -> Path | None:
    return path if function.name.startswith("_") else None


def _known(named: Named, path: Path) -> frozenset[str]:
    return frozenset(name for scope, name in named if scope in (None, path))


def asks(node: ast.AST, words: Words, told: frozenset[str] = frozenset()) -> bool:
    """Tell whether an expression asks who somebody is; ``told`` are names that hold such an answer already."""
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and part.attr in words.asking:
            return True
        if isinstance(part, ast.Name) and part.id in words.asking | told:
            return True
        if isinstance(part, ast.Compare) and _compares_owners(part):
            return True
    return False


def told_in(function: ast.FunctionDef, words: Words) -> frozenset[str]:
    """Return the names in a function that hold the answer to such a question: ``own = is_own(patient, actor)``."""
    given = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    return frozenset(
        target.id
        for node in given
        for target in node.targets
        if isinstance(target, ast.Name) and _is_an_answer(node.value, words) and asks(node.value, words)
    )


def name_of(call: ast.Call) -> str:
    return ast.unparse(call.func).rpartition(".")[2]


def _compares_owners(node: ast.Compare) -> bool:
    sides = [node.left, *node.comparators]
    named = any(isinstance(side, ast.Attribute) and side.attr in WHOSE for side in sides)
    return named and not any(isinstance(side, ast.Constant) for side in sides)


def _is_an_answer(value: ast.expr, words: Words) -> bool:
    if isinstance(value, ast.Call):
        return name_of(value) in words.asking - words.selectors or name_of(value) in ("exists", "count", "bool", "any")
    return isinstance(value, ast.Compare | ast.BoolOp | ast.UnaryOp | ast.ListComp)


def _returns(function: ast.FunctionDef) -> str:
    return ast.unparse(function.returns) if function.returns else ""


def _is_selector(function: ast.FunctionDef) -> bool:
    people = [one for one in function.args.args if one.annotation and ast.unparse(one.annotation) == "User"]
    return bool(people) and _returns(function).startswith("QuerySet")


def _is_verdict(function: ast.FunctionDef, words: Words) -> bool:
    values = [node.value for node in ast.walk(function) if isinstance(node, ast.Return) and node.value]
    told = told_in(function, words)
    return _returns(function) == "bool" and any(asks(value, words, told) for value in values)


def _is_guard(function: ast.FunctionDef, words: Words) -> bool:
    """A function that does nothing but ask and raise."""
    if _returns(function) != "None" or not _only_asks(function.body, words):
        return False
    tests = [node.test for node in ast.walk(function) if isinstance(node, ast.If)]
    calls = [name_of(node) for node in ast.walk(function) if isinstance(node, ast.Call)]
    raises = any(isinstance(node, ast.Raise) for node in ast.walk(function))
    told = told_in(function, words)
    return (raises and any(asks(test, words, told) for test in tests)) or any(name in words.guards for name in calls)


def _only_asks(body: list[ast.stmt], words: Words) -> bool:
    return all(_asks_or_raises(one, words) for one in body)


def _asks_or_raises(one: ast.stmt, words: Words) -> bool:
    match one:
        case ast.Raise() | ast.Return(value=None) | ast.Assign() | ast.Expr(value=ast.Constant()):
            return True
        case ast.Expr(value=ast.Call() as call):
            return name_of(call) in words.guards
        case ast.If():
            return _only_asks([*one.body, *one.orelse], words)
    return False


def outermost(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    """Give the functions of a module and of its classes, without those inside other functions."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.FunctionDef):
            yield node
        elif not isinstance(node, ast.AsyncFunctionDef):
            yield from outermost(node)

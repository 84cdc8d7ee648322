"""Makes the change of a mutant in a running process: nothing is written to any file."""

import gc
import importlib
import inspect
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from tools.access_checks import Mutant
from tools.access_words import ROOT

GUARDING = ("CsrfViewMiddleware", "AxesMiddleware", "XFrameOptionsMiddleware", "CSPMiddleware")
ASKS_NOBODY = "webapp.base.house.ReadOncePerRequest"  # keeps what it read for one request


class NotMade(RuntimeError):
    """A change found in the source that reaches nothing in memory."""


def middlewares() -> list[Mutant]:
    """Return what stands before every page and asks or closes: each left out is a check taken away."""
    ours = [one for one in settings.MIDDLEWARE if one.startswith("webapp.") or one.endswith(GUARDING)]
    ours = [one for one in ours if one != ASKS_NOBODY]
    return [Mutant("webapp/settings.py", 0, "MIDDLEWARE", one, "left out", "middleware") for one in ours]


def make(mutant: Mutant) -> None:
    """Make the change; raise NotMade where there is nothing to change, ValueError where Python refuses it."""
    ways = {"door": _open_door, "fresh": _ask_no_more, "middleware": _leave_out, "check": _replace_code}
    ways[mutant.kind](mutant)


# --- rules on views


def doors() -> dict[str, list[URLPattern]]:
    """Return every address by the file and name of its view: ``webapp/desk/views.py worklist``."""
    found: dict[str, list[URLPattern]] = defaultdict(list)
    _doors_below(get_resolver().url_patterns, found)
    return found


def _doors_below(patterns: Iterable[Any], found: dict[str, list[URLPattern]]) -> None:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            _doors_below(pattern.url_patterns, found)
        elif module := getattr(pattern.callback, "__module__", ""):
            found[f"{module.replace('.', '/')}.py {pattern.callback.__name__}"].append(pattern)


def _patterns(mutant: Mutant) -> list[URLPattern]:
    found = doors()[f"{mutant.path} {mutant.function}"]
    if not found:
        raise NotMade(f"{mutant}: no address leads there")
    return found


def _open_door(mutant: Mutant) -> None:
    rule = importlib.import_module("webapp.base.access")
    for pattern in _patterns(mutant):
        pattern.callback.access_rule = rule.PUBLIC if mutant.after == "@access.public" else rule.SIGNED_IN


def _ask_no_more(mutant: Mutant) -> None:
    for pattern in _patterns(mutant):
        rule = pattern.callback.access_rule
        pattern.callback = inspect.unwrap(pattern.callback)
        pattern.callback.access_rule = rule


def _leave_out(mutant: Mutant) -> None:
    settings.MIDDLEWARE = [one for one in settings.MIDDLEWARE if one != mutant.before]


# --- code of functions


@cache
def functions() -> dict[str, list[FunctionType]]:
    """Return every function of ours in memory by file, those inside decorators too; looked for once.

    Raises RuntimeError where none is found: a change that reaches nothing would be said to be noticed by nobody.
    """
    found: dict[str, list[FunctionType]] = defaultdict(list)
    gc.unfreeze()  # the tests put aside what stays to the end, and what is put aside is in no list of objects
    for thing in gc.get_objects():
        # Not isinstance: it asks what stands for another object for its class, and some of those refuse out of place.
        if type(thing) is FunctionType and thing.__code__.co_filename.startswith(f"{ROOT}/webapp/"):
            found[str(Path(thing.__code__.co_filename).relative_to(ROOT))].append(thing)
    gc.freeze()
    if not found:
        raise RuntimeError(f"no function of {ROOT}/webapp is in memory: load the project's tests first")
    return found


def codes() -> dict[CodeType, str]:
    """Return the code of every function of ours, those still to be made inside others too, by file and name."""
    found = [(path, one.__code__) for path, every in functions().items() for one in every]
    found += [(path, inner) for path, code in found for inner in _codes_in(code)]
    return {code: f"{path} {code.co_qualname}" for path, code in found}


def _replace_code(mutant: Mutant) -> None:
    """Give the function, and those already made inside it, the code of the changed module."""
    if mutant.code is None:
        raise NotMade(f"{mutant} changes no code")
    made = compile(mutant.code, str(ROOT / mutant.path), "exec")
    fresh = {code.co_qualname: code for code in _codes_in(made)}
    changed = 0
    for function in functions().get(mutant.path, ()):
        qualname = function.__code__.co_qualname
        if mutant.function in qualname.split(".") and qualname in fresh:
            function.__code__ = fresh[qualname]
            changed += 1
    if not changed:
        raise NotMade(f"{mutant}: the function is not in memory")
    _forget(mutant)


def _forget(mutant: Mutant) -> None:
    """Throw away what a function that keeps its answers answered before the change."""
    module = importlib.import_module(mutant.path.removesuffix(".py").replace("/", "."))
    if forget := getattr(getattr(module, mutant.function, None), "cache_clear", None):
        forget()


def _codes_in(code: CodeType) -> Iterable[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _codes_in(part)

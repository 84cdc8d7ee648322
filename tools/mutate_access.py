"""Takes away each access check in turn and tells which of them no test misses: `make mutate-access`.

One process prepares database, protocols and modules; each change is tried in a child of it, on the tests that ran
through the changed function, or, for a rule on a view, on the table of doors. Needs Python 3.12; changes no file.
"""

import argparse
import contextlib
import gc
import importlib
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import django
import django.test.utils
import pytest
from django.core.management import call_command
from django.db import connection, connections
from django.urls import URLPattern, URLResolver, get_resolver

from tools.access_checks import ROOT, Mutant, mutants

DOORS = "tests/webapp/access/test_doors.py"
TESTS = ("access", "accounts", "alerts", "desk", "intake", "patients", "plans", "portal", "security")
SECONDS = 25.0  # of tests tried on one change
TOO_SLOW = 12.0  # a test slower than this is left out
Finding = dict[str, Any]


# --- prepared once


def prepare() -> None:
    """Make the test database and the protocols in it; children find both, and the compiled library in memory."""
    os.environ["PAUTA_ENV"] = "test"
    os.environ["PAUTA_TEST_DB_SUFFIX"] = os.environ.get("PAUTA_TEST_DB_SUFFIX", "") + "mutants"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    call_command("grant_database_role", verbosity=0)
    importlib.import_module("tests.webapp.access.world").on_the_shelf()
    doors()
    connections.close_all()
    django.test.utils.setup_databases = lambda *_a, **_o: []
    django.test.utils.teardown_databases = lambda *_a, **_o: None


def doors() -> dict[str, list[tuple[str, URLPattern]]]:
    """Return every route (name, pattern) by the file and name of its view: ``webapp/desk/views.py worklist``."""
    found: dict[str, list[tuple[str, URLPattern]]] = defaultdict(list)
    _doors_below(get_resolver().url_patterns, (), found)
    return found


def _doors_below(patterns: Iterable[Any], spaces: tuple[str, ...], found: dict[str, Any]) -> None:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inside = (*spaces, pattern.namespace) if pattern.namespace else spaces
            _doors_below(pattern.url_patterns, inside, found)
        elif module := getattr(pattern.callback, "__module__", ""):
            view = f"{module.replace('.', '/')}.py {pattern.callback.__name__}"
            found[view].append((":".join([*spaces, pattern.name or ""]), pattern))


def functions() -> dict[tuple[str, str], list[FunctionType]]:
    """Return every function of ours in memory by file and name, those inside decorators too."""
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for thing in gc.get_objects():
        if isinstance(thing, FunctionType) and thing.__code__.co_filename.startswith(f"{ROOT}/webapp/"):
            path = str(Path(thing.__code__.co_filename).relative_to(ROOT))
            found[path, thing.__code__.co_name].append(thing)
    return found


# --- a run of tests in a child


class Watcher:
    """Writes down which tests failed, how long each took, and through which functions it went."""

    def __init__(self, watched: dict[CodeType, str]) -> None:
        self.watched, self.now = watched, ""
        self.failed: set[str] = set()
        self.seconds: dict[str, float] = defaultdict(float)
        self.through: dict[str, set[str]] = defaultdict(set)
        if watched:
            sys.monitoring.use_tool_id(sys.monitoring.COVERAGE_ID, "mutate-access")
            events = sys.monitoring.events.PY_START
            sys.monitoring.register_callback(sys.monitoring.COVERAGE_ID, events, self._entered)
            for code in watched:
                sys.monitoring.set_local_events(sys.monitoring.COVERAGE_ID, code, events)

    def _entered(self, code: CodeType, _offset: int) -> None:
        if self.now:
            self.through[self.watched[code]].add(self.now)

    @pytest.hookimpl
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Leave out what commits: it would take the protocols away from the next child."""
        items[:] = [item for item in items if not _commits(item)]

    @pytest.hookimpl
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.now = nodeid

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration if report.when == "call" else 0
        if report.failed:
            self.failed.add(report.nodeid)

    def found(self) -> Finding:
        through = {name: sorted(tests) for name, tests in self.through.items()}
        return {"failed": sorted(self.failed), "seconds": self.seconds, "through": through}


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


def in_a_child(tests: Iterable[str], change: Callable[[], None], *, watch: bool = False) -> Finding:
    """Return what a Watcher found when these tests ran after ``change``, in a process that is thrown away."""
    with tempfile.NamedTemporaryFile("r", suffix=".json") as told:
        if (pid := os.fork()) == 0:
            _run_and_leave(list(tests), change, told.name, watch=watch)
        os.waitpid(pid, 0)
        text = told.read()
    return json.loads(text) if text else {"failed": ["(the change itself broke the run)"], "seconds": {}, "through": {}}


def _run_and_leave(tests: list[str], change: Callable[[], None], told: str, *, watch: bool) -> None:
    try:
        with open(os.devnull, "w") as silence, contextlib.redirect_stdout(silence), contextlib.redirect_stderr(silence):
            os.dup2(silence.fileno(), 1)
            change()
            watched = {one.__code__: f"{path} {name}" for (path, name), every in functions().items() for one in every}
            watcher = Watcher(watched if watch else {})
            pytest.main([*tests, "-q", "--reuse-db", *([] if watch else ["-x"])], plugins=[watcher])
        Path(told).write_text(json.dumps(watcher.found()))
    finally:
        os._exit(0)


# --- a change made in memory


def make(mutant: Mutant) -> Callable[[], None]:
    """Return what makes the change in a running process: a view's rule, or the code of a function."""
    return lambda: _open_door(mutant) if mutant.door else _replace_code(mutant)


def _open_door(mutant: Mutant) -> None:
    rule = importlib.import_module("webapp.base.access")
    for _name, pattern in doors()[f"{mutant.path} {mutant.function}"]:
        pattern.callback.access_rule = rule.PUBLIC if mutant.after == "@access.public" else rule.SIGNED_IN


def _replace_code(mutant: Mutant) -> None:
    if mutant.code is None:
        raise ValueError(f"{mutant} changes no code")
    made = compile(mutant.code, str(ROOT / mutant.path), "exec")
    fresh = {code.co_qualname: code for code in _codes_in(made)}
    for function in functions()[mutant.path, mutant.function]:
        function.__code__ = fresh[function.__code__.co_qualname]


def _codes_in(code: CodeType) -> Iterable[CodeType]:
    for part in code.co_consts:
        if isinstance(part, CodeType):
            yield part
            yield from _codes_in(part)


# --- trying all


def relevant(mutant: Mutant, base: Finding) -> list[str]:
    """Return the tests to try on a change: those that went through it, the quickest first, or the table of doors."""
    if mutant.door:
        return [DOORS]
    through = base["through"].get(f"{mutant.path} {mutant.function}", [])
    sound = [test for test in through if test not in base["failed"] and base["seconds"].get(test, 0) < TOO_SLOW]
    chosen, total = [], 0.0
    for test in sorted(sound, key=lambda test: base["seconds"].get(test, 0)):
        total += base["seconds"].get(test, 0)
        if chosen and total > SECONDS:
            break
        chosen.append(test)
    return chosen


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take away each access check in turn; fails if no test misses one.")
    parser.add_argument("folders", nargs="*", default=[f"tests/webapp/{name}" for name in TESTS], help="tests to use")
    parser.add_argument("--only", choices=["doors", "checks"], help="rules on views, or checks inside functions")
    parser.add_argument("--in", dest="inside", default="", help="only files whose path holds this word")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no further change after this time")
    return parser.parse_args()


def _chosen(options: argparse.Namespace) -> list[Mutant]:
    wanted = (one for one in mutants() if options.inside in one.path)
    return [one for one in wanted if options.only in (None, "doors" if one.door else "checks")]


def main() -> None:
    if not hasattr(sys, "monitoring"):
        sys.exit("mutate-access follows tests through functions, which needs Python 3.12.")
    options, began = _options(), time.monotonic()
    os.chdir(ROOT)
    prepare()
    base: Finding = {"failed": [], "seconds": {}, "through": {}}
    if options.only != "doors":
        base = in_a_child(options.folders, lambda: None, watch=True)
        print(f"{len(base['seconds'])} tests, {len(base['failed'])} fail unchanged: {base['failed']}", flush=True)
    tried, survivors, found = 0, [], _chosen(options)
    for number, mutant in enumerate(found, 1):
        if time.monotonic() - began > options.minutes * 60:
            break
        tests, tried = relevant(mutant, base), number
        noticed = bool(tests and in_a_child(tests, make(mutant))["failed"])
        survivors += [] if noticed else [mutant]
        mark = "noticed" if noticed else "NOT NOTICED" if tests else "NO TEST"
        print(f"[{number}/{len(found)} {time.monotonic() - began:.0f} s] {mark}: {mutant}", flush=True)
    _tell(found, tried, survivors)


def _tell(found: list[Mutant], tried: int, survivors: list[Mutant]) -> None:
    share = 100 * (tried - len(survivors)) / max(tried, 1)
    print(f"\n{tried} of {len(found)} checks taken away in turn, {share:.1f} % noticed. Not noticed:")
    print("\n".join(f"  {mutant}" for mutant in survivors) or "  none")
    sys.exit(1 if survivors or tried < len(found) else 0)


if __name__ == "__main__":
    main()

"""Takes away each access check in turn and tells which of them no test misses: `make mutate-access`.

One process prepares database, protocols and tests; each change is tried in a child of it, on the tests that ran through
the changed function: those that noticed something before, then those of the same app, the quickest before the others.
The first that fails ends the try; a rule on a view is held against the table of doors. Needs Python 3.12; changes no
file.
"""

import argparse
import contextlib
import importlib
import json
import os
import sys
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import accumulate
from pathlib import Path
from types import CodeType
from typing import Any

import django
import django.test.utils
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from tools.access_changes import NotMade, codes, doors, functions, make, middlewares
from tools.access_checks import Mutant, mutants
from tools.access_words import ROOT
from tools.second_locks import reasons

SHELVES = (("tests.webapp.access.world", "on_the_shelf"), ("tests.webapp.plans.clinic", "publish"))
DOORS = "tests.webapp.access.test_doors"
LEFT_OUT = ("demo", "__pycache__")  # loading the demo takes minutes and asks nobody who they are
WALK = "tests/webapp/access/"
Finding = dict[str, Any]
Tried = dict[Mutant, str]  # with the test that noticed, or an empty word


def prepare() -> None:
    """Make the test database; children find it, and in memory the protocols that tests put on the shelf."""
    os.environ["PAUTA_ENV"] = "test"
    os.environ["PAUTA_TEST_DB_SUFFIX"] = os.environ.get("PAUTA_TEST_DB_SUFFIX", "") + "mutants"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    call_command("grant_database_role", verbosity=0)
    for name, put in SHELVES:
        with transaction.atomic():
            getattr(importlib.import_module(name), put)()
            transaction.set_rollback(True)
    doors()
    connections.close_all()
    django.test.utils.setup_databases = lambda *_a, **_o: []
    django.test.utils.teardown_databases = lambda *_a, **_o: None


class Watcher:
    """Writes down which tests failed, how long the processor was at each, and through which functions it went."""

    def __init__(self, watched: dict[CodeType, str]) -> None:
        self.watched, self.now, self.began = watched, "", 0.0
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
    def pytest_runtest_logstart(self, nodeid: str) -> None:
        self.now = nodeid

    @pytest.hookimpl
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        now = time.process_time()  # the clock would tell how busy the machine is
        self.seconds[report.nodeid] += now - self.began if report.when == "call" else 0
        self.began = now
        if report.failed:
            self.failed.add(report.nodeid)

    def found(self) -> Finding:
        through = {name: sorted(tests) for name, tests in self.through.items()}
        return {"failed": sorted(self.failed), "seconds": self.seconds, "through": through}


class Trials:
    """Takes the place of pytest's own run: all tests are collected once, and each change is tried in a child."""

    def __init__(self, options: argparse.Namespace, until: float) -> None:
        self.options, self.until = options, until
        self.items: dict[str, pytest.Item] = {}
        self.base: Finding = {"failed": [], "seconds": {}, "through": {}}
        self.found: list[Mutant] = []
        self.tried: Tried = {}
        self.sound: dict[str, bool] = {}
        self.kept = Path(options.map).with_suffix(".noticed.json") if options.map else None
        self.noticed: dict[str, str] = _read(self.kept)  # of each change ever tried, the test that noticed, or nothing

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Leave out tests that commit: they would take the protocols away from the next child."""
        self.items = {item.nodeid: item for item in session.items if not _commits(item)}
        self.found = [one for one in _chosen(self.options) if not (self.options.open and self.noticed.get(_key(one)))]
        if any(mutant.kind != "door" for mutant in self.found):
            self.base = self._base()
            failed = self.base["failed"]
            tell(f"{len(self.base['seconds'])} tests, {len(failed)} fail unchanged: {failed}")
        functions()  # before the first child, so that none has to look for them
        self._try_all()
        return True

    def _base(self) -> Finding:
        """Return which tests go through what: what the file of an earlier run does not tell is run once."""
        kept = Path(self.options.map) if self.options.map else None
        base: Finding = _read(kept) or self.base
        if new := [test for test in self.items if test not in base["seconds"]]:
            base = _together(base, self._in_a_child(new, lambda: None, watch=True))
        if kept:
            kept.write_text(json.dumps(base))
        return base

    def _try_all(self) -> None:
        began = time.monotonic()
        for number, mutant in enumerate(self.found, 1):
            if time.monotonic() > self.until:
                break
            try:
                self.tried[mutant] = self._noticed_by(mutant)
                mark = f"noticed ({self.tried[mutant]})" if self.tried[mutant] else "NOT NOTICED"
            except NotMade as problem:
                self.tried[mutant], mark = "", f"NOT MADE ({problem})"
            self._keep(mutant)
            tell(f"[{number}/{len(self.found)} {time.monotonic() - began:.0f} s] {mutant}: {mark}")

    def _keep(self, mutant: Mutant) -> None:
        self.noticed[_key(mutant)] = self.tried[mutant]
        if self.kept:
            self.kept.write_text(json.dumps(self.noticed, indent=0))

    def _noticed_by(self, mutant: Mutant) -> str:
        """Return the test that misses the check, empty if none does."""
        if mutant.kind == "door":
            return self._in_a_child([], lambda: _hold_against_the_table(mutant))["failed"][0]
        for turn in self._relevant(mutant):
            failed = self._in_a_child(turn, lambda: make(mutant))["failed"]
            if failed and self._fails_anyway(failed[0]):
                return self._noticed_by(mutant)
            if failed:
                return failed[0]
        return ""

    def _fails_anyway(self, test: str) -> bool:
        """Tell whether a test fails alone and unchanged, once for each; it is not asked again."""
        if test not in self.sound:
            self.sound[test] = not self._in_a_child([test], lambda: None)["failed"]
        if not self.sound[test]:
            self.base["failed"].append(test)
        return not self.sound[test]

    def _relevant(self, mutant: Mutant) -> list[list[str]]:
        """Return the tests that went through a change, in turns: what noticed before; near ones; all the rest."""
        through = set(self.base["seconds"])
        if mutant.kind == "check":
            names = {name for name in self.base["through"] if _leads_through(name, mutant)}
            through = {test for name in names for test in self.base["through"][name]}
        sound = through.intersection(self.items).difference(self.base["failed"])
        turns = []
        for wanted in (*self._witnesses(mutant), *_nearest_first(mutant)):
            there = {test for test in sound if wanted(test)}
            sound -= there
            turns.append(_by_file(self._quickest(there)))
        return [turn for turn in turns if turn]

    def _witnesses(self, mutant: Mutant) -> Iterator[Callable[[str], bool]]:
        """Tell apart the tests that noticed this change before, one in its file, and more than one anywhere."""
        there = {test for key, test in self.noticed.items() if key.startswith(f"{mutant.path} ")}
        often = {test for test, count in Counter(self.noticed.values()).items() if count > 1}
        for tests in ({self.noticed.get(_key(mutant))}, there, often):
            yield tests.__contains__

    def _quickest(self, tests: Iterable[str]) -> list[str]:
        """Return the quickest of these tests, as many as fit into the time for a turn."""
        seconds = self.base["seconds"]
        ordered = sorted(tests, key=lambda test: (seconds.get(test, 0), test))
        spent = accumulate(seconds.get(test, 0) for test in ordered)
        return [test for test, total in zip(ordered, spent, strict=True) if total <= self.options.most]

    def _in_a_child(self, tests: list[str], change: Callable[[], None], *, watch: bool = False) -> Finding:
        """Return what a Watcher found when these tests ran after ``change``, in a process that is thrown away."""
        with tempfile.NamedTemporaryFile("r", suffix=".json") as told:
            if (pid := os.fork()) == 0:
                self._run_and_leave([self.items[test] for test in tests], change, told.name, watch=watch)
            os.waitpid(pid, 0)
            found: Finding = json.loads(told.read() or "{}")
        if "failed" not in found:
            raise NotMade(found.get("problem", "the run broke"))
        return found

    def _run_and_leave(self, items: list[pytest.Item], change: Callable[[], None], told: str, *, watch: bool) -> None:
        try:
            with open(os.devnull, "w") as silence, contextlib.redirect_stdout(silence):
                os.dup2(silence.fileno(), 1)
                os.dup2(silence.fileno(), 2)
                change()
                watcher = Watcher(codes() if watch else {})
                _run(items, watcher, until_one_fails=not watch)
            Path(told).write_text(json.dumps(watcher.found()))
        except (NotMade, ValueError) as problem:
            Path(told).write_text(json.dumps({"problem": str(problem)}))
        except AssertionError:
            Path(told).write_text(json.dumps({"failed": [DOORS]}))
        finally:
            os._exit(0)


def _run(items: list[pytest.Item], watcher: Watcher, *, until_one_fails: bool) -> None:
    if items:
        items[0].config.pluginmanager.register(watcher)
    for item, following in zip(items, [*items[1:], None][: len(items)], strict=True):
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if until_one_fails and watcher.failed:
            break


def _read(kept: Path | None) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(kept.read_text()) if kept and kept.exists() else {}
    return found


def _key(mutant: Mutant) -> str:
    """Return the name of a change as a key of the file that keeps who noticed it."""
    return " | ".join((f"{mutant.path} {mutant.function}", mutant.before, mutant.after))


def _nearest_first(mutant: Mutant) -> Iterator[Callable[[str], bool]]:
    for near in ("/".join(["tests", *mutant.path.split("/")[:2], ""]), WALK, ""):
        yield partial(_lies_in, near)


def _lies_in(folder: str, test: str) -> bool:
    return test.startswith(folder)


def _together(base: Finding, more: Finding) -> Finding:
    names = {*base["through"], *more["through"]}
    return {
        "failed": sorted({*base["failed"], *more["failed"]}),
        "seconds": {**base["seconds"], **more["seconds"]},
        "through": {name: sorted({*base["through"].get(name, ()), *more["through"].get(name, ())}) for name in names},
    }


def _test_folders() -> list[str]:
    folders = sorted(one for one in (ROOT / "tests/webapp").iterdir() if one.is_dir() and one.name not in LEFT_OUT)
    return [str(one.relative_to(ROOT)) for one in folders]


def _commits(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


def _by_file(tests: list[str]) -> list[str]:
    """Keep together what shares its set-up, the files in the order of their quickest tests."""
    files = {file: place for place, file in enumerate(dict.fromkeys(test.partition("::")[0] for test in tests))}
    return sorted(tests, key=lambda test: files[test.partition("::")[0]])


def _leads_through(name: str, mutant: Mutant) -> bool:
    path, _space, qualname = name.partition(" ")
    return path == mutant.path and mutant.function in qualname.split(".")


def _hold_against_the_table(mutant: Mutant) -> None:
    """Raise AssertionError if the second table of doors tells the difference."""
    make(mutant)
    importlib.import_module(DOORS).test_every_address_opens_to_whom_it_was_decided_and_to_nobody_else()


def _chosen(options: argparse.Namespace) -> list[Mutant]:
    wanted = [one for one in (*mutants(), *middlewares()) if any(word in str(one) for word in options.inside)]
    return [one for one in wanted if options.only in (None, "doors" if one.kind == "door" else "checks")]


def tell(line: str) -> None:
    print(line, flush=True)


def _sum_up(found: list[Mutant], tried: Tried) -> int:
    """Tell the share; return how many changes nobody noticed for no reason given, and how many were not tried."""
    locks, survivors = reasons(), [mutant for mutant, by in tried.items() if not by]
    second = [mutant for mutant in survivors if mutant.name in locks]
    missed = [mutant for mutant in survivors if mutant.name not in locks]
    noticed = len(tried) - len(survivors)
    tell(f"\n{len(tried)} of {len(found)} checks taken away in turn: {noticed} noticed")
    tell(f"({100 * noticed / max(len(tried), 1):.1f} %), {len(second)} second locks, each with its reason:")
    tell("\n".join(f"  {mutant}\n      {locks[mutant.name]}" for mutant in second) or "  none")
    tell(f"{len(missed)} not noticed:")
    tell("\n".join(f"  {mutant}" for mutant in missed) or "  none")
    return len(missed) + len(found) - len(tried)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Take away each access check in turn; fails if no test misses one.")
    parser.add_argument("--tests", nargs="+", default=_test_folders(), help="folders or files of tests to use")
    parser.add_argument("--only", choices=["doors", "checks"], help="rules on views, or checks inside functions")
    parser.add_argument("--in", dest="inside", nargs="+", default=[""], help="only checks that hold one of these words")
    parser.add_argument("--map", default="", help="file that keeps from run to run what tests go through")
    parser.add_argument("--open", action="store_true", help="with --map: only what no test noticed in an earlier run")
    parser.add_argument("--most", type=float, default=1e9, help="seconds of tests to try in a turn at most")
    parser.add_argument("--minutes", type=float, default=1e9, help="begin no further change after this time")
    return parser.parse_args()


def main() -> None:
    if not hasattr(sys, "monitoring"):
        sys.exit("mutate-access follows tests through functions, which needs Python 3.12.")
    options, began = _options(), time.monotonic()
    os.chdir(ROOT)
    prepare()
    trials = Trials(options, began + options.minutes * 60)
    pytest.main([*options.tests, "-q", "-s", "--reuse-db"], plugins=[trials])
    sys.exit(1 if _sum_up(trials.found, trials.tried) or not trials.found else 0)


if __name__ == "__main__":
    main()

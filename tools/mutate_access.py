"""Takes away each access check in turn and tells which of them no test misses: `make mutate-access`.

One process prepares database, protocols and tests; each change is tried in a child of it, on the tests that ran through
the changed function: those that share a clinic on one built for all changes, those that noticed something before, those
of the same app, the quickest first. The first that fails ends the try; a rule on a view is held against the table of
doors. Needs Python 3.12; changes no file.
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
from statistics import mean
from typing import Any

import django
import django.test.utils
import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction

from tools import access_shared
from tools.access_changes import NotMade, codes, doors, functions, make, middlewares
from tools.access_checks import Mutant, mutants
from tools.access_watching import Finding, Watcher
from tools.access_words import ROOT
from tools.second_locks import reasons

WARMED = (
    ("tests.webapp.access.world", "on_the_shelf", "a_world"),  # what a first clinic reads and keeps, children have
    ("tests.webapp.plans.clinic", "publish"),
)
DOORS = "tests.webapp.access.test_doors"
LEFT_OUT = ("demo", "__pycache__")  # loading the demo takes minutes and asks nobody who they are
SHARED = 1.5  # seconds of tests tried on a change where a clinic is shared
WALK = "tests/webapp/access/"
Tried = dict[Mutant, str]  # with the test that noticed, or an empty word


def prepare() -> None:
    """Make the test database; children find it, and in memory what a clinic and its protocols take long to make."""
    os.environ["PAUTA_ENV"] = "test"
    os.environ["PAUTA_TEST_DB_SUFFIX"] = os.environ.get("PAUTA_TEST_DB_SUFFIX", "") + "mutants"
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "webapp.settings")
    os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
    django.setup()
    connection.creation.create_test_db(verbosity=0, autoclobber=True, keepdb=True)
    call_command("grant_database_role", verbosity=0)
    for name, *makers in WARMED:
        with transaction.atomic():
            for maker in makers:
                getattr(importlib.import_module(name), maker)()
            transaction.set_rollback(True)
    doors()
    connections.close_all()
    django.test.utils.setup_databases = lambda *_a, **_o: []
    django.test.utils.teardown_databases = lambda *_a, **_o: None


class Trials:
    """Takes the place of pytest's own run: all tests are collected once, and each change is tried in a child."""

    def __init__(self, options: argparse.Namespace, until: float) -> None:
        self.options, self.until = options, until
        self.items: dict[str, pytest.Item] = {}
        self.base: Finding = {"failed": [], "seconds": {}, "through": {}}
        self.found: list[Mutant] = []
        self.tried: Tried = {}
        self.sound: dict[str, bool] = {}
        self.seen: dict[Mutant, set[str]] = defaultdict(set)  # the tests that ran on a change and noticed nothing
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
        clinics = access_shared.files(self.items)
        for file, there in sorted(clinics.items(), key=lambda one: self._usual(one[1])):
            self._try_where_a_clinic_is_shared(file, there)
        for number, mutant in enumerate(self.found, 1):
            if time.monotonic() > self.until:
                break
            try:
                self.tried[mutant] = self.tried.get(mutant) or self._noticed_by(mutant)
                mark = f"noticed ({self.tried[mutant]})" if self.tried[mutant] else "NOT NOTICED"
            except NotMade as problem:
                self.tried[mutant], mark = "", f"NOT MADE ({problem})"
            self._keep(mutant)
            tell(f"[{number}/{len(self.found)} {time.monotonic() - began:.0f} s] {mutant}: {mark}")

    def _try_where_a_clinic_is_shared(self, file: str, there: list[pytest.Item]) -> None:
        names = {item.nodeid for item in there}
        pending = [one for one in self.found if one.kind == "check" and not self.tried.get(one)]
        turns = {_key(one): (one, self._quickest(self._through(one) & names, SHARED)) for one in pending}

        def run(mutant: Mutant, tests: list[str]) -> list[str]:
            with contextlib.suppress(NotMade):
                failed = self._in_a_child(tests, lambda: make(mutant), among=there)["failed"]
                return failed if failed and not self._in_a_child(failed, lambda: None, among=there)["failed"] else []
            return []

        tries = {key: (tests, partial(run, mutant)) for key, (mutant, tests) in turns.items() if tests}
        began = time.monotonic()
        for key, noticed in access_shared.try_all(lambda: self._build(there), tries):
            mutant, tests = turns[key]
            self.seen[mutant].update(tests)
            if noticed:
                self.tried[mutant] = noticed
                self._keep(mutant)
                tell(f"[{file} {time.monotonic() - began:.0f} s] {mutant}: noticed ({noticed})")
        tell(f"{file}: {len(tries)} tried in {time.monotonic() - began:.0f} s")

    def _usual(self, items: list[pytest.Item]) -> float:
        return mean(self.base["seconds"].get(item.nodeid, 0) for item in items)

    def _build(self, there: list[pytest.Item]) -> None:
        _hush()
        _run(access_shared.one_of_each(there), Watcher({}), until_one_fails=False, among=there)

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
        sound = self._through(mutant) - self.seen[mutant]
        turns = []
        for wanted in (*self._witnesses(mutant), *_nearest_first(mutant)):
            there = {test for test in sound if wanted(test)}
            sound -= there
            turns.append(_by_file(self._quickest(there, self.options.most)))
        return [turn for turn in turns if turn]

    def _through(self, mutant: Mutant) -> set[str]:
        through = set(self.base["seconds"])
        if mutant.kind == "check":
            names = {name for name in self.base["through"] if _leads_through(name, mutant)}
            through = {test for name in names for test in self.base["through"][name]}
        return through.intersection(self.items).difference(self.base["failed"])

    def _witnesses(self, mutant: Mutant) -> Iterator[Callable[[str], bool]]:
        """Tell apart the tests that noticed this change before, one in its file, and more than one anywhere."""
        there = {test for key, test in self.noticed.items() if key.startswith(f"{mutant.path} ")}
        often = {test for test, count in Counter(self.noticed.values()).items() if count > 1}
        for tests in ({self.noticed.get(_key(mutant))}, there, often):
            yield tests.__contains__

    def _quickest(self, tests: Iterable[str], most: float) -> list[str]:
        """Return the quickest of these tests, as many as fit into so many seconds."""
        seconds = self.base["seconds"]
        ordered = sorted(tests, key=lambda test: (seconds.get(test, 0), test))
        spent = accumulate(seconds.get(test, 0) for test in ordered)
        return ordered[: sum(total <= most for total in spent)]

    def _in_a_child(
        self,
        tests: list[str],
        change: Callable[[], None],
        *,
        watch: bool = False,
        among: Iterable[pytest.Item] = (),
    ) -> Finding:
        """Return what a Watcher found when these tests ran after ``change``, in a process that is thrown away.

        What the tests ``among`` which they are share stays as it is when they end.
        """
        with tempfile.NamedTemporaryFile("r", suffix=".json") as told:
            if (pid := os.fork()) == 0:
                items = [self.items[test] for test in tests]
                run = partial(_run, items, until_one_fails=not watch, among=among)
                _run_and_leave(run, change, told.name, watch=watch)
            os.waitpid(pid, 0)
            found: Finding = json.loads(told.read() or "{}")
        if "failed" not in found:
            raise NotMade(found.get("problem", "the run broke"))
        return found


def _run_and_leave(run: Callable[[Watcher], None], change: Callable[[], None], told: str, *, watch: bool) -> None:
    try:
        _hush()
        change()
        watcher = Watcher(codes() if watch else {})
        run(watcher)
        Path(told).write_text(json.dumps(watcher.found()))
    except (NotMade, ValueError) as problem:
        Path(told).write_text(json.dumps({"problem": str(problem)}))
    except AssertionError:
        Path(told).write_text(json.dumps({"failed": [DOORS]}))
    finally:
        os._exit(0)


def _hush() -> None:
    """Let a child say nothing any more."""
    sys.stdout = open(os.devnull, "w")  # noqa: SIM115 — until the child ends
    for descriptor in (1, 2):
        os.dup2(sys.stdout.fileno(), descriptor)


def _run(
    items: list[pytest.Item], watcher: Watcher, *, until_one_fails: bool, among: Iterable[pytest.Item] = ()
) -> None:
    if items:
        items[0].config.pluginmanager.register(watcher)
    stays = next((one for one in among if one is not items[-1]), None)
    for item, following in zip(items, [*items[1:], stays][: len(items)], strict=True):
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

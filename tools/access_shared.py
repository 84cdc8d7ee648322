"""Tries changes on tests that share a clinic: it is built once, and each change meets it in a child of that process."""

import json
import os
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping

import pytest
from django.db import connection

CLINICS = {"world", "_clinic"}  # what such tests ask for; one for all tests of a file
GROWS_OLD = 600  # seconds: what was signed ten minutes ago when the clinic was built can be taken back for a while
Try = Callable[[list[str]], list[str]]  # tests to run on a change, and which of them failed


def files(items: Mapping[str, pytest.Item]) -> dict[str, list[pytest.Item]]:
    """Return the tests that share a clinic, by file."""
    found = defaultdict(list)
    for test, item in items.items():
        if CLINICS.intersection(getattr(item, "fixturenames", ())):
            found[test.partition("::")[0]].append(item)
    return {file: some for file, some in found.items() if len(some) > 1}


def one_of_each(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return tests that together ask for everything the tests of a file ask for."""
    return list({tuple(getattr(item, "fixturenames", ())): item for item in items}.values())


def try_all(build: Callable[[], None], tries: Mapping[str, tuple[list[str], Try]]) -> Iterator[tuple[str, str]]:
    """Give the name of each change and the test that noticed it, or an empty word; anew when the clinic grows old.

    ``tries`` are the tests to run for each change, and how they are run on it.
    """
    left = dict(tries)
    while left:
        with tempfile.NamedTemporaryFile("r", suffix=".jsonl") as told:
            if (pid := os.fork()) == 0:
                _try_and_leave(build, left, told.name)
            os.waitpid(pid, 0)
            done = dict(json.loads(line) for line in told)
        if not done:
            return
        yield from done.items()
        left = {name: one for name, one in left.items() if name not in done}


def _try_and_leave(build: Callable[[], None], tries: Mapping[str, tuple[list[str], Try]], told: str) -> None:
    began = time.monotonic()
    try:
        build()
        with open(told, "w") as file:
            for name, (tests, run) in tries.items():
                if time.monotonic() > began + GROWS_OLD:
                    break
                file.write(json.dumps([name, _undone(tests, run)]) + "\n")
                file.flush()
    finally:
        os._exit(0)


def _undone(tests: list[str], run: Try) -> str:
    """Return the test that noticed; the child works in the same transaction, which goes back to where it was."""
    server = connection.connection
    server.execute("SAVEPOINT tried")
    failed = run(tests)
    server.execute("ROLLBACK TO SAVEPOINT tried")
    return failed[0] if failed else ""

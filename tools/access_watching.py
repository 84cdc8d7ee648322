"""Sees, while tests run, which of them fail, what they cost and through which functions they go."""

import sys
import time
from collections import defaultdict
from types import CodeType
from typing import Any

import pytest

Finding = dict[str, Any]


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

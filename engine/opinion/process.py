"""The second opinion kept at work in a process of its own: one case in at a time, watched from outside.

Whatever that process does, the caller gets an answer in time: what was chained, or a word for why there is none. It is
ended after a fault, when it has grown, and after so many cases; the next case starts a new one.
"""

import json
import os
import pickle
import select
import struct
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any, Literal

from engine.facts import CaseFacts
from engine.language.documents import Edition

Trouble = Literal["absent", "crashed", "timed_out", "out_of_memory", "garbled", "failed"]
LENGTH = struct.Struct(">I")
LONGEST = 8_000_000  # bytes of an answer; that of the whole library is about thirty thousand
ROOT = Path(__file__).resolve().parents[2]
MEGABYTE = 2**20


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds to begin, to read an edition and for one case; memory in bytes; cases until a new process is made."""

    begin: float = 20.0
    edition: float = 30.0
    case: float = 10.0
    memory: int = 1024 * MEGABYTE
    grown: int = 400 * MEGABYTE
    cases: int = 500


class NoAnswer(Exception):
    """The second opinion gave none; ``trouble`` says why."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


Answer = Mapping[str, Any]


@dataclass
class Kept:
    """A second opinion at work. Threads take turns; a child of a fork starts its own."""

    limits: Limits = field(default_factory=Limits)
    command: Sequence[str] = (sys.executable, "-m", "engine.second_opinion")
    served: int = 0
    started: int = 0
    _process: "subprocess.Popen[bytes] | None" = None
    _owner: int = 0
    _edition: str = ""
    _lock: Lock = field(default_factory=Lock)

    def ask(self, edition: Edition, case: CaseFacts) -> Answer:
        """Return the answer about a case; raise NoAnswer with the reason if there is none."""
        with self._lock:
            try:
                return self._asked(edition, case)
            except NoAnswer:
                self._end()
                raise

    def close(self) -> None:
        """End the process; the next question would start another."""
        with self._lock:
            self._end()

    @property
    def pid(self) -> int | None:
        """The process at work, if there is one."""
        return None if self._process is None else self._process.pid

    def _asked(self, edition: Edition, case: CaseFacts) -> Answer:
        self._begin()
        if edition.digest != self._edition:
            self._answer(self._exchange(("edition", edition), self.limits.edition))
            self._edition = edition.digest
        answer = self._answer(self._exchange(("case", case), self.limits.case))
        self.served += 1
        if self.served >= self.limits.cases or answer["memory"] > self.limits.grown:
            self._end()
        return answer

    def _begin(self) -> None:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return
        self._end()
        self._process = subprocess.Popen(
            [*self.command, str(self.limits.memory)], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, cwd=ROOT, env={"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        )  # fmt: skip
        self._owner, self.served, self.started = os.getpid(), 0, self.started + 1
        if not self._read(time.monotonic() + self.limits.begin).get("ready"):
            raise NoAnswer("absent")

    def _end(self) -> None:
        process, self._process, self._edition = self._process, None, ""
        if process is None or self._owner != os.getpid():
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()

    def _exchange(self, message: tuple[str, object], seconds: float) -> Answer:
        assert self._process is not None  # noqa: S101 - _begin made it
        assert self._process.stdin is not None  # noqa: S101
        until = time.monotonic() + seconds
        content = pickle.dumps(message)
        try:
            self._write(LENGTH.pack(len(content)) + content, until)
        except OSError as problem:
            raise NoAnswer("crashed") from problem
        return self._read(until)

    def _write(self, content: bytes, until: float) -> None:
        """Write without waiting for ever: a process that hangs does not read."""
        assert self._process is not None  # noqa: S101
        assert self._process.stdin is not None  # noqa: S101
        number = self._process.stdin.fileno()
        os.set_blocking(number, False)
        rest = memoryview(content)
        while rest:
            self._wait(until, writing=number)
            rest = rest[os.write(number, rest) :]

    def _read(self, until: float) -> Answer:
        (length,) = LENGTH.unpack(self._bytes(LENGTH.size, until))
        if length > LONGEST:
            raise NoAnswer("garbled")
        try:
            answer = json.loads(self._bytes(length, until))
        except (ValueError, RecursionError) as problem:
            raise NoAnswer("garbled") from problem
        if not isinstance(answer, dict):
            raise NoAnswer("garbled")
        return answer

    def _bytes(self, count: int, until: float) -> bytes:
        assert self._process is not None  # noqa: S101
        assert self._process.stdout is not None  # noqa: S101
        number, found = self._process.stdout.fileno(), b""
        while len(found) < count:
            self._wait(until, reading=number)
            more = os.read(number, count - len(found))
            if not more:
                raise NoAnswer("crashed")
            found += more
        return found

    def _wait(self, until: float, *, reading: int | None = None, writing: int | None = None) -> None:
        left = until - time.monotonic()
        readers, writers = ([] if each is None else [each] for each in (reading, writing))
        if left <= 0 or not any(select.select(readers, writers, [], left)[:2]):
            raise NoAnswer("timed_out")

    def _answer(self, answer: Answer) -> Answer:
        if "fault" in answer:
            raise NoAnswer("out_of_memory" if answer["fault"] == "memory" else "failed")
        if not isinstance(answer.get("memory"), int):
            raise NoAnswer("garbled")
        return answer

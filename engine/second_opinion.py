"""The process of the second opinion, and the only file that touches durable_rules.

``python -m engine.second_opinion`` reads editions and cases from standard input and writes its answers, as JSON, to
standard output. durable_rules is held as its faults demand: one session at a time under one name, tokens of our own
only, a clause that always fires, no empty batch, no unknown fact, no thread of its own. What it may still do (crash,
loop, grow) ends in this process; ``engine.opinion.process`` watches it from outside.
"""

import json
import pickle
import resource
import signal
import struct
import sys
from collections.abc import Callable, Mapping
from typing import Any, BinaryIO

from engine.facts import CaseFacts
from engine.language.documents import Edition
from engine.opinion.answering import Adviser, Chain, Opinion
from engine.opinion.network import ALWAYS, Clause, Network, Token

try:
    import durable_rules_engine
    from durable import engine as durable
except ImportError:  # Python 3.13, or left out: the parent is told, and says so
    durable_rules_engine = durable = None

SESSION = "S"
LIMITS = {"clauses": 4000, "steps": 50_000}
GROUPS = 64  # the library bears 512 values under one key: tokens stand under two
LENGTH = struct.Struct(">I")
LONGEST = 60  # seconds on one message: should the parent be gone, nobody else would end a loop


class ChainError(Exception):
    """durable_rules did not do what it must, or the edition is larger than it bears."""


FAULTS = (ArithmeticError, AssertionError, AttributeError, ChainError, LookupError, RuntimeError, TypeError, ValueError)


class Rules:
    """The clauses of an edition as one ruleset."""

    def __init__(self, network: Network) -> None:
        if len(network.clauses) > LIMITS["clauses"]:
            raise ChainError(f"{len(network.clauses)} clauses, {LIMITS['clauses']} at most")
        self.read = {token for clause in network.clauses for token in clause.body}
        _refuse_twins(f"t{token}" for token in range(network.tokens))
        definition = {"always": {"all": [{"m": _is(ALWAYS)}], "run": _nothing}}
        for number, clause in enumerate(network.clauses, start=1):
            definition[f"c{number}"] = {
                "all": [{f"m{i}": _is(token)} for i, token in enumerate(clause.body)],
                "run": self._establish(clause),
            }
        self.found: set[Token] = set()
        self.steps, self.fault = 0, ""
        host = _Host()
        host.register_rulesets({"edition": definition})
        self.ruleset = host._ruleset_directory["edition"]

    def __call__(self, given: frozenset[Token]) -> frozenset[Token]:
        """Return all that follows from what is given, and that itself."""
        self.found, self.steps, self.fault = set(given), 0, ""
        try:
            self._chain([_fact(token) for token in sorted(given & self.read | {ALWAYS})])
        finally:
            durable_rules_engine.delete_state(self.ruleset._handle, SESSION)
        return frozenset(self.found)

    def _chain(self, batch: list[dict[str, str]]) -> None:
        code, *rest = durable_rules_engine.assert_facts(self.ruleset._handle, json.dumps(batch))
        if code != 0:
            raise ChainError(f"durable_rules took the facts with code {code}")
        faults: list[object] = []
        self.ruleset.do_actions(rest[0], lambda fault, state: faults.append(fault))
        faults = [fault for fault in (*faults, self.fault) if fault]
        if faults:
            raise ChainError(f"durable_rules: {faults[0]}")

    def _establish(self, clause: Clause) -> Callable[[Any], None]:
        def act(closure: Any) -> None:
            self.steps += 1
            if self.steps > LIMITS["steps"]:
                self.fault = "too many steps"
            elif clause.head not in self.found:
                self.found.add(clause.head)
                if clause.head in self.read:  # a fact that no clause reads would be an error
                    closure.assert_fact(_fact(clause.head))

        return act


def _Host() -> Any:  # noqa: N802 - a class once the library is there
    """Return a host without its two timer threads, which run actions beside ours and read freed memory."""
    return type("QuietHost", (durable.Host,), {"_run": lambda self: None})()


def _nothing(closure: Any) -> None:
    """Do nothing; a session in which nothing fired cannot be deleted safely."""


def _is(token: Token) -> dict[str, object]:
    return {"$and": [{"g": f"g{token % GROUPS}"}, {"f": f"t{token}"}]}


def _fact(token: Token) -> dict[str, str]:
    return {"g": f"g{token % GROUPS}", "f": f"t{token}", "id": f"t{token}", "sid": SESSION}


def _refuse_twins(names: Any) -> None:
    """Raise ChainError if the library would take two tokens for one: it compares hashes of 32 bits only."""
    seen: dict[int, str] = {}
    for name in names:
        found = 0x811C9DC5
        for byte in name.encode():
            found = ((found ^ byte) * 0x01000193) & 0xFFFFFFFF
        if seen.setdefault(found, name) != name:
            raise ChainError(f"{name} and {seen[found]} cannot be told apart")


# --- the process


def memory_used() -> int:
    """Return how much memory this process holds now, in bytes; where that is not told, the most it ever held."""
    try:
        with open("/proc/self/statm", encoding="ascii") as file:
            return int(file.read().split()[1]) * resource.getpagesize()
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def opinion_json(opinion: Opinion) -> dict[str, object]:
    """Return an opinion as it is written to the parent."""
    words: Mapping[bool | None, str] = {True: "true", False: "false", None: "open"}
    return {
        "outcomes": {name: sorted(found) for name, found in opinion.outcomes.items()},
        "named": {name: sorted(words[each] for each in found) for name, found in opinion.named.items()},
        "items": {code: sorted(names) for code, names in opinion.items.items()},
        "withheld": {code: sorted(names) for code, names in opinion.withheld.items()},
    }


class Desk:
    """Answers one message after the other; it keeps the edition it was given last, and nothing of a case."""

    def __init__(self) -> None:
        self.adviser: Adviser | None = None
        self.rules: Rules | None = None

    def _chain(self, network: Network) -> Chain:
        self.rules = Rules(network)
        return self.rules

    def _forget(self) -> None:
        """Free the ruleset of the edition before: Python alone never does."""
        if self.rules is not None:
            durable_rules_engine.delete_ruleset(self.rules.ruleset._handle)
        self.adviser = self.rules = None

    def reply(self, message: tuple[str, Any]) -> dict[str, object]:
        kind, content = message
        try:
            if kind == "edition" and isinstance(content, Edition):
                self._forget()
                self.adviser = Adviser(content, self._chain)
                return {"clauses": len(self.adviser.network.clauses), "memory": memory_used()}
            if kind == "case" and isinstance(content, CaseFacts) and self.adviser is not None:
                return {**opinion_json(self.adviser.opinion(content)), "memory": memory_used()}
        except MemoryError:
            return {"fault": "memory"}
        except FAULTS as fault:
            return {"fault": type(fault).__name__}
        return {"fault": "unasked"}


def receive(stream: BinaryIO) -> tuple[str, Any] | None:
    """Return the next message of the parent; None when it has gone. Only the parent writes here."""
    head = stream.read(LENGTH.size)
    if len(head) < LENGTH.size:
        return None
    message: tuple[str, Any] = pickle.loads(stream.read(LENGTH.unpack(head)[0]))  # noqa: S301
    return message


def send(stream: BinaryIO, reply: Mapping[str, object]) -> None:
    text = json.dumps(reply).encode()
    stream.write(LENGTH.pack(len(text)) + text)
    stream.flush()


def main(memory: int) -> None:
    """Serve until the parent goes; ``memory`` is the most this process may ask for, in bytes."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    requests, replies = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr  # what the library prints is no answer
    send(replies, {"ready": durable is not None})
    desk = Desk()
    while (message := receive(requests)) is not None:
        signal.alarm(LONGEST)
        send(replies, desk.reply(message))
        signal.alarm(0)


if __name__ == "__main__":
    main(int(sys.argv[1]))

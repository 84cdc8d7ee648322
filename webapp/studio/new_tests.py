"""A patient and the plan she has become a test in a draft's text; every other letter of it stays as it was."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.compiler import Program
from engine.compiler.walk import rule_truth, scope_of
from engine.evaluator import evaluate
from engine.language.cases import read_example

PLAIN = re.compile(r"[A-Za-z0-9_<>=][\w./%+<>=²µ -]*(?<! )")
NOTHING = ("", "null", "~")
TESTS = re.compile(r"^tests:[ \t]*(?:#.*)?$", re.MULTILINE)
NEXT_KEY = re.compile(r"^[^\s#-]", re.MULTILINE)
FIRST = re.compile(r"^( *)- ", re.MULTILINE)


def given_text(given: Mapping[str, Any]) -> str:
    """Return a patient as the lines below ``given:`` of a test, from the left margin."""
    return "".join(f"{line}\n" for name, value in given.items() for line in _entry(name, value))


def _entry(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        yield f"{name}:"
        yield from (f"  - {_flow(one)}" for one in value)
    else:
        yield f"{name}: {_flow(value)}"


def _flow(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_scalar(str(key))}: {_flow(one)}" for key, one in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_flow, value))}]"
    return "null" if value is None else _scalar(_said(value))


def _said(value: Any) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _scalar(text: str) -> str:
    return text if PLAIN.fullmatch(text) and text not in NOTHING else json.dumps(text, ensure_ascii=False)


def expected(program: Program, protocol: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the protocol brings this patient now, as a test expects it: items by state, urgency, rules."""
    facts = read_example(given, program.edition.vocabulary, program.edition.formulary)
    plan, scope = evaluate(program, facts), scope_of(program, facts)
    own = [item for item in plan.items if any(reason.protocol == protocol for reason in item.reasons)]
    by_state = {
        key: [item.code for item in own if item.state == state and item.kind != "ask"]
        for key, state in (("include", "proposed"), ("held", "held"), ("blocked", "blocked"))
    }
    rules = [node.name for node in program.rules if node.protocol.name == protocol]
    fired = [name.partition(".")[2] for name in rules if rule_truth(name, scope) is True]
    found = {**by_state, "urgency": plan.urgency, "fired": fired}
    return {key: value for key, value in found.items() if value}


def test_text(name: str, given: Mapping[str, Any], expect: Mapping[str, Any]) -> str:
    """Return a test as it stands in a file, from the left margin of its list."""
    lines = [f"- name: {_scalar(name)}", "  given:", *_indented(given_text(given), 4), "  expect:"]
    for key, value in expect.items():
        if isinstance(value, list):
            lines += [f"    {key}:", *(f"      - {_quoted(one)}" for one in value)]
        else:
            lines.append(f"    {key}: {value}")
    return "\n".join(lines) + "\n"


def _quoted(code: str) -> str:
    return f'"{code}"' if ":" in code else code


def _indented(text: str, by: int) -> list[str]:
    return [" " * by + line for line in text.splitlines()]


def with_test(text: str, test: str) -> str:
    """Return a file's text with one more test, after those it has; nothing else of it changes."""
    return with_tests(text, [test])


def with_tests(text: str, tests: Sequence[str]) -> str:
    """Return a file's text with more tests, after those it has; nothing else of it changes."""
    begin = TESTS.search(text)
    if begin is None:
        end = "" if text.endswith("\n") else "\n"
        return f"{text}{end}tests:\n" + "".join(_lines(one, 2) for one in tests)
    after = NEXT_KEY.search(text, begin.end())
    end_at = after.start() if after else len(text)
    block = text[begin.end() : end_at]
    kept = len(block.rstrip()) + begin.end()
    first = FIRST.search(block)
    indent = len(first[1]) if first else 2
    new = "".join(_lines(one, indent) for one in tests)
    rest = text[kept:]
    return f"{text[:kept]}\n{new}{rest.removeprefix(chr(10))}"


def _lines(test: str, indent: int) -> str:
    return "".join(f"{' ' * indent}{line}\n" for line in test.splitlines())

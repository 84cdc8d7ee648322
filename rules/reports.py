"""What is kept beside a text once it was checked: the figures of the list and the results of its own tests."""

from collections.abc import Sequence
from typing import TypedDict

from engine.errors import Problem
from rules.headers import Header


class TestResult(TypedDict):
    name: str
    passed: bool
    line: int
    differences: list[str]


class Finding(TypedDict):
    line: int
    column: int
    code: str
    message: str
    hint: str


class Summary(TypedDict):
    """Kept as JSON with the version: nothing of a patient, nothing that must be computed to show the list."""

    title: dict[str, str]
    review_by: str | None
    review_needed: int
    rules: int
    tests: list[TestResult]
    problems: list[Finding]


def summary(
    header: Header, *, rules: int = 0, tests: Sequence[TestResult] = (), problems: Sequence[Problem] = ()
) -> Summary:
    return Summary(
        title=dict(header.title),
        review_by=header.review_by.isoformat() if header.review_by else None,
        review_needed=header.review_needed,
        rules=rules,
        tests=list(tests),
        problems=[finding(problem) for problem in problems],
    )


def finding(problem: Problem) -> Finding:
    return Finding(
        line=problem.place.line,
        column=problem.place.column,
        code=problem.code,
        message=problem.message,
        hint=problem.hint,
    )

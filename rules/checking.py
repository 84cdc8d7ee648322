"""Which of a set of texts may come into force: they check together, and each passes its own tests."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from engine import examples
from engine.errors import Place, Problem
from engine.language.documents import Edition, Library, Protocol, Questionnaire, Score
from engine.language.library import edition as edition_of
from rules import headers
from rules.reading import checked, compiled
from rules.reports import TestResult

Kind = TypeVar("Kind", Protocol, Score, Questionnaire)


@dataclass(frozen=True, slots=True)
class Verdict:
    """``texts`` is the consistent set (accepted ones and earlier ones kept in place of refused ones)."""

    texts: Mapping[str, str]
    accepted: tuple[str, ...]
    refused: tuple[Problem, ...]
    tests: Mapping[str, list[TestResult]]  # by path
    rules: Mapping[str, int]  # by path


def examine(files: Mapping[str, str], earlier: Mapping[str, str]) -> Verdict:
    """Return the largest set found by leaving out every file with a problem and looking again at the rest.

    A file left out is replaced by its ``earlier`` text where there is one, so that the rest keeps what it reads.
    """
    kept, refused = {**earlier, **files}, list[Problem]()
    while kept:
        library, problems = checked(kept)
        results = _run(library) if library and not problems else {}
        problems = (*problems, *_failures(results))
        if library and not problems:
            accepted = tuple(sorted(path for path in files if kept.get(path) == files[path]))
            return Verdict(kept, accepted, tuple(refused), results, _rule_counts(library))
        problems = _lowest(problems)
        refused += problems
        kept = _without({problem.place.file for problem in problems}, kept, files, earlier)
    return Verdict({}, (), tuple(refused), {}, {})


def standing(texts: Mapping[str, str]) -> Verdict:
    """Return the verdict on a set that is in force already: nothing new in it."""
    return Verdict(texts, (), (), {}, {})


_FLOORS = ("vocabulary", "formulary", "scores")  # what the rest stands on, in this order


def _lowest(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return the problems of the lowest floor: a file must not fall because of what it stands on."""

    def floor(problem: Problem) -> int:
        folder = problem.place.file.partition("/")[0]
        return _FLOORS.index(folder) if folder in _FLOORS else len(_FLOORS)

    lowest = min(map(floor, problems))
    return tuple(problem for problem in problems if floor(problem) == lowest)


def _without(
    bad: set[str], kept: Mapping[str, str], files: Mapping[str, str], earlier: Mapping[str, str]
) -> dict[str, str]:
    """Return the set without the bad files; a bad new text gives way to the earlier one, once."""
    if not bad & set(kept):
        return {}  # a problem of the whole set: nothing of it can be trusted
    fallen_back = {p: earlier[p] for p in bad if p in earlier and kept.get(p) != earlier[p] and p in files}
    return {path: text for path, text in kept.items() if path not in bad} | fallen_back


def problems_of(path: str, files: Mapping[str, str]) -> tuple[Problem, ...]:
    """Return what is wrong with one file among the others."""
    return tuple(problem for problem in checked(files)[1] if problem.place.file == path)


def _run(library: Library) -> dict[str, list[TestResult]]:
    """Return the results of every file's own tests, each file run in an edition that holds it."""
    found: dict[str, list[TestResult]] = {}
    for edition in _editions(library):
        report = examples.run(compiled(edition), edition)
        for result in report.results:
            rows = found.setdefault(result.place.file, [])
            rows.append(
                TestResult(
                    name=result.name,
                    passed=result.passed,
                    line=result.place.line,
                    differences=list(result.failures),
                )
            )
    return found


def _failures(results: Mapping[str, list[TestResult]]) -> list[Problem]:
    return [
        Problem(
            Place(path, test["line"], 1),
            "R004",
            f"its own test fails: {test['name']}: {'; '.join(test['differences'])}",
            "Correct the rule or the test; a file with a failing test is not published.",
        )
        for path, tests in results.items()
        for test in tests
        if not test["passed"]
    ]


def _editions(library: Library) -> Iterable[Edition]:
    """Yield the newest edition, then those in which each older version still is the newest of its name."""
    yield edition_of(library)
    older = replace(
        library,
        protocols=_older(library.protocols),
        scores=_older(library.scores),
        questionnaires=_older(library.questionnaires),
    )
    if older != library:
        yield from _editions(older)


def _older(documents: tuple[Kind, ...]) -> tuple[Kind, ...]:
    newest: dict[str, tuple[int, ...]] = {}
    for one in documents:
        newest[one.name] = max(newest.get(one.name, ()), headers.order(one.version))
    several = {one.name for one in documents if headers.order(one.version) != newest[one.name]}
    return tuple(one for one in documents if one.name not in several or headers.order(one.version) != newest[one.name])


def _rule_counts(library: Library) -> dict[str, int]:
    return {protocol.place.file: len(protocol.rules) for protocol in library.protocols}

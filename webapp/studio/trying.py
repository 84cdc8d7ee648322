"""The plan a draft gives a patient who is on the screen, beside the plan by what is in force. Part of selectors.

The patients are those of tests and those the prover made up; nobody of the clinic.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from engine.compiler import Program
from engine.compiler.walk import scope_of
from engine.errors import CaseError, LibraryError, Place, Problem
from engine.evaluator import canonical, evaluate
from engine.examples import Report, failures, run
from engine.facts import CaseFacts, Missing
from engine.language.cases import read_example
from engine.language.documents import Example
from engine.language.protocols import plain
from engine.language.reader import ReadError, read
from rules import services as shelf
from rules.judging import program_with
from rules.models import Draft, Examination
from rules.selectors import ShelfError
from webapp.plans.differing import Change, changes, differences, title_of
from webapp.plans.terms import Terms

MOST_LETTERS = 50_000  # of a patient as typed
PATIENT = "patient"  # the place of what is typed in the panel


@dataclass(frozen=True, slots=True)
class Patient:
    """Somebody to try a text on; ``given`` as a test of the file would say it."""

    key: str
    label: str
    given: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Tried:
    """What came of it. With ``problems`` of the patient nothing else is known."""

    items: Sequence[Change] = ()
    same: Sequence[str] = ()
    unmet: Sequence[str] = ()  # what a test of that name expects and does not get
    problems: Sequence[Problem] = ()
    doubted: Sequence[str] = ()  # facts whose value as typed is not taken for one
    compared: bool = True

    @property
    def changed(self) -> int:
        return len(self.items)


def program_of(draft: Draft, text: str) -> Program | LibraryError:
    """Return the program of a draft's text, or what is wrong with it."""
    try:
        return program_with(draft, text)
    except LibraryError as problem:
        return problem


def patients_of(draft: Draft, program: Program, examination: Examination | None, terms: Terms) -> list[Patient]:
    """Return whom the text may be tried on: its own tests, then patients the prover made up."""
    return [*_of_tests(draft, program), *_made_up(examination, terms)]


def examples_of(draft: Draft, program: Program) -> Sequence[Example]:
    """Return the tests of a draft's file; for a file without any the first one of each protocol."""
    protocols = program.edition.protocols
    if draft.kind == "protocol" and draft.name in protocols:
        return protocols[draft.name].examples
    return [one.examples[0] for one in protocols.values() if one.examples]


def _of_tests(draft: Draft, program: Program) -> Iterator[Patient]:
    for one in examples_of(draft, program):
        yield Patient(f"test {one.name}", one.name, one.given)


def _made_up(examination: Examination | None, terms: Terms) -> Iterator[Patient]:
    report: Mapping[str, Any] = (examination.report if examination else None) or {}
    for number, each in enumerate((*report.get("proofs", ()), *report.get("findings", ()))):
        if each["patient"]:
            label = _("Made up: %(name)s") % {"name": each.get("name") or each.get("rule")}
            yield Patient(f"proof {number}", label, each["patient"])
    for number, each in enumerate(report.get("changes", ())):
        label = _("Made up: %(name)s comes otherwise") % {"name": terms.code(each["item"])}
        yield Patient(f"change {number}", label, each["patient"])


def tried(draft: Draft, program: Program, given: Mapping[str, Any], terms: Terms, name: str = "") -> Tried:
    """Return what comes of a patient by the draft and by what is in force; ``name``: of the test it was."""
    try:
        facts = read_example(given, program.edition.vocabulary, program.edition.formulary)
    except CaseError as problem:
        return Tried(problems=[_of_the_patient(problem)])
    now = _items(program, facts)
    before = _before(given)
    found = differences(before if before is not None else now, now)
    why = {each.content["code"]: "" for each in found if each.kind == "gone"}
    same = [title_of(each.content, terms) for each in found if each.kind == "same"]
    return Tried(
        items=changes(found, terms, why), same=same, unmet=_unmet(draft, program, facts, name),
        doubted=[terms.fact(each) for each in doubted(facts, given)], compared=before is not None,
    )  # fmt: skip


def doubted(facts: CaseFacts, given: Mapping[str, Any]) -> list[str]:
    """Return the facts a patient names whose value is not taken for one: in a wrong unit, say."""
    return [name for name in given if isinstance(facts.values.get(name), Missing)]


def _items(program: Program, facts: CaseFacts) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(canonical(evaluate(program, facts)))["items"]
    return found


def _before(given: Mapping[str, Any]) -> list[Mapping[str, Any]] | None:
    """Return the plan by what is in force; None where nothing is, or where it knows no such fact."""
    try:
        program = shelf.program()
        facts = read_example(given, program.edition.vocabulary, program.edition.formulary)
    except (ShelfError, CaseError):
        return None
    return _items(program, facts)


def _unmet(draft: Draft, program: Program, facts: CaseFacts, name: str) -> list[str]:
    protocol = program.edition.protocols.get(draft.name) if draft.kind == "protocol" else None
    example = next((one for one in protocol.examples if one.name == name), None) if protocol else None
    if protocol is None or example is None:
        return []
    return list(failures(evaluate(program, facts), example, scope_of(program, facts), protocol))


def _of_the_patient(problem: CaseError) -> Problem:
    return Problem(Place(PATIENT, 1, 1), problem.code, problem.message, problem.hint)


def parsed(text: str) -> Mapping[str, Any] | list[Problem]:
    """Return a patient as typed, name: value, one a line; or what cannot be read in it."""
    if len(text) > MOST_LETTERS:
        return [Problem(Place(PATIENT, 1, 1), "P003", _("The patient is too long."))]
    if not text.strip():
        return {}
    try:
        found = plain(read(PATIENT, text))
    except ReadError as fault:
        return [fault.problem]
    return dict(found)


@dataclass(frozen=True, slots=True)
class RuleSeen:
    """One rule (or row of a table) as the tests of its file saw it."""

    name: str
    line: int
    fired: bool
    not_fired: bool


@dataclass(frozen=True, slots=True)
class Run:
    """What came of the tests of one file."""

    report: Report
    rules: Sequence[RuleSeen]

    @property
    def failing(self) -> list[Any]:
        return [each for each in self.report.results if not each.passed]

    @property
    def passed(self) -> int:
        return len(self.report.results) - len(self.failing)

    @property
    def unseen(self) -> list[Any]:
        return [each for each in self.report.conditions if each.never]


def tests_of(draft: Draft, program: Program) -> Run:
    """Run the tests of a draft's own file; of a file that is no protocol or score, those of every one."""
    wanted = [f"{draft.kind}:{draft.name}"] if draft.kind in ("protocol", "score") else None
    report = run(program, program.edition, wanted)
    lines = {node.name: node.rule.place.line for node in program.rules}
    rules = [
        RuleSeen(one.rule.partition(".")[2], lines.get(one.rule, 0), one.fired, one.not_fired)
        for one in report.coverage
    ]
    return Run(report, rules)

"""What is found out about a new text before it may come into force: problems, tests, proofs, differences.

It takes seconds, so it is done by whoever has time for it and kept with the digest of the set it speaks of.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypedDict

from django.utils import timezone

from engine import examples
from engine.analysis.conditions import encoder_of
from engine.analysis.differences import Difference, compare
from engine.analysis.invariants import Verdict, prove
from engine.analysis.items import Plans
from engine.analysis.rules import findings
from engine.analysis.search import Search
from engine.analysis.witness import Witness
from engine.compiler import Program
from engine.errors import Place, Problem
from engine.language.documents import Edition, Library
from engine.language.library import edition as edition_of
from rules import headers, reports, selectors
from rules.headers import Header
from rules.models import Examination, Release
from rules.reading import checked, compiled, digest_of, digest_of_set

Told = Callable[[str, int, int], None]  # stage, how many are done, how many there are
STAGES = ("check", "tests", "proofs", "changes")


class Proof(TypedDict):
    """One statement of what must never happen; ``patient``: the `given` of a test that refutes it."""

    name: str
    result: str  # proved, refuted, open
    why: str
    file: str
    line: int
    patient: dict[str, Any] | None


class RuleFinding(TypedDict):
    kind: str
    rule: str
    other: str
    file: str
    line: int
    patient: dict[str, Any] | None


class Change(TypedDict):
    """One item that comes otherwise; ``patient`` is a witness: no real person."""

    item: str
    aspect: str
    old: str
    new: str
    patient: dict[str, Any]


class Tested(TypedDict):
    path: str
    result: reports.TestResult


class Found(TypedDict):
    """``clean``: nothing of it stands against publishing. Empty lists beside a problem: not looked into further."""

    clean: bool
    rules: dict[str, int]  # how many each new text has, by path
    problems: list[dict[str, Any]]  # path and a rules.reports.Finding
    tests: list[Tested]  # of the texts that are new
    failing: list[Tested]  # of the whole library
    untried: list[str]  # rules of the new texts that no test saw both ways
    proofs: list[Proof]
    findings: list[RuleFinding]
    changes: list[Change]
    undecided: list[str]
    equivalent: bool


def begin(new: Mapping[str, str]) -> Examination:
    """Return the examination of the set in force with ``new`` texts in it, by path; the earlier one if there is one."""
    base = selectors.current_release()
    digest = digest_of_set(with_new(new, base))
    texts = {path: digest_of(text) for path, text in new.items()}
    found, _ = Examination.objects.get_or_create(digest=digest, base=base, defaults={"texts": texts})
    return found


def known(new: Mapping[str, str]) -> Examination | None:
    """Return what is known of the set in force with ``new`` texts in it; None where nobody has asked yet."""
    base = selectors.current_release()
    return Examination.objects.filter(digest=digest_of_set(with_new(new, base)), base=base).first()


def with_new(new: Mapping[str, str], base: Release | None) -> dict[str, str]:
    """Return the set that would stand: the texts of ``base`` with the new ones in their places."""
    return {**(selectors.texts(base) if base else {}), **new}


def run(examination: Examination, new: Mapping[str, str]) -> Examination:
    """Examine and keep what was found; how far it is stands in the row meanwhile. A finished one is returned as it is.

    A fault ends it with its kind in ``fault``; it may be run again.
    """
    if examination.finished_at is not None:
        return examination
    _note(examination, stage=STAGES[0], done=0, total=0, fault="")
    try:
        report = examine(new, examination.base, lambda *how_far: _on_the_way(examination, *how_far))
    except Exception as fault:
        _note(examination, fault=type(fault).__name__)
        raise
    _note(examination, report=report, finished_at=timezone.now())
    return examination


def _on_the_way(examination: Examination, stage: str, done: int, total: int) -> None:
    _note(examination, stage=stage, done=done, total=total)


def _note(examination: Examination, **said: Any) -> None:
    for name, value in said.items():
        setattr(examination, name, value)
    examination.save(update_fields=list(said))


def examine(new: Mapping[str, str], base: Release | None, told: Told = lambda stage, done, total: None) -> Found:
    """Return everything found out about the set of ``base`` with the new texts in it."""
    before = selectors.texts(base) if base else {}
    after = {**before, **new}
    told("check", 0, 1)
    library, problems = checked(after)
    problems = (*problems, *_heads(new))
    if library is None or problems:
        return _nothing_but(problems)
    edition = edition_of(library)
    program = compiled(edition)
    found = _nothing_but(())
    found["rules"] = {each.place.file: len(each.rules) for each in library.protocols if each.place.file in new}
    _tested(found, program, edition, new, told)
    _proved(found, program, told)
    if before:
        _compared(found, before, program, told)
    found["clean"] = not (found["failing"] or _refuted(found) or found["findings"])
    return found


def _nothing_but(problems: tuple[Problem, ...]) -> Found:
    return Found(
        clean=False, rules={}, tests=[], failing=[], untried=[], proofs=[], findings=[], changes=[], undecided=[],
        equivalent=False,
        problems=[{"path": each.place.file, **reports.finding(each)} for each in sorted(problems)],
    )  # fmt: skip


def _heads(new: Mapping[str, str]) -> list[Problem]:
    """Return what stands against publishing in the heads: a text that says of itself that it is a draft."""
    read = {path: headers.read(path, text) for path, text in new.items()}
    return [_draft(path, one) for path, one in read.items() if isinstance(one, Header) and one.draft]


def _draft(path: str, head: Header) -> Problem:
    message = f"{head.kind} {head.name} {head.version} says of itself that it is a draft"
    return Problem(Place(path, head.version_line, 1), "R020", message, "Take the line `status: draft` away.")


def _refuted(found: Found) -> list[Proof]:
    return [each for each in found["proofs"] if each["result"] != "proved"]


def _tested(found: Found, program: Program, edition: Edition, new: Mapping[str, str], told: Told) -> None:
    """Run the tests of every protocol and score: a new word of the vocabulary may break what another file says."""
    wanted = [*(f"score:{name}" for name in edition.scores), *(f"protocol:{name}" for name in edition.protocols)]
    for count, one in enumerate(wanted):
        told("tests", count, len(wanted))
        report = examples.run(program, edition, [one])
        results = [Tested(path=each.place.file, result=_result(each)) for each in report.results]
        mine = [each for each in results if each["path"] in new]
        found["tests"] += mine
        found["failing"] += [each for each in results if not each["result"]["passed"]]
        if mine:
            found["untried"] += [each.rule for each in report.untried]


def _result(each: examples.Result) -> reports.TestResult:
    return reports.TestResult(name=each.name, passed=each.passed, line=each.place.line, differences=list(each.failures))


def _proved(found: Found, program: Program, told: Told) -> None:
    invariants = list(program.edition.invariants)
    search = Search(Plans(encoder_of(program)))
    for count, each in enumerate(invariants):
        told("proofs", count, len(invariants))
        found["proofs"].append(_proof(prove(each, search)))
    found["findings"] = [
        RuleFinding(
            kind=each.kind, rule=each.rule, other=each.other, file=each.place.file, line=each.place.line,
            patient=_given(each.witness),
        )
        for each in findings(search)
    ]  # fmt: skip


def _proof(verdict: Verdict) -> Proof:
    place = verdict.invariant.place
    result = verdict.found if verdict.holds or verdict.found != "proved" else "open"
    why = verdict.why or ("its condition can be true of nobody" if verdict.empty == "nobody" else "")
    name = verdict.invariant.name
    return Proof(name=name, result=result, why=why, file=place.file, line=place.line, patient=_given(verdict.witness))


def _given(witness: Witness | None) -> dict[str, Any] | None:
    return None if witness is None else dict(witness.given)


def _compared(found: Found, before: Mapping[str, str], program: Program, told: Told) -> None:
    """Compare with what is in force: for whom a plan comes otherwise, among all possible patients."""
    library, _problems = checked(before)
    if library is None:
        found["undecided"] = ["the set in force does not check: nothing to compare with"]
        return
    compared = compare(_program_of(library), program, told=lambda count, number: told("changes", count, number))
    found["changes"] = [_change(each) for each in compared.differences]
    found["undecided"] = [f"{code}: {why}" for code, why in compared.undecided]
    found["equivalent"] = compared.equivalent


def _program_of(library: Library, as_of: date | None = None) -> Program:
    return compiled(edition_of(library, as_of))


def _change(each: Difference) -> Change:
    return Change(item=each.code, aspect=each.aspect, old=each.old, new=each.new, patient=dict(each.witness.given))

"""What the shelf shows to those who answer for it: a list, and one text with what was found out about it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db.models import F, QuerySet

from engine.language.documents import Document, Library, Protocol
from rules import headers
from rules import selectors as shelf
from rules import services as shelf_services
from rules.models import Trial, Version
from webapp.accounts.models import User
from webapp.plans.reasons import OverrideReason, RejectReason, SettleReason
from webapp.plans.terms import words
from webapp.plans.uses import Use, uses
from webapp.studio.sentences import Sentence, sentences_of

ORDER = ("protocol", "questionnaire", "score", "formulary", "vocabulary", "lexicon", "invariants")


def versions_for(user: User) -> QuerySet[Version]:
    """Return every version of every file, for those who may read the shelf."""
    return shelf.shelf() if user.may("protocols.read") else Version.objects.none()


@dataclass(frozen=True, slots=True)
class Row:
    """One file in the list: the version in force, or the newest draft of a file that never was."""

    version: Version
    title: str
    passed: int
    tests: int
    rules: int
    review_by: date | None
    overdue: bool
    review_needed: int
    draft: Version | None = None  # a newer text that waits
    near: bool = False  # within the days at which its directors are reminded
    trials: Sequence[Trial] = ()  # of its versions that wait, run or pause


@dataclass(frozen=True, slots=True)
class Part:
    kind: str
    rows: Sequence[Row]


def parts_for(user: User, language: str, today: date, trials: Sequence[Trial] = ()) -> list[Part]:
    """Return the files by kind, protocols first, each with those of ``trials`` that are of it; always two queries."""
    by_file: dict[int, list[Version]] = {}
    for version in versions_for(user):
        by_file.setdefault(version.source_file_id, []).append(version)
    rows: dict[str, list[Row]] = {}
    for versions in by_file.values():
        row = _row(versions, language, today)
        row = replace(row, trials=[one for one in trials if one.version.source_file_id == row.version.source_file_id])
        rows.setdefault(row.version.source_file.kind, []).append(row)
    return [Part(kind, sorted(rows[kind], key=lambda row: row.title.casefold())) for kind in ORDER if kind in rows]


def _row(versions: Sequence[Version], language: str, today: date) -> Row:
    newest_first = sorted(versions, key=lambda one: headers.order(one.version), reverse=True)
    shown = next((one for one in newest_first if one.status == Version.Status.PUBLISHED), newest_first[0])
    drafts = [one for one in newest_first if one.status == Version.Status.DRAFT and one is not shown]
    report: Mapping[str, Any] = shown.report
    review_by = date.fromisoformat(report["review_by"]) if report.get("review_by") else None
    return Row(
        version=shown,
        title=words(report.get("title"), language) or shown.source_file.name,
        passed=sum(test["passed"] for test in report.get("tests", ())),
        tests=len(report.get("tests", ())),
        rules=report.get("rules", 0),
        review_by=review_by,
        overdue=review_by is not None and review_by < today,
        review_needed=report.get("review_needed", 0),
        draft=drafts[0] if drafts else None,
        near=review_by is not None and 0 <= (review_by - today).days <= max(settings.REVIEW_NOTICE_DAYS, default=0),
    )


@dataclass(frozen=True)
class Reading:
    """One text ready to be read."""

    version: Version
    row: Row
    lines: Sequence[str]
    marked: Mapping[int, str]  # lines with a problem or a failing test: line -> what
    sentences: Sequence[Sentence] = ()
    sources: Sequence[tuple[str, str]] = ()
    versions: Sequence[Version] = field(default=())


def reading_of(user: User, version_id: int, language: str, today: date) -> Reading:
    """Return a version with its text; raise Version.DoesNotExist for a user who may not read it."""
    seen = versions_for(user)
    version = seen.defer(None).get(pk=version_id)
    others = [one for one in seen if one.source_file_id == version.source_file_id]
    newest = version.releases.order_by(F("current_since").desc(nulls_last=True))  # one of a trial was never in force
    digest = newest.values_list("digest", flat=True).first()
    document = document_of(shelf_services.library(digest), version.path) if digest else None
    return Reading(
        version=version,
        row=_row([version], language, today),
        lines=version.text.splitlines(),
        marked=_marked(version.report),
        sentences=_sentences(document, digest, language),
        sources=tuple(document.sources.items()) if document else (),
        versions=sorted(others, key=lambda one: headers.order(one.version), reverse=True),
    )


def _sentences(document: Document | None, digest: str | None, language: str) -> Sequence[Sentence]:
    if not isinstance(document, Protocol):
        return ()
    return sentences_of(document, shelf_services.program(digest), language)


def document_of(library: Library, path: str) -> Document | None:
    """Return what stands at a path of a library, None for what is no document of its own: vocabulary, formulary."""
    documents: Sequence[Document] = (*library.protocols, *library.scores, *library.questionnaires)
    return next((one for one in documents if one.place.file == path), None)


def _marked(report: Mapping[str, Any]) -> dict[int, str]:
    problems = {one["line"]: f"{one['code']} {one['message']}" for one in report.get("problems", ())}
    failing = {one["line"]: "; ".join(one["differences"]) for one in report.get("tests", ()) if not one["passed"]}
    return problems | failing


REASONS = {str(code): words for kind in (RejectReason, OverrideReason, SettleReason) for code, words in kind.choices}


@dataclass(frozen=True, slots=True)
class UseRow:
    """One rule as the doctors met it; ``version`` is the text in force it stands in, None if no text has it now."""

    use: Use
    title: str
    version: Version | None
    reasons: Sequence[tuple[Any, int]]


def rules_in_use(user: User, since: datetime, language: str) -> list[UseRow]:
    """Return the rules that were on a screen since then, each with its protocol's name and the reasons most given."""
    protocols = {one.source_file.name: one for one in shelf.published("protocol")} if user.may("protocols.read") else {}
    return [_use_row(use, protocols.get(use.protocol), language) for use in uses(user, since)]


def _use_row(use: Use, version: Version | None, language: str) -> UseRow:
    title = words(version.report.get("title"), language) if version else ""
    return UseRow(use, title or use.protocol, version, reasons_of(use))


def reasons_of(use: Use) -> list[tuple[Any, int]]:
    """Return the coded reasons given against a rule in words, the commonest first."""
    return [(REASONS.get(code, code), count) for code, count in use.reasons.most_common()]

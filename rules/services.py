"""Changes of the shelf, and the checked library and program of a release, kept by digest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path
from threading import RLock

from django.db import connection, transaction
from django.utils import timezone

from engine.compiler import Program
from engine.errors import LibraryError, Place, Problem
from engine.language.documents import Edition, Library
from engine.language.library import edition as edition_of
from rules import checking, headers, reading, reports, selectors
from rules.headers import Header
from rules.models import Release, ReleaseVersion, SourceFile, Version
from rules.selectors import ShelfError

_READING = RLock()  # who asks while a library is being read waits for it instead of reading it again
LOADING = 7_209_001  # the database's lock for "somebody is filling the shelf"


@dataclass(frozen=True, slots=True)
class Author:
    """Who brings a text, as plain id and name: the shelf knows no users."""

    id: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class LoadReport:
    loaded: tuple[str, ...]  # paths stored now, published or as draft
    unchanged: tuple[str, ...]
    refused: tuple[Problem, ...]
    retired: tuple[str, ...]  # paths in force until now that the folder no longer holds
    release: str | None  # digest of the set in force
    kept: tuple[str, ...] = ()  # paths that stand as the studio left them: published or taken back there


@transaction.atomic
def load(folder: Path, author: Author) -> LoadReport:
    """Put every file of ``folder`` on the shelf and bring into force what checks and passes its own tests.

    What is refused stays outside, each with its problems; an earlier published text of the same file keeps its place.
    Raises ShelfError if the folder holds no protocol files.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOADING])
    before = _texts_in_force()
    files, kept = _as_the_studio_left_it(_files_in(folder), before)
    if files == before:
        return LoadReport((), tuple(sorted(files)), (), (), release_digest(before), kept)
    heads, refused = _heads(files)
    refused += _changed_under_same_number(files, heads)
    out = {problem.place.file for problem in refused}
    drafts = {path: text for path, text in files.items() if path not in out and heads[path].draft}
    wanted = {path: text for path, text in files.items() if path not in out | set(drafts)}
    earlier = {path: text for path, text in before.items() if path in files}
    as_before = {**earlier, **wanted} == before  # all that is new was refused: what is in force was examined once
    verdict = checking.standing(before) if as_before else checking.examine(wanted, earlier)
    loaded = _store(verdict, heads, author) + _store_drafts(drafts, verdict, heads, author)
    release, retired = bring_into_force(verdict.texts, before)
    refused += verdict.refused
    return replace(_report(files, loaded, refused, retired, release), kept=kept)


def _report(
    files: Mapping[str, str],
    loaded: Sequence[str],
    refused: Sequence[Problem],
    retired: tuple[str, ...],
    release: Release | None,
) -> LoadReport:
    settled = {*loaded, *(problem.place.file for problem in refused)}
    return LoadReport(
        loaded=tuple(sorted(loaded)),
        unchanged=tuple(sorted(set(files) - settled)),
        refused=tuple(sorted(refused)),
        retired=retired,
        release=release.digest if release else None,
    )


def _files_in(folder: Path) -> dict[str, str]:
    found = sorted(path for path in folder.rglob("*.yaml") if path.is_file())
    if not found:
        raise ShelfError("R012", f"no .yaml file stands in {folder}", "Name the folder that holds vocabulary/.")
    return {path.relative_to(folder).as_posix(): path.read_bytes().decode("utf-8", "replace") for path in found}


def _as_the_studio_left_it(
    files: Mapping[str, str], before: Mapping[str, str]
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Return the files with what was published in the studio, without what was taken back there; and those paths.

    A folder that has not heard of it yet undoes nothing: its text wins only under a higher number.
    """
    published = {path: text for path, text in before.items() if path in selectors.from_the_studio()}
    newer = {path: text for path, text in published.items() if not _overtakes(files.get(path), text)}
    back = selectors.taken_back()
    left = {path: text for path, text in files.items() if (path, digest(text)) not in back}
    stood = {path: before[path] for path in set(files) - set(left) if path in before}
    said = {**left, **stood, **newer}
    return said, tuple(sorted(path for path in {*files, *said} if files.get(path) != said.get(path)))


def _overtakes(text: str | None, published: str) -> bool:
    """Return whether a folder's text is a later version than the published one."""
    mine, theirs = headers.read("", text or ""), headers.read("", published)
    if isinstance(mine, Problem) or isinstance(theirs, Problem):
        return False
    return headers.order(mine.version) > headers.order(theirs.version)


def _heads(files: Mapping[str, str]) -> tuple[dict[str, Header], list[Problem]]:
    read = {path: headers.read(path, text) for path, text in files.items()}
    heads = {path: head for path, head in read.items() if isinstance(head, Header)}
    return heads, [problem for problem in read.values() if isinstance(problem, Problem)]


def _changed_under_same_number(files: Mapping[str, str], heads: Mapping[str, Header]) -> list[Problem]:
    known = {
        (kind, name, version): sha256
        for kind, name, version, sha256 in Version.objects.exclude(status=Version.Status.DRAFT).values_list(
            "source_file__kind", "source_file__name", "version", "sha256"
        )
    }
    return [
        _same_number(path, head)
        for path, head in heads.items()
        if known.get((head.kind, head.name, head.version), digest(files[path])) != digest(files[path])
    ]


def _same_number(path: str, head: Header) -> Problem:
    return Problem(
        Place(path, head.version_line, 1),
        "R003",
        f"version {head.version} of {head.kind} {head.name} is published with another text",
        "A published version never changes. Give the new text a new version number.",
    )


def _texts_in_force() -> Mapping[str, str]:
    release = selectors.current_release()
    return selectors.texts(release) if release else {}


def _store(verdict: checking.Verdict, heads: Mapping[str, Header], author: Author) -> list[str]:
    """Store and publish the accepted texts that are new; return their paths."""
    known = set(
        Version.objects.exclude(status=Version.Status.DRAFT).values_list(
            "source_file__kind", "source_file__name", "version"
        )
    )
    new = [p for p in verdict.accepted if (heads[p].kind, heads[p].name, heads[p].version) not in known]
    now = timezone.now()
    for path in new:
        head = heads[path]
        report = reports.summary(head, rules=verdict.rules.get(path, 0), tests=verdict.tests.get(path, ()))
        row = _row(path, verdict.texts[path], head, author, report)
        row.status, row.published_at = Version.Status.PUBLISHED, now
        row.save()
    return new


def _store_drafts(
    drafts: Mapping[str, str], verdict: checking.Verdict, heads: Mapping[str, Header], author: Author
) -> list[str]:
    """Keep the drafts as they stand, with whatever is still wrong with them; return the paths of changed ones."""
    stored = dict(Version.objects.filter(status=Version.Status.DRAFT).values_list("path", "sha256"))
    changed = [path for path, text in drafts.items() if stored.get(path) != digest(text)]
    for path in changed:
        problems = checking.problems_of(path, {**verdict.texts, **drafts})
        _row(path, drafts[path], heads[path], author, reports.summary(heads[path], problems=problems)).save()
    return changed


def _row(path: str, text: str, head: Header, author: Author, report: reports.Summary) -> Version:
    """Return the row for a text, a new one or the draft it replaces; not yet saved."""
    source, _ = SourceFile.objects.update_or_create(kind=head.kind, name=head.name, defaults={"path": path})
    row = Version.objects.filter(source_file=source, version=head.version).first()
    row = row or Version(source_file=source, version=head.version)
    row.path, row.text, row.sha256, row.report = path, text, digest(text), dict(report)
    row.author_id, row.author_name = author.id, author.name
    return row


def bring_into_force(texts: Mapping[str, str], before: Mapping[str, str]) -> tuple[Release | None, tuple[str, ...]]:
    """Make the accepted texts the release in force; return it and the paths that left."""
    if not texts or texts == before:
        return selectors.current_release(), ()
    release, held = release_with(texts)
    Release.objects.filter(pk=release.pk).update(current_since=timezone.now())
    inside = {row.pk for row in held}
    live = Version.objects.filter(status=Version.Status.PUBLISHED)
    live.exclude(pk__in=inside).update(status=Version.Status.RETIRED)
    Version.objects.filter(pk__in=inside, status=Version.Status.RETIRED).update(status=Version.Status.PUBLISHED)
    tried = Version.objects.filter(pk__in=inside, status=Version.Status.TRIAL)
    tried.update(status=Version.Status.PUBLISHED, published_at=timezone.now())
    return release, tuple(sorted(set(before) - set(texts)))


def release_with(texts: Mapping[str, str]) -> tuple[Release, list[Version]]:
    """Return the release of these texts and what it holds; a new one is not in force until somebody says so."""
    held = _rows_of(texts)
    release, new = Release.objects.get_or_create(digest=release_digest(texts), defaults={"current_since": None})
    if new:
        ReleaseVersion.objects.bulk_create(ReleaseVersion(release=release, version=row) for row in held)
    return release, held


def _rows_of(texts: Mapping[str, str]) -> list[Version]:
    wanted = {(path, digest(text)) for path, text in texts.items()}
    rows = Version.objects.exclude(status=Version.Status.DRAFT).defer("text").filter(path__in=list(texts))
    return [row for row in rows if (row.path, row.sha256) in wanted]


def digest(text: str) -> str:
    return reading.digest_of(text)


def release_digest(texts: Mapping[str, str]) -> str:
    """Return the digest of a set: over every path and the digest of its text, whatever the order."""
    return reading.digest_of_set(texts)


def library(release_digest: str | None = None) -> Library:
    """Return the checked library of a release, the one in force by default; raise ShelfError if there is none."""
    with _READING:
        return _library(selectors.release_of(release_digest).digest)


def edition(release_digest: str | None = None, as_of: date | None = None) -> Edition:
    """Return what was in force on ``as_of`` (None: the highest version of everything)."""
    with _READING:
        return _edition(selectors.release_of(release_digest).digest, as_of)


def program(release_digest: str | None = None, as_of: date | None = None) -> Program:
    """Return the compiled program of a release on a day; raise ShelfError if the shelf is empty or was altered."""
    with _READING:
        return _program(selectors.release_of(release_digest).digest, as_of)


@lru_cache(maxsize=4)
def _library(digest_: str) -> Library:
    texts = selectors.texts(selectors.release_of(digest_))
    if release_digest(texts) != digest_:
        raise ShelfError("R013", f"the texts of release {digest_[:8]} are not those that were published")
    library, problems = reading.checked(texts)
    if library is None:
        raise LibraryError(problems)
    return library


@lru_cache(maxsize=64)
def _edition(digest_: str, as_of: date | None) -> Edition:
    return edition_of(_library(digest_), as_of)


def _program(digest_: str, as_of: date | None) -> Program:
    return reading.compiled(_edition(digest_, as_of))
